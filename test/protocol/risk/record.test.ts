import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount } from '../../../lab/instances/model.ts'
import { hostile, randomMedians, randomRiskParameters } from '../../../lab/instances/risk-chain.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { excesses } from '../../../protocol/margin.ts'
import { max, min } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'
import type { MarketParameters } from '../../../protocol/risk/parameters.ts'
import { makeRiskRecord } from '../../../protocol/risk/record.ts'
import { applyRiskUpdate } from '../../../protocol/risk/update.ts'
import { requiredLongRisk, requiredShortRisk } from '../../../protocol/risk-table.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
const PARAMETERS = makeRiskParameters(SMALL)
const FUTURE = PARAMETERS.markets[2]!
const OPEN = { fundingIndex: 0n, settled: false, closed: false, sheltered: false }

function recordAt(forward: bigint, change: Partial<MarketParameters> = {}) {
  const prices = new Array<bigint>(SMALL.scenarios).fill(min(forward, change.maxPrice ?? FUTURE.maxPrice))
  return makeRiskRecord({ ...FUTURE, ...change }, { ...OPEN, prices, forward }, PARAMETERS)
}

test('the band is its share of the forward, rounded up, and at most the room that the mark leaves below maxPrice', () => {
  const bands = [999_901n, 9_900_991n, 9_999_999n, 10_000_000n, 20_000_000n].map((forward) => {
    const { mark, band } = recordAt(forward, { maxPrice: 10_000_000n, bandBps: 100n })
    return [mark, band]
  })
  assert.deepEqual(bands, [
    [999_901n, 10_000n],
    [9_900_991n, 99_009n],
    [9_999_999n, 1n],
    [10_000_000n, 0n],
    [10_000_000n, 0n],
  ])
})

test('longRisk and shortRisk are the least that a table may have, and 1 where that is 0', () => {
  const random = new Random(5n)
  for (let run = 0; run < 40; run++) {
    const parameters = randomRiskParameters(random, SMALL)
    const { table } = applyRiskUpdate(undefined, randomMedians(random, SMALL), parameters, SMALL)
    for (const record of table.markets) {
      assert.equal(record.longRisk, max(1n, requiredLongRisk(record, table)))
      assert.equal(record.shortRisk, max(1n, requiredShortRisk(record, table)))
    }
  }
})

test('a settled market has no band, no addition and no least risk; its reserve is the fee alone', () => {
  const prices = new Array<bigint>(SMALL.scenarios).fill(50_000n)
  const inputs = { ...OPEN, prices, forward: 60_000n, settled: true, sheltered: true }
  const record = makeRiskRecord({ ...FUTURE, shortOptionMinimumBps: 500n }, inputs, PARAMETERS)
  const { mark, band, shortOptionMinimum, largeRisk, longRisk, shortRisk, phase } = record
  assert.deepEqual([mark, band, shortOptionMinimum, largeRisk, phase], [50_000n, 0n, 0n, 0n, 2n])
  assert.deepEqual([longRisk, shortRisk], [25n, 25n])
})

test('a closed market has lastTradeTime 0, an open one the second before its expiry', () => {
  assert.equal(recordAt(50_000n).lastTradeTime, FUTURE.expiry - 1n)
  const prices = new Array<bigint>(SMALL.scenarios).fill(50_000n)
  assert.equal(makeRiskRecord(FUTURE, { ...OPEN, prices, forward: 1n, closed: true }, PARAMETERS).lastTradeTime, 0n)
})

test('the theorem of margin holds on tables that an update makes: no fill inside the band lowers an excess', () => {
  const random = new Random(6n)
  for (let run = 0; run < 300; run++) {
    const parameters = randomRiskParameters(random, SMALL)
    const { table } = applyRiskUpdate(undefined, randomMedians(random, SMALL), parameters, SMALL)
    const i = Number(random.between(0n, BigInt(SMALL.markets - 1)))
    const { mark, band } = table.markets[i]!
    const { maxLots } = parameters.markets[i]!
    const isBuy = random.chance(50)
    const lots = hostile(random, 1n, max(1n, maxLots / 2n))
    const size = hostile(random, 0n, max(0n, maxLots - lots)) * (random.chance(50) ? 1n : -1n)
    const price = isBuy ? random.between(0n, mark + band) : hostile(random, max(0n, mark - band), 1n << 48n)
    const fee = (lots * price * max(table.takerFeeBps, table.makerFeeBps) + 9_999n) / 10_000n
    const cash = hostile(random, 0n, 1n << 70n)
    const open = isBuy ? { openBuy: lots, openSell: 0n } : { openBuy: 0n, openSell: lots }
    const before = makeAccount(SMALL, { cash, positions: { [i]: { size, ...open } } })
    const after = makeAccount(SMALL, {
      cash: cash - fee + (isBuy ? -lots : lots) * price,
      positions: { [i]: { size: size + (isBuy ? lots : -lots), openBuy: 0n, openSell: 0n } },
    })
    for (const ratio of [0n, 10_000n, table.initialMarginBps]) {
      const [old, now] = [before, after].map((account) => excesses(account, table, ratio))
      assert.ok(
        now!.every((excess, s) => excess >= old![s]!),
        `run ${run}, ratio ${ratio}`,
      )
    }
  }
})
