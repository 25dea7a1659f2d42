import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DOMAIN, makeState, NOW, PRIVATE_KEY, SMALL } from '../../lab/instances/model.ts'
import { type Account, isCollateral } from '../../protocol/account.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import { askedOf, deficitOf } from '../../protocol/deleverage/price.ts'
import { excesses } from '../../protocol/margin.ts'
import { isInt, max, min } from '../../protocol/numbers.ts'
import { BASIS_POINTS, BITS, PHASES } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { accountAt } from '../../protocol/state.ts'
import { fairPrice, leastPrice } from '../../protocol/takeover/auction.ts'
import { heldBy, signBid } from '../../protocol/takeover/bid.ts'
import { bidderAfter, withFunding } from '../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../support/arbitraries.ts'
import { arbitraryBankruptcy } from '../support/deleveragings.ts'

const [VICTIM, BIDDER] = [1, 2]

/** Why no batch can prove it; undefined if one can. */
function refusalOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } }
    assert.equal(code, 'BATCH_UNPROVABLE', String(error))
    return details.reason
  }
}

const withCash = (account: Account, cash: bigint) => ({ ...account, collateral: account.collateral.with(0, cash) })
const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b

/** Quanta of cash that the account needs to meet the ratio exactly: with one less it does not. */
function leastCash(account: Account, table: RiskTable, ratioBps: bigint): bigint {
  const least = excesses(account, table, ratioBps).reduce(min)
  return account.collateral[0]! - floorDivide(least, BASIS_POINTS)
}

const orderless = (account: Account): Account => ({ ...account, suspended: true })

/** The account, without what it has in markets whose prices may be false. */
function sheltered({ positions, ...rest }: Account, table: RiskTable): Account {
  const isFalse = (m: number) => table.markets[m]!.phase === PHASES.SHELTERED
  return { ...rest, positions: positions.map((position, m) => (isFalse(m) ? { ...position, size: 0n } : position)) }
}

/** In markets in which nobody comes to his limit, for as long as any auction lasts. */
const roomy = (table: RiskTable): RiskTable => ({
  ...table,
  ...{ asOf: NOW - 1n, maxAge: 1n << 22n },
  markets: table.markets.map((m) => ({ ...m, maxPosition: (1n << 55n) - 1n })),
})

test('whoever is below maintenance by a quantum can be flagged, at a table that serves to the second, and nobody else', () => {
  const seen = { flagged: 0, sheltered: 0 }
  const property = fc.property(arbitraryRiskTable(SMALL), arbitraryAccount(SMALL), (riskTable, account) => {
    const least = leastCash(orderless(account), riskTable, BASIS_POINTS)
    fc.pre(isCollateral(0, least) && isCollateral(0, least - 1n))
    const refusal = (cash: bigint, options: { timestamp?: bigint; index?: number; flaggedAt?: bigint } = {}) => {
      const { timestamp = NOW, index = VICTIM, flaggedAt = 0n } = options
      const state = makeState(SMALL, { [index]: { ...withCash(account, cash), flaggedAt } })
      const sizes = { name: 'test', slots: 1 }
      const context = { sizes, timestamp, domain: DOMAIN, riskTable, vault: state.accounts.get(index)!.collateral }
      return refusalOf(() => applyCashBatch(state, [{ kind: 'FLAG', account: index }], context))
    }
    const isExposed = sheltered(account, riskTable).positions.some(({ size }, m) => size !== account.positions[m]!.size)
    if (isExposed) {
      assert.equal(refusal(least - 1n), 'SHELTERED')
      seen.sheltered++
      return
    }
    assert.equal(refusal(least), 'MARGIN')
    assert.equal(refusal(least - 1n, { index: 0 }), 'HOUSE')
    const { asOf, maxAge, grace, auction } = riskTable
    for (const timestamp of [asOf, asOf + maxAge]) assert.equal(refusal(least - 1n, { timestamp }), undefined)
    for (const timestamp of [asOf - 1n, asOf + maxAge + 1n]) assert.equal(refusal(least - 1n, { timestamp }), 'STALE')
    const lapsed = NOW - grace - auction - 1n
    assert.equal(refusal(least - 1n, { flaggedAt: lapsed }), undefined)
    assert.equal(refusal(least - 1n, { flaggedAt: lapsed + 1n }), 'FLAGGED')
    seen.flagged++
  })
  fc.assert(property, { seed: 5, numRuns: 150 })
  assert.ok(seen.flagged > 30 && seen.sheltered > 30, JSON.stringify(seen))
})

