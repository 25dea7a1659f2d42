import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { takeoverCodec, takeoverStatement } from '../../../circuits/takeover/statement.ts'
import type { InputValue } from '../../../circuits/types.ts'
import { assertBreaks, describeRows, type Rule, shippedHarness, tellObservers } from '../../../lab/circuits/harness.ts'
import { inputWires } from '../../../lab/circuits/named-system.ts'
import { laboratoryOf } from '../../../lab/dishonesty/laboratory.ts'
import { type AccountOptions, DOMAIN, makeAccount, makeState, NOW, PRIVATE_KEY } from '../../../lab/instances/model.ts'
import {
  BIDDER,
  FLAGGED_AT,
  lawlessTakeover,
  makeTakeover,
  OPENS,
  TAKEOVER_CIRCUIT,
  TAKEOVER_TABLE,
  TAKEOVER_VENUE,
  TAKEOVERS,
  type TakeoverSetting,
  takeoverInputs,
} from '../../../lab/instances/takeover.ts'
import { isInt } from '../../../protocol/numbers.ts'
import { BITS, PHASES } from '../../../protocol/parameters.ts'
import { openInterestOf } from '../../../protocol/state.ts'
import { leastPrice } from '../../../protocol/takeover/auction.ts'
import { heldBy, signBid } from '../../../protocol/takeover/bid.ts'
import type { Takeover } from '../../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../../protocol/takeover/takeover.ts'
import { packTakeoverData, takeoverData, unpackTakeoverData } from '../../../protocol/takeover/words.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../../support/arbitraries.ts'

const shipped = await shippedHarness(TAKEOVER_CIRCUIT)
const { traced, prover } = await laboratoryOf(TAKEOVER_CIRCUIT.name)
const { system } = traced

function prove(takeover: Takeover): void {
  const values = shipped.expectPass(takeoverInputs(takeover))
  assert.deepEqual(values.slice(1, 4), takeoverCodec.encodeStatement(takeoverStatement(takeover)))
}

/** A prover who does the forbidden, and all that follows from it, is stopped by the rule's constraints alone. */
function refused(takeover: Takeover, rule: Rule, forge: Readonly<Record<string, InputValue>> = {}): void {
  const made = prover.assign(inputWires(system, { ...takeoverInputs(takeover), ...forge }))
  tellObservers(system.r1cs, (wire) => made.values[wire]!, made.broken)
  assertBreaks(describeRows(system, made.broken), rule)
  assert.equal(shipped.witness({ ...takeoverInputs(takeover), ...forge }), undefined)
}

/** Other inputs than those of an honest takeover: some constraint about the rule stands against them, whatever else does. */
function stopped(takeover: Takeover, rule: RegExp, forge: Readonly<Record<string, InputValue>>): void {
  const inputs = { ...takeoverInputs(takeover), ...forge }
  const { broken, values } = prover.assign(inputWires(system, inputs))
  tellObservers(system.r1cs, (wire) => values[wire]!, broken)
  const rows = describeRows(system, broken)
  assert.ok(
    rows.some((signals) => rule.test(signals)),
    rows.join('\n'),
  )
  assert.equal(shipped.witness(inputs), undefined)
}

/** Where the model refuses it too, or else the test is about nothing. */
function forbidden(setting: TakeoverSetting, rule: Rule, forge?: Readonly<Record<string, InputValue>>): void {
  assert.throws(() => makeTakeover(setting), { code: 'BATCH_UNPROVABLE' })
  refused(lawlessTakeover(setting), rule, forge)
}

