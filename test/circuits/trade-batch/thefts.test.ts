import { suite, test } from 'node:test'
import { assertBreaks, type Rule } from '../../../lab/circuits/harness.ts'
import {
  type Dishonesty,
  dishonestProver,
  type Forgery,
  put,
  slotOf,
} from '../../../lab/dishonesty/dishonest-prover.ts'
import type { Lie } from '../../../lab/dishonesty/lie.ts'
import { Venue } from '../../../lab/instances/venue.ts'
import { divide, reduce } from '../../../protocol/field.ts'
import { type Message, packMessage } from '../../../protocol/message.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { bids, NONE, signature, signed } from '../../support/bundle-signatures.ts'

const { attempt, refuses, expectHonest, honestInput } = await dishonestProver()

/** No slot signs anything. */
const UNSIGNED: Forgery = { bundleEnd: [NONE, NONE, NONE, NONE], signer: [0n, 0n, 0n, 0n] }

const HOUSE = { 0: {}, 1: {}, 2: {} }

/** The same value of several elements of a signal. */
const each = (signal: string, elements: readonly number[], value: bigint): Lie[] =>
  elements.map((element) => ({ signal, element, value }))

suite('protocol.md#bundle: no message stands in a batch that nobody signed', () => {
  test('refuses to say where bundles are told that messages are not used', () => {
    const venue = new Venue()
    const batch = venue.bundled([bids(venue, 2), [venue.buy(2, 970n, 3n)]])
    for (const [signal, rule] of [
      ['SplitBundles.used', /^main\.admit\[\d\]\.message\.used main\.split\.used\[\d\]$/],
      ['EndBundles.used', /^main\.split\.used\[\d\] main\.split\.bundles\.used\[\d\]$/],
    ] as const) {
      refuses(batch, { forge: UNSIGNED, lies: each(signal, [0, 1, 2], 0n) }, rule)
    }
  })

  test('refuses a last message with which no bundle ends', () => {
    const venue = new Venue()
    refuses(venue.bundled([bids(venue, 4)]), { forge: UNSIGNED }, 'main.split.bundles.closes[3]')
    const own = venue.bundled([bids(venue, 3), [venue.buy(2, 970n, 3n)]])
    refuses(own, { forge: { bundleEnd: put(1, NONE), signer: put(1, 0n) } }, 'main.split.bundles.closes[3]')
  })

  test('refuses a bundle of the house, account 0, which is what a slot that is not used names', () => {
    const venue = new Venue({ accounts: HOUSE })
    const batch = venue.bundled([bids(venue, 2, 0), [venue.buy(2, 970n, 3n)]])
    const forge = { signer: put(0, 0n) }
    const signs = /^main\.split\.bundles\.\S+ main\.split\.bundles\.(place\[0\]\.out\[4\]|UncheckedBinary\S*)$/
    for (const [signal, rule] of [
      ['EndBundles.UncheckedBinary[0].in', signs],
      ['EndBundles.signs', signs],
      ['SplitBundles.signs', /main\.split\.signs\[0\]/],
      ['TradeBatch.sign.enabled', 'main.sign[0].enabled'],
    ] as const) {
      refuses(batch, { forge, lies: [{ signal, value: 0n }] }, rule)
    }
  })

  /** The slot ends a bundle with message `n`, and says that it is not used, too. */
  const twice = (slot: number, n: number): Lie[] => [
    { signal: `EndBundles.place[${slot}].out`, element: n - slot, value: 1n },
    { signal: `EndBundles.place[${slot}].out`, element: Number(NONE) - slot, value: 1n },
  ]

  test('refuses a slot that ends a bundle of the house and is not used', () => {
    const venue = new Venue({ accounts: HOUSE })
    const one = venue.bundled([bids(venue, 1, 0)])
    const enabled = { signal: 'EndBundles.place.enabled', value: 2n }
    refuses(one, { forge: UNSIGNED, lies: [enabled, ...twice(0, 0)] }, 'main.split.bundles.place[0].enabled')
    const four = venue.bundled(bids(venue, 4, 0).map((message) => [message]))
    const all = [0, 1, 2, 3].flatMap((slot) => twice(slot, slot))
    for (const signal of ['EndBundles.always', 'EndBundles.UncheckedBinary.in']) {
      const rule = /^main\.split\.bundles\.(always|UncheckedBinary_\d+_\d+\.(in|out))( main\.split\.bundles\.\S+)?$/
      refuses(four, { forge: UNSIGNED, lies: [{ signal, value: 2n }, ...all] }, rule)
    }
  })

  test('refuses to leave out a message of which there is a word', () => {
    const venue = new Venue()
    const [first, second] = bids(venue, 2) as [Message, Message]
    const batch = venue.bundled([[first]])
    const lies = [{ signal: 'AdmitMessage.message.used', at: 1, value: 0n }]
    refuses(batch, { forge: { messageWord: put(1, packMessage(second)) }, lies }, 'main.admit[1].message.used')
  })
})