test('whoever is flagged and below maintenance by a quantum goes to a bidder with margin to the quantum, at a price in its range to the quantum, while the auction is open to the second; nobody else', () => {
  const seen = { taken: 0, 'at their limit': 0, subsidised: 0 }
  const accounts = fc.tuple(arbitraryAccount(SMALL), arbitraryAccount(SMALL), arbitraryAccount(SMALL))
  const property = fc.property(
    arbitraryRiskTable(SMALL),
    accounts,
    fc.bigInt(0n, 1n << 20n),
    fc.oneof(fc.constant(1n), fc.bigInt(1n, 1n << 40n)),
    (random, [given, bidding, paying], late, below) => {
      const riskTable = roomy(random)
      const { grace, auction, initialMarginBps } = riskTable
      const [holder, bidder, house] = [given, bidding, paying].map((account) => sheltered(account, riskTable)) as [
        ...[holder: Account, bidder: Account, house: Account],
      ]
      const least = leastCash(orderless(holder), riskTable, BASIS_POINTS)
      const victim = { ...withCash(holder, least - below), flaggedAt: NOW }
      const elapsed = late % (auction + 1n)
      const time = NOW + grace + elapsed
      const lowest = leastPrice(victim, riskTable, elapsed)
      const highest = fairPrice(victim, riskTable)
      fc.pre([least, least - below].every((cash) => isCollateral(0, cash)))
      fc.pre([lowest - 1n, highest + 1n].every((price) => isInt(price, BITS.collateral)))

      // what the bidder needs once it holds all that, and what the house needs if it pays
      const passing = withFunding(
        victim,
        riskTable.markets.map(({ fundingIndex }) => fundingIndex),
      )
      const cashOfBidder = (price: bigint) => {
        const after = bidderAfter(withCash(bidder, 0n), passing, { price, nonce: 1n })
        return leastCash(after, riskTable, initialMarginBps) - after.collateral[0]!
      }
      const cashOfHouse = (price: bigint) =>
        max(-price, leastCash(withCash(house, 0n), riskTable, initialMarginBps) - price)
      const refusal = (setting: {
        readonly of?: Account
        readonly price?: bigint
        readonly bidderCash?: bigint
        readonly houseCash?: bigint
        readonly timestamp?: bigint
      }) => {
        const { of = victim, price = lowest, timestamp = time } = setting
        const { bidderCash = cashOfBidder(price), houseCash = cashOfHouse(price) } = setting
        const state = makeState(SMALL, {
          0: withCash(house, houseCash),
          [VICTIM]: of,
          [BIDDER]: withCash(bidder, bidderCash),
        })
        const bid = { victim: VICTIM, bidder: BIDDER, held: heldBy(of), price, nonce: 1n, expiry: timestamp }
        const context = { timestamp, domain: DOMAIN, riskTable, resumedAt: 0n }
        return refusalOf(() => applyTakeover(state, signBid(bid, DOMAIN, PRIVATE_KEY), context))
      }
      const needed = cashOfBidder(lowest)
      fc.pre([needed, needed - 1n, cashOfHouse(lowest)].every((cash) => isCollateral(0, cash)))
      if (refusal({}) === 'WIDTH') return
      assert.equal(refusal({}), undefined)
      seen.taken++
      assert.equal(refusal({ bidderCash: needed - 1n }), 'BIDDER_MARGIN')
      assert.equal(refusal({ of: { ...victim, flaggedAt: 0n } }), 'NOT_FLAGGED')
      assert.equal(refusal({ of: withCash(victim, least) }), 'MARGIN')
      assert.equal(refusal({ price: lowest - 1n }), 'PRICE')
      assert.equal(refusal({ price: highest + 1n }), 'PRICE')
      if (isCollateral(0, cashOfBidder(highest))) {
        const houseCash = highest < 0n ? cashOfHouse(highest) : 0n
        assert.equal(refusal({ price: highest, houseCash }), undefined)
        seen['at their limit']++
      }
      assert.equal(refusal({ timestamp: NOW + grace - 1n }), 'AUCTION')
      assert.equal(refusal({ timestamp: NOW + grace + auction + 1n }), 'AUCTION')
      if (lowest >= 0n) return
      assert.equal(refusal({ houseCash: cashOfHouse(lowest) - 1n }), 'HOUSE')
      seen.subsidised++
    },
  )
  fc.assert(property, { seed: 7, numRuns: 100 })
  assert.ok(
    Object.values(seen).every((count) => count > 10),
    JSON.stringify(seen),
  )
})

