import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeRiskParameters } from '../../lab/instances/risk-parameters.ts'
import { NEVER } from '../../protocol/parameters.ts'
import { diffRiskParameters } from '../../protocol/risk/parameter-changes.ts'
import { riskParameterWords } from '../../protocol/risk/parameter-words.ts'
import { type MarketParameters, type RiskParameters, UNLISTED } from '../../protocol/risk/parameters.ts'
import { venueShape } from '../../protocol/shape.ts'
import { arbitraryRiskParameters } from '../support/arbitrary-risk-parameters.ts'

const SMALL = venueShape('small')
/** A perpetual, a call and a future, and nothing in market 3. */
const made = makeRiskParameters(SMALL)
const PARAMETERS: RiskParameters = { ...made, markets: made.markets.with(3, UNLISTED) }
const [PERPETUAL, CALL] = PARAMETERS.markets
const listing = (m: number, market: MarketParameters): RiskParameters => ({
  ...PARAMETERS,
  markets: PARAMETERS.markets.with(m, market),
})
const changes = (after: RiskParameters, before = PARAMETERS) =>
  diffRiskParameters(before, after, SMALL).map(({ path, kind }) => `${path}: ${kind}`)

test('a setting that changes is one, with what it was and is', () => {
  const after = { ...listing(1, { ...CALL!, minOrder: 5n }), maxAge: 60n }
  assert.deepEqual(diffRiskParameters(PARAMETERS, after, SMALL), [
    { path: 'maxAge', was: 3_600n, is: 60n, kind: 'setting' },
    { path: 'markets[1].minOrder', was: 1n, is: 5n, kind: 'setting' },
  ])
  assert.deepEqual(changes(PARAMETERS), [])
})

test('whatever comes where nothing was is listed, its settings too', () => {
  const listed = changes(listing(3, CALL!))
  assert.ok(listed.includes('markets[3].strike: listing') && listed.includes('markets[3].bandBps: listing'))
  assert.ok(listed.every((change) => change.endsWith(': listing')))
})

test('a perpetual that is given an expiry is delisted, and another expiry is ignored then', () => {
  const ending = listing(0, { ...PERPETUAL!, expiry: 2_000_000_000n })
  assert.deepEqual(changes(ending), ['markets[0].expiry: delisting'])
  assert.deepEqual(changes(PARAMETERS, ending), ['markets[0].expiry: ignored'])
  assert.deepEqual(changes(listing(0, { ...PERPETUAL!, expiry: 2_000_000_001n }), ending), [
    'markets[0].expiry: ignored',
  ])
})

test('any other change of what is listed is a relisting, to nothing too', () => {
  for (const change of [
    { kind: 'put' as const },
    { underlying: 1 },
    { strike: 1n },
    { expiry: NEVER },
    { multiplier: 1n },
    { maxLots: 1n << 29n },
    { maxPrice: 1n },
  ]) {
    assert.deepEqual(changes(listing(1, { ...CALL!, ...change })), [`markets[1].${Object.keys(change)[0]}: relisting`])
  }
  assert.ok(changes(listing(1, UNLISTED)).includes('markets[1].kind: relisting'))
  assert.ok(changes(listing(0, { ...CALL!, expiry: 5n })).includes('markets[0].expiry: relisting'))
})

test('two sets of parameters differ exactly where their words do', () => {
  const both = fc.tuple(arbitraryRiskParameters(SMALL), arbitraryRiskParameters(SMALL))
  fc.assert(
    fc.property(both, ([before, after]) => {
      const [old, now] = [riskParameterWords(before), riskParameterWords(after)]
      const expected = now.flatMap((is, i) => (is === old[i] ? [] : [{ was: old[i], is }]))
      assert.deepEqual(
        diffRiskParameters(before, after, SMALL).map(({ was, is }) => ({ was, is })),
        expected,
      )
    }),
    { seed: 12, numRuns: 30 },
  )
})

test('parameters of another shape are not compared', () => {
  assert.throws(() => diffRiskParameters(PARAMETERS, makeRiskParameters(venueShape('standard')), SMALL), {
    code: 'INPUT_INVALID',
    path: 'parameters',
  })
})