suite('takeover', () => {
  for (const [i, make] of TAKEOVERS.entries()) test(`proves what the model does: ${i}`, () => prove(make()))

  test('proves whatever the model allows of random accounts at random tables', () => {
    let taken = 0
    const property = fc.property(
      arbitraryRiskTable(TAKEOVER_VENUE),
      arbitraryAccount(TAKEOVER_VENUE),
      arbitraryAccount(TAKEOVER_VENUE),
      fc.bigInt(0n, 1n << 20n),
      (random, account, other, late) => {
        const elapsed = late % (random.auction + 1n)
        const markets = random.markets.map((m) => ({ ...m, maxPosition: (1n << 55n) - 1n }))
        const table = { ...random, markets, maxAge: 1n << 22n }
        const victim = { ...account, flaggedAt: NOW, suspended: false }
        const timestamp = NOW + table.grace + elapsed
        const rich = other.collateral.with(0, (1n << 80n) - 1n - (1n << 78n))
        const bidder = { ...other, collateral: rich, flaggedAt: 0n, suspended: false }
        const accounts = { 0: makeAccount(TAKEOVER_VENUE, { cash: 1n << 79n }), 5: victim, 2: bidder }
        const openInterest = openInterestOf(Object.values(accounts), TAKEOVER_VENUE)
        const price = leastPrice(victim, table, elapsed)
        fc.pre(isInt(price, BITS.collateral))
        const bid = {
          victim: 5,
          bidder: 2,
          held: heldBy(victim),
          price,
          nonce: bidder.nonce + 1n,
          expiry: timestamp,
        }
        const state = { ...makeState(TAKEOVER_VENUE, accounts), openInterest }
        let takeover: Takeover
        try {
          const context = { timestamp, domain: DOMAIN, riskTable: table, resumedAt: 0n }
          takeover = applyTakeover(state, signBid(bid, DOMAIN, PRIVATE_KEY), context)
        } catch {
          return
        }
        prove(takeover)
        taken++
      },
    )
    fc.assert(property, { seed: 5, numRuns: 120 })
    assert.ok(taken >= 20, `${taken} were proved`)
  })

  test('has no proof of any other word', () => {
    const takeover = TAKEOVERS[1]!()
    const statement = takeoverStatement(takeover)
    const honest = takeoverInputs(takeover)
    const codec = takeoverCodec
    const head = ['domain', 'riskRoot', 'oldStateRoot', 'newStateRoot'] as const
    const forged = [
      ...head.map((name) => ({ ...statement, [name]: statement[name] + 1n })),
      ...statement.data.map((word, i) => ({ ...statement, data: statement.data.with(i, word + 1n) })),
    ]
    for (const one of forged) {
      const signals = Object.fromEntries(codec.encodeStatement(one).map((x, i) => [codec.publicSignals[i]!, x]))
      assert.equal(shipped.witness({ ...honest, ...signals }), undefined)
    }
  })

  test('has words that come back, and no others', () => {
    for (const make of TAKEOVERS) {
      const data = takeoverData(make())
      assert.deepEqual(unpackTakeoverData(packTakeoverData(data), TAKEOVER_VENUE), data)
    }
    const words = packTakeoverData(takeoverData(makeTakeover()))
    for (const wrong of [
      words.slice(1),
      words.with(6, 1n << 112n),
      words.with(8, 1n << 81n),
      words.with(12, 1n << 250n),
    ]) {
      assert.throws(() => unpackTakeoverData(wrong, TAKEOVER_VENUE), { code: 'INPUT_INVALID' })
    }
  })
})

const bits = (component: string) => new RegExp(`^main\\.${component}\\.AssertBits\\S*\\.Num2Bits`)
const range = (component: string) => new RegExp(`^main\\.${component}\\S*\\.Num2Bits`)

