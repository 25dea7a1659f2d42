import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { makeAccount } from '../../lab/instances/model.ts'
import { scenarioLoss, worstLoss } from '../../protocol/margin.ts'
import { checkRiskParameters, doubtfulRiskParameters } from '../../protocol/risk/check-parameters.ts'
import { applyRiskUpdate } from '../../protocol/risk/update.ts'
import { checkRiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { decodeRiskParameters, spanScenarios, standardRiskParameters } from '../../venue/index.ts'

const SHAPE = venueShape('standard')
const AS_OF = 1_750_000_000n
const LABELLED = standardRiskParameters(AS_OF)
const { parameters, labels } = LABELLED
const DOLLAR = 1_000_000n

/** The first table of the sample: the coin at 3,000 dollars, options at a volatility of 60 %. */
const { table, memory } = applyRiskUpdate(
  undefined,
  {
    asOf: AS_OF,
    indices: parameters.underlyings.map(() => 3_000n * DOLLAR),
    forwards: parameters.markets.map(() => 3n * DOLLAR),
    volatilities: parameters.markets.map(() => 600_000n),
  },
  parameters,
  SHAPE,
)

const holding = (lots: Readonly<Record<string, bigint>>) => {
  const positions = Object.entries(lots).map(([name, size]) => [labels.markets.indexOf(name), { size }])
  return makeAccount(SHAPE, { positions: Object.fromEntries(positions) })
}
/** In which scenarios a portfolio loses the most. */
const worst = (lots: Readonly<Record<string, bigint>>) => {
  const account = holding(lots)
  const most = worstLoss(account, table)
  return labels.scenarios.filter((_, s) => scenarioLoss(account, table, s) === most)
}

suite("SPAN's grid in the standard profile", () => {
  test('is seven moves, those that are not 0 with the volatility up and down, and two extremes of which a third counts', () => {
    const scenarios = spanScenarios().map(([, scenario]) => scenario)
    assert.equal(scenarios.length, SHAPE.scenarios)
    const thirds = ({ move }: { move: bigint }) => Math.round((Number(move) * 3) / 1e6)
    assert.deepEqual(scenarios.map(thirds), [0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3, 9, -9])
    assert.deepEqual(
      scenarios.map(({ volatilityMove }) => Number(volatilityMove) / 250_000),
      [0, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 0, 0],
    )
    assert.deepEqual(
      scenarios.map(({ extreme }) => extreme),
      scenarios.map((_, s) => s >= 14),
    )
  })

  test('is what stands in samples/, keeps every bound, and nothing in it is doubtful', async () => {
    const file = new URL('../../samples/risk-parameters-standard.json', import.meta.url)
    assert.deepEqual(decodeRiskParameters(JSON.parse(await readFile(file, 'utf8'))), LABELLED)
    checkRiskParameters(parameters, SHAPE)
    assert.deepEqual(doubtfulRiskParameters(parameters), [])
  })

  test('gives a table that a venue takes, in which a perpetual loses all of the shock and no more', () => {
    checkRiskTable(table, parameters.markets, SHAPE)
    const { shock } = memory.underlyings[0]!
    const lots = 1_000n
    const all = (lots * 3n * DOLLAR * shock) / 1_000_000n
    assert.equal(worstLoss(holding({ 'ETH-PERP': lots }), table), all)
    assert.deepEqual(worst({ 'ETH-PERP': lots }), ['down all, volatility up', 'down all, volatility down', 'far down'])
  })

  test('charges each portfolio by the scenario that SPAN has it for', () => {
    for (const [name, lots, scenario] of [
      ['a call that was bought', { 'ETH-100D-3000-C': 9n }, 'down all, volatility down'],
      ['a straddle that was bought', { 'ETH-100D-3000-C': 9n, 'ETH-100D-3000-P': 9n }, 'still, volatility down'],
      ['a call that was sold', { 'ETH-100D-3000-C': -9n }, 'far up'],
      ['a put far out of the money that was sold', { 'ETH-40D-2400-P': -9n }, 'far down'],
      ['a ratio spread', { 'ETH-40D-3000-C': -9n, 'ETH-40D-3600-C': 20n }, 'up two thirds, volatility down'],
    ] as const) {
      assert.deepEqual(worst(lots), [scenario], name)
    }
  })

  test('has no scenario in which nothing moves and volatilities rise: near options against fewer far ones lose more there than it charges', () => {
    const near = { 'ETH-40D-3000-C': 12n, 'ETH-40D-3000-P': 12n }
    const spread = holding({ ...near, 'ETH-100D-3000-C': -10n, 'ETH-100D-3000-P': -10n })
    assert.equal(scenarioLoss(spread, table, 0), 0n)
    const risen = { volatilities: parameters.markets.map(() => 750_000n) }
    const { table: after } = applyRiskUpdate(
      { table, memory },
      {
        ...{ asOf: AS_OF + 1n, indices: parameters.underlyings.map(() => 3_000n * DOLLAR), ...risen },
        forwards: parameters.markets.map(() => 3n * DOLLAR),
      },
      parameters,
      SHAPE,
    )
    const lost = spread.positions.reduce(
      (sum, { size }, m) => sum + size * (table.markets[m]!.mark - after.markets[m]!.mark),
      0n,
    )
    assert.ok(lost > worstLoss(spread, table), `${lost}`)
  })
})
