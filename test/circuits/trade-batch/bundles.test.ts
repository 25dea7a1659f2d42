import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { InputValue } from '../../../circuits/types.ts'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { DOMAIN } from '../../../lab/instances/model.ts'
import { Venue } from '../../../lab/instances/venue.ts'
import { hashBundle } from '../../../protocol/bundle.ts'
import type { Message } from '../../../protocol/message.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { bids, NONE, signature, signed } from '../../support/bundle-signatures.ts'

const { refuses, attempt, expectHonest } = await dishonestProver()

const equationOf = (slot: number) => new RegExp(`main\\.sign\\[${slot}\\]\\.signature\\.difference\\.[xy]out`)

/** The rule about what follows message n. */
const followsOf = (n: number) => `main.split.bundles.closes[${n}]`

/** The rule that message n ends one bundle at most; what breaks it breaks that about what follows the message, too. */
const endsOf = (n: number) =>
  new RegExp(`main\\.split\\.bundles\\.(AssertBinary_\\d+_\\d+\\[${n}\\]\\.in|closes\\[${n}\\])`)

suite('protocol.md#bundle: what a signature covers', () => {
  test('a bundle of several messages is proved under one signature, beside others', () => {
    const venue = new Venue()
    const batch = venue.bundled([bids(venue, 3), [venue.sell(2, 990n, 3n)]])
    expectHonest(batch)
    assert.deepEqual([batch.steps.length, batch.bundles.length], [4, 2])
  })

  test('the order of the slots is free, and nothing comes of it', () => {
    const venue = new Venue()
    const bundles = [bids(venue, 2), [venue.buy(2, 970n, 3n)]]
    const batch = venue.bundled(bundles)
    const forge = {
      ...signature(0, signed(bundles[1]!, 2)),
      ...{ bundleEnd: [2n, 1n, NONE, NONE], signer: [slotOf(batch, 2), slotOf(batch, 1), 0n, 0n] },
    }
    const other = signature(1, signed(bundles[0]!))
    const both = Object.fromEntries(
      ['signatureR8x', 'signatureR8y', 'signatureWindow'].map((name) => {
        const [first, second] = [forge, other].map((one) => (one as Forgery)[name] as (honest: never) => InputValue)
        return [name, (honest: never) => second!(first!(honest) as never)]
      }),
    )
    const { broken, isTrue } = attempt(batch, { forge: { ...forge, ...both } })
    assert.deepEqual([broken, isTrue], [[], true])
  })

  test('refuses a bundle without its last message, and one with a message more', () => {
    const venue = new Venue()
    const all = bids(venue, 3)
    for (const [included, what] of [
      [all.slice(0, 2), all],
      [all, all.slice(0, 2)],
      [all.slice(1), all],
      [all, all.slice(1)],
    ] as const) {
      refuses(venue.bundled([included]), { forge: signature(0, signed(what)) }, equationOf(0))
    }
  })

  test('refuses the messages of a bundle in another order', () => {
    const venue = new Venue()
    const [first, second] = bids(venue, 2) as [Message, Message]
    refuses(venue.bundled([[first, second]]), { forge: signature(0, signed([second, first])) }, equationOf(0))
  })

  test('refuses to move a message from one bundle into another', () => {
    const venue = new Venue()
    const [a, b, c] = bids(venue, 3) as [Message, Message, Message]
    const batch = venue.bundled([[a, b], [c]])
    refuses(batch, { forge: signature(0, signed([a])) }, equationOf(0))
    refuses(batch, { forge: signature(1, signed([b, c])) }, equationOf(1))
    // c alone is what its bundle's digest takes it for
    const lies = [{ signal: 'SplitBundles.before', element: 2, value: hashBundle([b], DOMAIN) }]
    refuses(batch, { forge: signature(1, signed([b, c])), lies }, 'main.split.before[2]')
  })

  test('refuses a signature of a part, though the rest stands in the same bundle', () => {
    const venue = new Venue()
    const [a, b] = bids(venue, 2) as [Message, Message]
    const batch = venue.bundled([[a, b]])
    const last = [{ signal: 'SplitBundles.before', element: 1, value: DOMAIN }]
    refuses(batch, { forge: signature(0, signed([b])), lies: last }, 'main.split.before[1]')
    const first = [{ signal: 'SplitBundles.digest', element: 0, value: hashBundle([a], DOMAIN) }]
    refuses(batch, { forge: signature(0, signed([a])), lies: first }, /main\.split\.(digest\[0\]|Pick)/)
  })
})