suite('a prover of takeovers is refused', () => {
  const auction = bits('auction')
  test('before the auction opens and after it has closed, by a second', () => {
    forbidden({ timestamp: OPENS - 1n }, auction)
    forbidden({ timestamp: OPENS + 201n }, auction)
    forbidden({ timestamp: OPENS, resumedAt: FLAGGED_AT + 1n }, auction)
    forbidden({ timestamp: OPENS + 201n, resumedAt: FLAGGED_AT }, auction)
  })

  test('where the victim is not flagged', () => {
    forbidden({ victim: { flaggedAt: 0n }, timestamp: NOW + 100n, resumedAt: NOW }, /^main\.auction\.unflagged/)
  })

  const misses = /^main\.priced\.AssertBits\S*\.Num2Bits/
  test('where the victim meets maintenance, by a quantum, or in the scenario that is named', () => {
    forbidden({ victim: { cash: -8_000n } }, misses)
    refused(makeTakeover(), misses, { scenario: 0n })
    refused(makeTakeover(), [/^main\.priced\.OneHot/, misses], { scenario: 3n })
  })

  test('where the victim has a size in a sheltered market', () => {
    for (const size of [10n, -1n]) {
      const markets = TAKEOVER_TABLE.markets.map((m, i) => (i === 2 ? { ...m, phase: PHASES.SHELTERED } : m))
      const victim = { cash: -8_300n - 1_000n * size, positions: { 0: { size: 10n }, 2: { size } } }
      forbidden({ table: { ...TAKEOVER_TABLE, markets }, victim, bid: { price: 1_700n } }, /main\.priced\.sheltered/)
    }
  })

  test('where the bidder, or a house that pays, has a size in a sheltered market', () => {
    const markets = TAKEOVER_TABLE.markets.map((m, i) => (i === 2 ? { ...m, phase: PHASES.SHELTERED } : m))
    const table = { ...TAKEOVER_TABLE, markets }
    const short = { positions: { 2: { size: -1n } } }
    forbidden({ table, bidder: short }, /main\.priced\.sheltered/)
    makeTakeover({ table, house: short })
    const deep = { victim: { cash: -13_000n }, timestamp: OPENS + 200n, bid: { price: -4_800n } }
    forbidden({ ...deep, table, house: short }, /main\.risked/)
  })

  test('at a price of a quantum more than the victim is worth', () => {
    makeTakeover({ bid: { price: 1_900n } })
    forbidden({ bid: { price: 1_901n } }, misses)
    const timestamp = OPENS + 200n
    for (const cash of [-10_000n, -10_001n, -10_500n]) {
      const fair = 10_000n + cash
      makeTakeover({ victim: { cash }, timestamp, bid: { price: fair } })
      for (const price of [fair + 1n, 1n]) forbidden({ victim: { cash }, timestamp, bid: { price } }, misses)
    }
  })

  test('at a price below 0 where the victim is worth 0 or more, by a quantum', () => {
    const timestamp = OPENS + 200n
    makeTakeover({ victim: { cash: -10_001n }, timestamp, bid: { price: -1_801n } })
    for (const price of [-1n, -1_800n]) forbidden({ victim: { cash: -10_000n }, timestamp, bid: { price } }, misses)
    const loan = { cash: -3_000n, others: [1_000n], positions: {} }
    makeTakeover({ victim: loan, timestamp, bid: { price: 0n } })
    forbidden({ victim: loan, timestamp, bid: { price: -1n } }, misses)
  })

  test('at a price that is a quantum below the schedule', () => {
    for (const [elapsed, price] of [
      [0n, 1_699n],
      [1n, 1_691n],
      [200n, 99n],
    ] as const) {
      forbidden({ timestamp: OPENS + elapsed, bid: { price } }, misses)
    }
  })

  test('at a table that does not serve', () => {
    const rule = /^main\.AssertBits\S*\.Num2Bits/
    forbidden({ table: { ...TAKEOVER_TABLE, asOf: OPENS + 1n } }, rule)
    forbidden({ table: { ...TAKEOVER_TABLE, maxAge: 149n } }, rule)
  })

  test('with two accounts that are one, or with the house as one of them', () => {
    stopped(lawlessTakeover({ bid: { victim: 0 } }), /main\.houseVictim/, {})
    refused(lawlessTakeover({ bid: { bidder: 0 } }), /main\.houseBidder/)
    stopped(lawlessTakeover({ bid: { victim: BIDDER! } }), /main\.ownVictim/, {})
  })

  const signed = /^main\.bid\.(AssertBits\S*\.Num2Bits|signature)/
  test('without a bid that is signed, new and not expired', () => {
    forbidden({ bidder: { nonce: 1n } }, bits('bid'))
    forbidden({ bid: { expiry: OPENS - 1n } }, bits('bid'))
    forbidden({ bid: { held: 5n } }, signed)
    stopped(makeTakeover(), signed, { price: 1_799n })
    stopped(makeTakeover(), signed, { domain: DOMAIN + 1n })
    stopped(makeTakeover(), signed, { signatureR8x: 1n })
  })

  test('for a bidder who is barred or has no view key', () => {
    for (const options of [{ suspended: true }, { flaggedAt: 3n }] satisfies AccountOptions[]) {
      forbidden({ bidder: options }, /^main\.status\[1\]$/)
    }
    forbidden({ bidder: { viewKey: 0n } }, /main\.viewless/)
  })

  test('where the bidder misses initial margin by a quantum, open orders included', () => {
    const excess = range('bidderExcess')
    makeTakeover({ bidder: { cash: 500n + 1_800n } })
    forbidden({ bidder: { cash: 499n + 1_800n } }, excess)
    forbidden({ bidder: { cash: 500n + 1_800n, positions: { 1: { openBuy: 1n } } } }, excess)
  })

  test('where cash or collateral of the bidder would leave its width', () => {
    const price = 1_800n
    forbidden(
      { bidder: { others: [(1n << 80n) - 1n] }, victim: { cash: -8_130n, others: [1n] }, bid: { price } },
      bits('pass'),
    )
    forbidden(
      { bidder: { cash: (1n << 80n) - 1n }, victim: { cash: 11_900n, positions: { 0: { size: -10n } } } },
      bits('pass'),
    )
  })

  test("where the victim's cash would leave its width when funding is realised, though the bidder's does not", () => {
    const mark = (1n << 41n) + 1n
    const [first, ...others] = TAKEOVER_TABLE.markets
    const market = { ...first!, mark, fundingIndex: 1n, scenarioPrices: [mark, mark - 100n, mark + 100n] }
    const table = { ...TAKEOVER_TABLE, markets: [{ ...market, maxPosition: 1n << 50n }, ...others] }
    const size = 1n << 39n
    const owing = (cash: bigint): TakeoverSetting => ({
      table,
      victim: { cash, positions: { 0: { size } } },
      bidder: { cash: 1n << 79n },
      bid: { price: 0n },
    })
    const made = makeTakeover(owing(size - (1n << 80n) + 1n))
    const below = owing(size - (1n << 80n) - 1n)
    assert.throws(() => makeTakeover(below), { details: { reason: 'WIDTH' } })
    // No words say what it held then, so those of the lawful one are claimed.
    const { collateral } = takeoverInputs(made) as { collateral: readonly (readonly bigint[])[] }
    stopped(made, bits('pass'), { collateral: collateral.with(0, [collateral[0]![0]! - 2n, 0n]) })
  })

  const deep: TakeoverSetting = { victim: { cash: -13_000n }, timestamp: OPENS + 200n, bid: { price: -4_800n } }
  test('where the house pays what it does not have, or misses initial margin afterwards', () => {
    makeTakeover({ ...deep, house: { cash: 4_800n } })
    forbidden({ ...deep, house: { cash: 4_799n, others: [1_000_000n] } }, /^main\.AssertBits\S*\.Num2Bits/)
    forbidden({ ...deep, house: { cash: 4_800n, positions: { 1: { openBuy: 3n } } } }, range('houseExcess'))
    forbidden(
      { ...deep, house: { cash: 4_800n, positions: { 0: { size: 9n, fundingIndex: -900n } } } },
      range('houseExcess'),
    )
  })

  test('where somebody else than the house pays, or nobody', () => {
    const made = makeTakeover(deep)
    const honest = takeoverInputs(made)
    const leaves = honest.accountChildren as readonly (readonly (readonly bigint[])[])[]
    stopped(made, /^main\.(helped|path)/, { accountChildren: leaves.with(2, leaves[1]!) })
    const cash = honest.collateral as readonly (readonly bigint[])[]
    stopped(made, /^main\.(helped|path)/, { collateral: cash.with(2, [1n << 70n, 0n]) })
  })

  test('where an account, the tree, the books or open interest are not those of the state', () => {
    const made = TAKEOVERS[2]!()
    const honest = takeoverInputs(made) as Record<string, readonly bigint[]>
    for (const name of ['nonce', 'keyX', 'viewKey', 'status'] as const) {
      for (const at of [0, 1]) {
        const forged = prover.assign(
          inputWires(system, { ...honest, [name]: honest[name]!.with(at, honest[name]![at]! + 2n) }),
        )
        assert.ok(forged.broken.length > 0, `${name} of ${at}`)
      }
    }
    for (const name of ['accountsRoot', 'booksRoot'] as const) {
      const forged = prover.assign(
        inputWires(system, { ...honest, [name]: BigInt(honest[name] as unknown as bigint) + 1n }),
      )
      assert.ok(forged.broken.length > 0, name)
    }
    const { openInterest } = honest
    const words = /^main\.data/
    refused(made, words, { openInterest: openInterest!.with(0, openInterest![0]! + 1n) })
  })
})
