import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeRiskParameters } from '../../lab/instances/risk-parameters.ts'
import { doubtfulRiskParameters } from '../../protocol/risk/check-parameters.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import {
  decodeRiskParameters,
  encodeRiskParameters,
  type LabelledParameters,
  sampleRiskParameters,
} from '../../venue/index.ts'
import { arbitraryRiskParameters } from '../support/arbitrary-risk-parameters.ts'
import { changed, throughText } from '../support/changed-json.ts'

const SAMPLE = sampleRiskParameters(1_750_000_000n)
const FILE = encodeRiskParameters(SAMPLE)

/** Parameters with a name for everything. */
function labelled(parameters: RiskParameters, profile: ProfileName, quoteDecimals = 6): LabelledParameters {
  const names = (list: 'oracles' | 'scenarios' | 'underlyings' | 'collaterals') =>
    parameters[list].map((_, i) => `${list} ${i}`)
  const markets = parameters.markets.map(({ kind }, i) => (kind === 'none' ? undefined : `market ${i}`))
  const [oracles, scenarios, underlyings, collaterals] = [
    ...[names('oracles'), names('scenarios'), names('underlyings'), names('collaterals')],
  ]
  return {
    ...{ profile, parameters },
    labels: {
      quoteDecimals,
      oracles: oracles!,
      scenarios: scenarios!,
      underlyings: underlyings!,
      markets,
      collaterals: collaterals!,
    },
  }
}

test('the sample is what stands in samples/, and nothing in it is doubtful', async () => {
  const text = await readFile(new URL('../../samples/risk-parameters.json', import.meta.url), 'utf8')
  assert.deepEqual(decodeRiskParameters(JSON.parse(text)), SAMPLE)
  assert.deepEqual(doubtfulRiskParameters(SAMPLE.parameters), [])
})

test('parameters come back from their file as they were, whatever they are', () => {
  const standard = labelled(makeRiskParameters(venueShape('standard')), 'standard')
  assert.deepEqual(decodeRiskParameters(throughText(encodeRiskParameters(standard))), standard)
  const decimals = fc.constantFrom(0, 2, 6, 18)
  fc.assert(
    fc.property(arbitraryRiskParameters(venueShape('small')), decimals, (parameters, quoteDecimals) => {
      const given = labelled(parameters, 'small', quoteDecimals)
      assert.deepEqual(decodeRiskParameters(throughText(encodeRiskParameters(given))), given)
    }),
    { seed: 13, numRuns: 40 },
  )
})

for (const [place, value, message] of [
  ['version', 2, 'must be 1'],
  ['profile', 'tiny', 'must be one of small, standard, large'],
  ['quoteDecimals', 19, 'must be at most 18'],
  ['initialMargin', 1.5, 'must be a decimal number as a string'],
  ['initialMargin', '1,5', 'must be a decimal number'],
  ['initialMargin', '1.50001', 'is 1.50001; must have at most 4 decimals'],
  ['initialMargin', '0.9999', 'is 0.9999; must be in [1, 4]'],
  ['takerFee', '0.0101', 'is 0.0101; must be in [0, 0.01]'],
  ['maxAge', '1.5', 'is 1.5; must be a whole number'],
  ['maxAge', undefined, 'must be a decimal number as a string'],
  ['quorum', '4', 'is 4; must be in [1, 3] (the number of oracles)'],
  ['oracles[1].x', '5', 'must be a BabyJubJub point'],
  ['oracles[1].name', 'oracle A', 'is the name of another'],
  ['oracles[1].name', 'a\u001b[2J', 'must be 1 to 40 printable characters'],
  ['scenarios[3].move', '0.5', 'is 0.5; must be 1 (that of scenarios[2], with which it is a pair)'],
  ['scenarios[2].extreme', true, 'is true; must be false'],
  ['underlyings[1].cap', '0.900001', 'must be in [0, 0.9]'],
  ['scenarios[7].opposed', ['DOGE'], 'is "DOGE"; must be one of ETH, BTC'],
  ['scenarios[3].opposed', ['BTC'], 'is BTC; must be none (that of scenarios[2]'],
  ['lastDiscount', '1.1', 'is 1.1; must be in [0, 1]'],
  ['auction', '0', 'is 0; must be in [1, '],
  ['underlyings[0].memory', '599', 'is 599; must be in [600, '],
  ['markets[0].kind', 'swap', 'must be one of none, perpetual, future, call, put'],
  ['markets[0].strike', '1', 'Unrecognized key'],
  ['markets[0].underlying', 'DOGE', 'is "DOGE"; must be one of ETH, BTC'],
  ['markets[1].expiry', undefined, 'must be a decimal number'],
  ['markets[1].expiry', '2025-02-30T00:00:00Z', 'must be a time in UTC'],
  ['markets[1].expiry', '2025-09-23', 'must be a time in UTC'],
  ['markets[2].strike', '0', 'is 0; must be in [0.000001, '],
  ['markets[2].strike', '3.2000001', 'must have at most 6 decimals'],
  ['markets[2].shortOptionMinimum', '1.0001', 'is 1.0001; must be in [0, 1]'],
  ['markets[3].maxPosition', '1073741825', 'is 1073741825; must be in [0, 1073741824] (maxLots)'],
  ['markets[3].maxPrice', '20000', '(maxLots * maxPrice < 2^64)'],
  ['collaterals[0].weight', '1.1', 'is 1.1; must be in [0, 1]'],
] as const) {
  test(`${place} of ${value}: ${message}`, () => {
    const wrong = changed(FILE, place.replace(/\[(\d+)\]/g, '.$1'), value)
    assert.throws(
      () => decodeRiskParameters(throughText(wrong)),
      (error: Error & { code: string; path: string }) => {
        assert.equal(error.code, 'RISK_PARAMETERS_INVALID')
        assert.match(`parameters.${place}`, new RegExp(`^${error.path.replace(/[[\].]/g, '\\$&')}`))
        assert.ok(error.message.includes(message), error.message)
        return true
      },
    )
  })
}