suite("protocol.md#bundle: nobody signs with another account's key", () => {
  /** Orders of accounts 1, 2 and 3; account 2 signs that of account 1. */
  function stolen() {
    const venue = new Venue()
    const messages = [1, 2, 3].map((account) => venue.buy(account, 990n, 5n))
    const batch = venue.bundled(messages.map((message) => [message]))
    return { batch, theft: signature(0, signed([messages[0]!], 2)), messages }
  }

  test('though it says that the bundle is of its own account, or that its slot is the other account’s', () => {
    const { batch, theft } = stolen()
    expectHonest(batch)
    const forge = { ...theft, signer: put(0, slotOf(batch, 2)) }
    refuses(batch, { forge }, 'main.sign[0].signerIndex')
    for (const [signal, value, rule] of [
      ['SplitBundles.account', 2n, 'main.split.account[0]'],
      ['TradeBatch.sign.account', 2n, 'main.sign[0].account'],
      ['SignBundle.signerIndex', 1n, 'main.sign[0].signerIndex'],
    ] as const) {
      refuses(batch, { forge, lies: [{ signal, value }] }, rule)
    }
  })

  test('nor with parts of several slots that sum up to the account and to the key', () => {
    const { batch, theft } = stolen()
    const { index, keyX, keyY } = honestInput(batch) as Record<string, readonly bigint[]>
    const thief = Number(slotOf(batch, 2))
    const rows = [index!, keyX!, keyY!].map((row) => row.slice(0, 3))
    const parts = solved(rows, [1n, keyX![thief]!, keyY![thief]!])
    const lies = parts.map((value, element) => ({ signal: 'SignBundle.signer', element, value }))
    refuses(
      batch,
      { forge: theft, lies },
      /^main\.sign\[0\]\.(OneHot\S*\.out\[\d\] main\.sign\[0\]\.signer|signer)\[\d\]/,
    )
  })

  test('nor is an account touched by a slot that signs nothing', () => {
    const venue = new Venue({ accounts: HOUSE })
    const batch = withHouse(venue.bundled([bids(venue, 1)]))
    expectHonest(batch.honest)
    for (const [signal, rule] of [
      ['SignBundle.OneHot.enabled', /^main\.sign\[1\]\.enabled main\.sign\[1\]\.OneHot\w*\.enabled$/],
      ['SignBundle.signer', /^main\.sign\[1\]\.signer\[0\] main\.sign\[1\]\.OneHot\w*\.out\[0\]$/],
    ] as const) {
      refusesBeside(batch.touching, { lies: [{ signal, at: 1, value: 1n }] }, rule)
    }
  })

  /** The batch, and the same with a slot in which the house stands, whom nothing touches. */
  function withHouse(honest: TradeBatch) {
    const house = honest.before.accounts.get(0)!
    const touched = [{ ...honest.touched[0]!, index: 0, before: house, after: house }, ...honest.touched]
    return { honest, touching: { ...honest, touched } }
  }

  function refusesBeside(batch: TradeBatch, dishonesty: Dishonesty, rule: Rule) {
    const made = attempt(batch, dishonesty)
    assertBreaks(made.broken, rule)
    if (made.shippedAccepts()) throw new Error('the shipped circuit accepts a false statement')
  }
})

/** The solution of three linear equations in the field, by Cramer's rule. */
function solved(rows: readonly (readonly bigint[])[], right: readonly bigint[]): bigint[] {
  const determinant = ([a, b, c]: readonly (readonly bigint[])[]) =>
    [0, 1, 2].reduce((sum, i) => {
      const [j, k] = [(i + 1) % 3, (i + 2) % 3]
      return sum + a![i]! * (b![j]! * c![k]! - b![k]! * c![j]!)
    }, 0n)
  const whole = determinant(rows)
  return [0, 1, 2].map((column) => {
    const replaced = rows.map((row, i) => row.with(column, right[i]!))
    return divide(reduce(determinant(replaced)), whole)
  })
}
