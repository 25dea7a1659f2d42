import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { dishonestProver, type Forgery, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { makeTable, SMALL } from '../../../lab/instances/model.ts'
import { addCash, Venue, withAccount } from '../../../lab/instances/venue.ts'
import type { Transition } from '../../../protocol/ledger.ts'
import { excesses, marginEvidence, scaledNet } from '../../../protocol/margin.ts'
import type { Message } from '../../../protocol/message.ts'
import { min } from '../../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../../protocol/parameters.ts'

const { refuses, attempt } = await dishonestProver()

/** No fees: ten lots at 1000 are worth 10,000 and lose at most 2,000; initial margin is 1.2 times that. */
const table = makeTable(SMALL, { initialMarginBps: 12_000n })

/** Account 1, 10 lots long and rich, meets bids of account 2 at 1000 and 990. */
function long(messages: (venue: Venue) => Message[]): Transition {
  const accounts = { 1: { positions: { 2: { size: 10n } } }, 2: { positions: { 2: { size: -10n } } } }
  const venue = new Venue({ accounts, table })
  venue.rest([venue.buy(2, 990n, 50n)])
  return venue.batch(messages(venue))
}

/** The batch with account 1's cash before it such that its equity at the mark was this. */
function withEquity(batch: Transition, equity: bigint): Transition {
  const { before } = batch.touched[0]!
  return withAccount(batch, 1, addCash(equity - 10_000n - before.collateral[0]!))
}

/** Hints of the maintenance alternative for account slot 0. */
const maintenance = (scenario: bigint, notFallen: bigint): Forgery => ({
  maintenance: put(0, 1n),
  scenario: put(0, scenario),
  notFallen: put(0, notFallen),
})

const evidence = (batch: Transition) => {
  const { before, after } = batch.touched[0]!
  return marginEvidence(before, after, table)
}

/** The scenario that is worst for a long position: a fall of 200. */
const FALL = 1n

const EXCESS = /main\.margin\[0\]\.excess\.AssertBits\S*\.Num2Bits/
const NET = /main\.margin\[0\]\.net\.Num2Bits/

/** The circuit accepts these hints for this batch. */
function accepts(batch: Transition, forge: Forgery = {}) {
  const made = attempt(batch, { forge })
  assert.deepEqual(made.broken, [])
  assert.ok(made.shippedAccepts())
}

/** The circuit refuses them at the rule. */
function refusesHints(batch: Transition, forge: Forgery, rule: RegExp) {
  const made = attempt(batch, { forge: { maintenance: [0n, 0n, 0n, 0n], ...forge } })
  assertBreaks(made.broken, rule)
  assert.ok(!made.shippedAccepts())
}

suite('rule 4: initial margin', () => {
  test('refuses margin that is one quantum short, and accepts what just suffices', () => {
    const batch = long((venue) => [venue.buy(1, 980n, 5n)])
    const { after } = batch.touched[0]!
    const least = excesses(after, table, table.initialMarginBps).reduce(min)
    assert.equal(least % BASIS_POINTS, 0n)
    const enough = withAccount(batch, 1, addCash(-least / BASIS_POINTS))
    assert.equal(evidence(enough)!.rule, 'initial')
    accepts(enough)
    const short = withAccount(enough, 1, addCash(-1n))
    assert.equal(evidence(short), undefined)
    refusesHints(short, {}, EXCESS)
    for (let scenario = 0n; scenario < 3n; scenario++) refusesHints(short, maintenance(scenario, 0n), EXCESS)
  })

  test('asks no margin of an account that loaded nothing', () => {
    const venue = new Venue({ accounts: { 1: {}, 2: { positions: { 2: { size: 10n } } }, 3: {} }, table })
    venue.rest([venue.sell(2, 1000n, 5n)])
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const poor = withAccount(batch, 2, addCash(-(10n ** 12n)))
    accepts(poor)
  })

  test('refuses a margin check that is left out', () => {
    const batch = withEquity(
      long((venue) => [venue.buy(1, 980n, 5n)]),
      2_000n,
    )
    assert.equal(evidence(batch), undefined)
    const lies = [{ signal: 'CheckMargin.ratioBps', value: 0n }]
    assertBreaks(attempt(batch, { lies }).broken, 'main.margin[0].ratioBps')
  })

  test('refuses a worst loss that is too small', () => {
    const batch = long((venue) => [venue.buy(1, 980n, 5n)])
    const honest = attempt(batch)
    assert.deepEqual(honest.broken, [])
    const worst = honest.signal('main.margin[0].worstLoss')
    assert.equal(worst, 2_000n)
    refuses(batch, { forge: { worstLoss: put(0, worst - 1n) } }, EXCESS)
    refuses(batch, { forge: { worstLoss: put(0, 0n) } }, EXCESS)
    refuses(batch, { forge: { worstLoss: put(0, 1n << 109n) } }, EXCESS)
    const more = attempt(batch, { forge: { worstLoss: put(0, worst + 1n) } })
    assert.deepEqual(more.broken, [], 'a larger one than needed is harmless')
  })
})

suite('rule 4: maintenance', () => {
  const reduce = () => long((venue) => [venue.sell(1, 990n, 1n, { timeInForce: 'IOC' })])

  test('accepts an account below initial margin whose worst excess did not fall', () => {
    const batch = withEquity(reduce(), 2_050n)
    assert.deepEqual(evidence(batch), { rule: 'maintenance', scenario: 1, net: 'positive' })
    accepts(batch, maintenance(FALL, 0n))
    refusesHints(batch, {}, EXCESS)
  })

  test('refuses another scenario than one whose excess before was no higher', () => {
    const batch = withEquity(reduce(), 2_050n)
    refusesHints(batch, maintenance(0n, 0n), EXCESS)
    refusesHints(batch, maintenance(2n, 0n), EXCESS)
  })

  test('refuses a worst excess that fell', () => {
    const batch = withEquity(
      long((venue) => [venue.buy(1, 980n, 1n)]),
      2_050n,
    )
    assert.equal(evidence(batch), undefined)
    for (const scenario of [0n, 1n, 2n]) refusesHints(batch, maintenance(scenario, 0n), EXCESS)
  })

  test('refuses a maintenance bit of 2, which would lower the ratio', () => {
    const batch = withEquity(reduce(), 2_050n)
    const forge = { ...maintenance(FALL, 0n), maintenance: put(0, 2n) }
    const { broken } = attempt(batch, { forge })
    assert.ok(
      broken.some((signals) => /main\.maintenanceBit\[0\]/.test(signals)),
      broken.join('\n'),
    )
  })

  test('refuses a scenario that does not exist', () => {
    const batch = withEquity(reduce(), 2_050n)
    for (const scenario of [8n, 9n]) {
      const { broken } = attempt(batch, { forge: maintenance(scenario, 0n) })
      assert.ok(
        broken.some((signals) => /main\.margin\[0\]\.(OneHot|scenario)/.test(signals)),
        broken.join('\n'),
      )
    }
  })
})

suite('rule 4: net', () => {
  const reduce = (price: bigint) => long((venue) => [venue.sell(1, price, 1n, { timeInForce: 'IOC' })])

  test('accepts an account under water that reduces without giving value away', () => {
    const accounts = { 1: { positions: { 2: { size: 10n } } }, 2: { positions: { 2: { size: -10n } } } }
    const venue = new Venue({ accounts, table })
    venue.rest([venue.buy(2, 1000n, 50n)])
    const batch = withEquity(venue.batch([venue.sell(1, 1000n, 1n, { timeInForce: 'IOC' })]), -500n)
    assert.deepEqual(evidence(batch), { rule: 'maintenance', scenario: 1, net: 'not-fallen' })
    accepts(batch, maintenance(FALL, 1n))
    refusesHints(batch, maintenance(FALL, 0n), NET)
  })

  test('refuses a net below zero that fell, though the worst excess rose', () => {
    const batch = withEquity(reduce(990n), -500n)
    assert.equal(evidence(batch), undefined)
    refusesHints(batch, maintenance(FALL, 0n), NET)
    refusesHints(batch, maintenance(FALL, 1n), NET)
  })

  test('refuses value that is handed out from under water by an order left behind', () => {
    // closing five lots frees excess; a bid far above the mark would hand it to whoever sells to it in a later batch
    const batch = withEquity(
      long((venue) => [venue.sell(1, 990n, 5n, { timeInForce: 'IOC' }), venue.buy(1, 1100n, 1n)]),
      -500n,
    )
    assert.equal(batch.steps[1]!.kind, 'rested')
    const { before, after } = batch.touched[0]!
    const worst = (account: typeof before) => excesses(account, table, BASIS_POINTS).reduce(min)
    assert.ok(worst(after) >= worst(before), 'the excess alone would allow it')
    assert.ok(scaledNet(after, table) < scaledNet(before, table))
    refusesHints(batch, maintenance(FALL, 0n), NET)
    refusesHints(batch, maintenance(FALL, 1n), NET)
  })

  test('refuses a notFallen bit of 2, which would lower the floor', () => {
    const batch = withEquity(reduce(990n), -500n)
    const { broken } = attempt(batch, { forge: { ...maintenance(FALL, 1n), notFallen: put(0, 2n) } })
    assertBreaks(broken, /main\.notFallenBit\[0\]/)
  })
})