suite('protocol.md#bundle: every message is signed', () => {
  test('refuses a slot that ends its bundle before the last message', () => {
    const venue = new Venue()
    const [a, b] = bids(venue, 2) as [Message, Message]
    const batch = venue.bundled([[a, b]])
    const forge = { ...signature(0, signed([a])), bundleEnd: put(0, 0n) }
    refuses(batch, { forge }, followsOf(1))
    const lies = [{ signal: 'EndBundles.closes', element: 1, value: 1n }]
    refuses(batch, { forge, lies }, /main\.split\.bundles\.(AssertBinary|closes\[1\])/)
  })

  test('refuses a message that no slot signs', () => {
    const venue = new Venue()
    const batch = venue.bundled([bids(venue, 1), [venue.buy(2, 970n, 3n)]])
    // in front of a bundle of another account, and as the last message
    refuses(batch, { forge: { bundleEnd: put(0, NONE) } }, [followsOf(0), equationOf(1)])
    refuses(batch, { forge: { bundleEnd: put(1, NONE), signer: put(1, 0n) } }, followsOf(1))
    const lies = [{ signal: 'SplitBundles.signs', element: 0, value: 0n }]
    refuses(batch, { lies }, /main\.(split\.signs\[0\]|split\.bundles\.signs\[0\]|sign\[0\]\.signerIndex)/)
  })

  test('refuses a message of another account in a bundle, whoever of both signs it', () => {
    const venue = new Venue()
    const victims = venue.buy(1, 1000n, 5n)
    const thiefs = venue.sell(2, 1000n, 5n)
    for (const messages of [
      [victims, thiefs],
      [thiefs, victims],
    ]) {
      const batch = venue.bundled(messages.map((message) => [message]))
      const signer = messages[1]!.account
      const forge = {
        ...signature(0, signed(messages, signer)),
        ...{ bundleEnd: [1n, NONE, NONE, NONE], signer: [slotOf(batch, signer), 0n, 0n, 0n] },
      }
      refuses(batch, { forge }, followsOf(0))
    }
    const batch = venue.bundled([[victims], [thiefs]])
    const forge = {
      ...signature(0, signed([victims, thiefs], 2)),
      ...{ bundleEnd: [1n, NONE, NONE, NONE], signer: [slotOf(batch, 2), 0n, 0n, 0n] },
    }
    const lies = [{ signal: 'EndBundles.sender', element: 0, value: 2n }]
    refuses(batch, { forge, lies }, 'main.split.bundles.sender[0]')
  })

  test('refuses two slots for one bundle, and a slot for a message that is not used', () => {
    const venue = new Venue()
    const messages = bids(venue, 2)
    const batch = venue.bundled([messages])
    const twice = { ...signature(1, signed(messages)), bundleEnd: put(1, 1n), signer: put(1, slotOf(batch, 1)) }
    refuses(batch, { forge: twice }, endsOf(1))
    refuses(batch, { forge: { bundleEnd: put(1, 2n) } }, [endsOf(2), equationOf(1), 'main.sign[1].account'])
    // forged beyond the last message, the bundle would take in words that are 0
    refuses(batch, { forge: { bundleEnd: put(0, 2n) } }, [
      endsOf(2),
      followsOf(1),
      equationOf(0),
      'main.sign[0].account',
    ])
  })

  test('refuses an end where no message stands, or one before those that the slot may name', () => {
    const venue = new Venue()
    const batch = venue.bundled([bids(venue, 1), [venue.buy(2, 970n, 3n)]])
    const at = (slot: number) => new RegExp(`main\\.split\\.bundles\\.place\\[${slot}\\]\\.index`)
    for (const value of [5n, 6n, FIELD - 1n, FIELD - 4n]) {
      for (const slot of [0, 1, 2, 3]) {
        const { broken } = attempt(batch, { forge: { bundleEnd: put(slot, value) } })
        assert.ok(
          broken.some((signals) => at(slot).test(signals)),
          `${slot}, ${value}: ${broken.join('\n')}`,
        )
      }
    }
    const { broken } = attempt(batch, { forge: { bundleEnd: put(1, 0n) } })
    assert.ok(broken.some((signals) => at(1).test(signals)))
  })
})

suite('protocol.md#bundle: unsigned cancels', () => {
  /** Account 2 is suspended, with asks at 1000 and 1001; the message that it signs comes before anybody's cancel, or after it. */
  const prepare = () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n), venue.sell(2, 1001n, 5n)])
    venue.edit(2, (account) => ({ ...account, suspended: true }))
    const own = venue.cancel(2, 'sell', 1001n, 1n)
    return { venue, own, nobodys: { ...venue.cancel(2, 'sell', 1000n, 0n), nonce: 0n } as Message }
  }

  test('stand between bundles', () => {
    const { venue, own, nobodys } = prepare()
    const batch = venue.bundled([[nobodys], [own], bids(venue, 2)])
    expectHonest(batch)
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      ['cancelled', 'cancelled', 'rested', 'rested'],
    )
  })

  test('refuses to end the bundle of a message that nobody signed with one', () => {
    const { venue, own, nobodys } = prepare()
    const batch = venue.bundled([[own], [nobodys]])
    refuses(batch, { forge: { bundleEnd: put(0, NONE) } }, followsOf(0))
  })

  test('refuses one as the last or the first message of a bundle, signed with it', () => {
    const { venue, own, nobodys } = prepare()
    const behind = venue.bundled([[own], [nobodys]])
    const both = { ...signature(0, signed([own, nobodys], 2)), bundleEnd: put(0, 1n) }
    refuses(behind, { forge: both }, [endsOf(1), followsOf(0)])
    // whoever signed the whole did not sign the message behind it alone
    const front = venue.bundled([[nobodys], [own]])
    refuses(front, { forge: signature(0, signed([nobodys, own], 2)) }, equationOf(0))
    const lies = [{ signal: 'EndBundles.closes', element: 0, value: 0n }]
    const forge = signature(0, signed([nobodys, own], 2))
    refuses(front, { forge, lies }, /main\.split\.bundles\.(AssertBinary|closes\[0\])/)
  })

  test('refuses a slot that signs one alone', () => {
    const { venue, nobodys } = prepare()
    const batch = venue.bundled([[nobodys]])
    const forge = {
      ...signature(0, signed([nobodys], 2)),
      ...{ bundleEnd: put(0, 0n), signer: put(0, slotOf(batch, 2)) },
    }
    refuses(batch, { forge }, endsOf(0))
  })
})