test('whoever owes a quantum more than it has can be closed against whoever meets initial margin then to the quantum, and nobody else; the house fails to the quantum', () => {
  const seen = { closed: 0, marginal: 0, houses: 0 }
  const property = fc.property(arbitraryBankruptcy(SMALL, DOMAIN), ({ state, context, closing }) => {
    const { riskTable, timestamp } = context
    const [victim, counterparty, house] = [closing.victim, closing.counterparty, 0].map(
      (i) => accountAt(state, i)!,
    ) as [...[victim: Account, counterparty: Account, house: Account]]
    const run = (changes: Readonly<Record<number, Account>>) => {
      const changed = Object.entries(changes).reduce(
        (tree, [i, account]) => tree.set(Number(i), account),
        state.accounts,
      )
      return applyDeleveraging({ ...state, accounts: changed }, closing, context)
    }
    if (refusalOf(() => run({})) !== undefined) return
    seen.closed++
    const owing = (deficit: bigint) => withCash(victim, victim.collateral[0]! + deficitOf(victim, riskTable) - deficit)
    assert.equal(
      refusalOf(() => run({ [closing.victim]: owing(0n) })),
      'SOLVENT',
    )
    const { surcharge, asked } = run({ [closing.victim]: owing(1n) })
    assert.ok(surcharge <= 1n)
    const elapsed = timestamp - NOW - riskTable.grace
    assert.equal(asked, askedOf(owing(1n), riskTable, elapsed))

    const made = run({})
    const after = accountAt(made.after, closing.counterparty)!
    const spare = after.collateral[0]! - leastCash(after, riskTable, riskTable.initialMarginBps)
    const poorest = withCash(counterparty, counterparty.collateral[0]! - spare)
    // it may not have more than it owes with so little, or a score beyond its width
    const reason = refusalOf(() => run({ [closing.counterparty]: poorest }))
    if (reason === undefined) {
      const poorer = withCash(poorest, poorest.collateral[0]! - 1n)
      const next = refusalOf(() => run({ [closing.counterparty]: poorer }))
      assert.ok(next === 'MARGIN' || next === 'EQUITY', next)
      seen.marginal++
    } else assert.ok(['EQUITY', 'SCORE', 'WIDTH'].includes(reason), reason)

    const rich = withCash(house, (1n << 80n) - 1n)
    const needed = max(made.asked, made.asked + leastCash(rich, riskTable, riskTable.initialMarginBps))
    if (!isCollateral(0, needed)) return
    assert.equal(run({ 0: withCash(house, needed) }).houseFails, false)
    assert.equal(run({ 0: withCash(house, needed - 1n) }).houseFails, true)
    seen.houses++
  })
  fc.assert(property, { seed: 13, numRuns: 300 })
  assert.ok(
    Object.values(seen).every((count) => count > 30),
    JSON.stringify(seen),
  )
})
