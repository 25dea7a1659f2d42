import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedSettings, randomMedians, randomRiskParameters } from '../../../lab/instances/risk-chain.ts'
import { Random } from '../../../protocol/random.ts'
import { checkRiskParameters } from '../../../protocol/risk/check-parameters.ts'
import type { MedianReport } from '../../../protocol/risk/median.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../../protocol/risk/update.ts'
import { checkRiskTable } from '../../../protocol/risk-table.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')

test('whatever oracles say and whenever, under any legal parameters and as they change, there is a next table, and it is legal', () => {
  const random = new Random(1n)
  const seen = { settled: 0, sheltered: 0, closed: 0, atMaxPrice: 0 }
  for (let chain = 0; chain < 100; chain++) {
    let parameters = randomRiskParameters(random, SMALL)
    let medians: MedianReport | undefined
    let snapshot: RiskSnapshot | undefined
    for (let step = 0; step < 25; step++) {
      if (random.chance(10)) parameters = changedSettings(random, parameters, SMALL)
      if (step % 8 === 0) checkRiskParameters(parameters, SMALL)
      medians = randomMedians(random, SMALL, medians)
      snapshot = applyRiskUpdate(snapshot, medians, parameters, SMALL)
      checkRiskTable(snapshot.table, parameters.markets, SMALL)
      for (const [i, { phase, lastTradeTime, mark }] of snapshot.table.markets.entries()) {
        if (phase === 2n) seen.settled++
        if (phase === 1n) seen.sheltered++
        if (lastTradeTime === 0n) seen.closed++
        if (mark === parameters.markets[i]!.maxPrice) seen.atMaxPrice++
      }
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `${what}: ${count}`)
})
