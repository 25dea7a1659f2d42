import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeRiskParameters } from '../../lab/instances/risk-parameters.ts'
import { FIELD, toField } from '../../protocol/numbers.ts'

import { NEVER } from '../../protocol/parameters.ts'
import { checkRiskParameters, doubtfulRiskParameters } from '../../protocol/risk/check-parameters.ts'
import { parameterBounds } from '../../protocol/risk/parameter-bounds.ts'
import {
  hashRiskParameters,
  riskParametersFromWords,
  riskParameterWordCount,
  riskParameterWords,
} from '../../protocol/risk/parameter-words.ts'
import { listingIdentity, type RiskParameters, type Scenario, UNLISTED } from '../../protocol/risk/parameters.ts'
import { PROFILE_NAMES, venueShape } from '../../protocol/shape.ts'

const SMALL = venueShape('small')
const PARAMETERS = makeRiskParameters(SMALL)
const refused = (parameters: RiskParameters, path: string, message?: RegExp) =>
  assert.throws(
    () => checkRiskParameters(parameters, SMALL),
    (error: Error & { code: string; path: string; details: object }) => {
      assert.equal(error.code, 'RISK_PARAMETERS_INVALID')
      assert.equal(error.path, `parameters.${path}`)
      assert.deepEqual(Object.keys(error.details), ['given', 'allowed'])
      if (message !== undefined) assert.match(error.message, message)
      return true
    },
  )

for (const profile of PROFILE_NAMES) {
  const shape = venueShape(profile)
  const parameters = makeRiskParameters(shape)
  test(`${profile}: parameters as protocol.md#risk-parameters requires pass, and come back from their words`, () => {
    checkRiskParameters(parameters, shape)
    const words = riskParameterWords(parameters)
    assert.equal(words.length, riskParameterWordCount(shape))
    assert.deepEqual(riskParametersFromWords(words.map(toField), shape), parameters)
    for (const other of [[], words.slice(1), [...words, 0n]]) {
      assert.throws(() => riskParametersFromWords(other, shape), {
        code: 'RISK_PARAMETERS_INVALID',
        path: 'parameters.words',
      })
    }
  })

  test(`${profile}: there is a bound for every word, in the same order`, () => {
    const bounds = parameterBounds(parameters, shape)
    assert.deepEqual(
      bounds.map(({ given }) => given),
      riskParameterWords(parameters),
    )
    assert.equal(new Set(bounds.map(({ path }) => path)).size, bounds.length)
  })

  test(`${profile}: parametersRoot commits to every word`, () => {
    const words = riskParameterWords(parameters)
    const bounds = parameterBounds(parameters, shape)
    const roots = bounds.flatMap(({ given, least, most }, i) => {
      const other = given === least ? (most === least ? undefined : given + 1n) : given - 1n
      return other === undefined
        ? []
        : [hashRiskParameters(riskParametersFromWords(words.with(i, toField(other)), shape))]
    })
    assert.equal(new Set([hashRiskParameters(parameters), ...roots]).size, roots.length + 1)
  })
}

test('a kind, an index or an extreme that there cannot be does not come back from words', () => {
  const words = riskParameterWords(PARAMETERS)
  const paths = parameterBounds(PARAMETERS, SMALL).map(({ path }) => path)
  for (const [path, word] of [
    ['markets[1].kind', 5n],
    ['markets[1].kind', FIELD - 1n],
    ['markets[1].underlying', 2n],
    ['collaterals[0].underlying', 2n],
    ['scenarios[3].extreme', 2n],
  ] as const) {
    const wrong = words.with(paths.indexOf(path), word)
    assert.throws(() => riskParametersFromWords(wrong, SMALL), {
      code: 'RISK_PARAMETERS_INVALID',
      path: `parameters.${path}`,
    })
  }
})

for (const [name, change, path, message] of [
  ['an oracle too few', { oracles: PARAMETERS.oracles.slice(1) }, 'oracles', /is 2 of them; must be a list of 3/],
  ['a scenario too many', { scenarios: [...PARAMETERS.scenarios, PARAMETERS.scenarios[1]!] }, 'scenarios', /list of 8/],
  ['an underlying too few', { underlyings: PARAMETERS.underlyings.slice(1) }, 'underlyings', /list of 2/],
  ['a market too few', { markets: PARAMETERS.markets.slice(1) }, 'markets', /list of 4/],
  [
    'cash among the collaterals',
    { collaterals: [...PARAMETERS.collaterals, ...PARAMETERS.collaterals] },
    'collaterals',
    /but cash/,
  ],
  [
    'an initial margin below that of maintenance',
    { initialMarginBps: 9_999n },
    'initialMarginBps',
    /is 9999; must be in \[10000, 40000\]/,
  ],
  ['a quorum of more than all', { quorum: 4n }, 'quorum', /is 4; must be in \[1, 3\] \(the number of oracles\)/],
  [
    'the key of two oracles',
    { oracles: PARAMETERS.oracles.with(2, PARAMETERS.oracles[0]!) },
    'oracles[2]',
    /the key of oracles\[0\]/,
  ],
  [
    'a neutral key',
    { oracles: PARAMETERS.oracles.with(1, { x: 0n, y: 1n }) },
    'oracles[1]',
    /is \(0, 1\); must be .* prime-order/,
  ],
  [
    'a key of small order',
    { oracles: PARAMETERS.oracles.with(1, { x: 0n, y: FIELD - 1n }) },
    'oracles[1]',
    /prime-order/,
  ],
  ['a key beside the curve', { oracles: PARAMETERS.oracles.with(1, { x: 1n, y: 1n }) }, 'oracles[1]', /prime-order/],
] as const) {
  test(`${name} is refused`, () => refused({ ...PARAMETERS, ...change }, path, message))
}

const market = (m: number, change: object): RiskParameters => ({
  ...PARAMETERS,
  markets: PARAMETERS.markets.with(m, { ...PARAMETERS.markets[m]!, ...change }),
})

test('what another parameter bounds is refused with that reason', () => {
  refused(market(0, { strike: 1n }), 'markets[0].strike', /must be 0 \(the market is a perpetual\)/)
  refused(market(1, { strike: 0n }), 'markets[1].strike', /in \[1, 2\^47\)/)
  refused(market(2, { fundingCapPpm: 1n }), 'markets[2].fundingCapPpm', /must be 0 \(the market is a future\)/)
  refused(market(0, { shortOptionMinimumBps: 1n }), 'markets[0].shortOptionMinimumBps', /must be 0/)
  refused(market(0, { maxLots: 1n << 31n }), 'markets[0].maxPrice', /maxLots \* maxPrice < 2\^64/)
  refused(market(0, { maxPosition: (1n << 30n) + 1n }), 'markets[0].maxPosition', /\(maxLots\)/)
  refused(market(0, { ...UNLISTED, maxPosition: 1n }), 'markets[0].maxPosition', /must be 0 \(nothing is listed\)/)
  const scenarios = (s: number, change: object) => ({
    ...PARAMETERS,
    scenarios: PARAMETERS.scenarios.with(s, { ...PARAMETERS.scenarios[s]!, ...change }),
  })
  refused(
    scenarios(0, { volatilityMove: 1n }),
    'scenarios[0].volatilityMove',
    /must be 0 \(the first scenario is the mark\)/,
  )
  refused(
    scenarios(3, { move: 0n }),
    'scenarios[3].move',
    /must be 1000000 \(that of scenarios\[2\], with which it is a pair\)/,
  )
  refused(scenarios(3, { extreme: true }), 'scenarios[3].extreme', /only the last 2 may be/)
  const underlyings = PARAMETERS.underlyings.with(1, { ...PARAMETERS.underlyings[1]!, cap: 300_001n })
  refused({ ...PARAMETERS, underlyings }, 'underlyings[1].cap', /in \[0, 300000\] .*the furthest move is 3000000/)
})

test('values that are no integers are refused, not compared', () => {
  const wrong = (value: unknown) => value as bigint
  refused({ ...PARAMETERS, maxAge: wrong('5') }, 'maxAge')
  refused({ ...PARAMETERS, cooldown: wrong(null) }, 'cooldown')
  refused(market(0, { maxLots: wrong('5') }), 'markets[0].maxLots')
  refused(market(3, { strike: wrong(undefined) }), 'markets[3].strike')
  const scenarios = PARAMETERS.scenarios.with(4, { ...PARAMETERS.scenarios[4]!, move: wrong('-5') })
  refused({ ...PARAMETERS, scenarios }, 'scenarios[4].move')
  refused(market(1, { kind: 'swap' }), 'markets[1].kind', /is swap; must be one of none, perpetual, future, call, put/)
  for (const underlying of [0.5, -1, 2, Number.NaN]) refused(market(1, { underlying }), 'markets[1].underlying')
})

test('what is allowed and hardly meant is named', () => {
  const auction = { grace: 1_800n, lastDiscountBps: 5_000n }
  const SAFE = { ...PARAMETERS, ...auction, quorum: 3n, scenarios: partingBothWays(PARAMETERS.scenarios) }
  assert.deepEqual(doubtfulRiskParameters(SAFE), [])
  assert.deepEqual(
    doubtfulRiskParameters({
      ...{ ...SAFE, ...market(2, { expiry: NEVER }), ...auction },
      ...{ scenarios: SAFE.scenarios, quorum: 1n },
    }),
    [
      'quorum: 1 of 3 oracles is no majority, so that two tables of one moment may share no oracle',
      'quorum: of 1 reports one that lies can be the median; no table bears a liar unless 3 reports make it',
      'markets[2].expiry: a future that never expires',
    ],
  )
  assert.match(
    doubtfulRiskParameters({ ...SAFE, quorum: 2n })[0]!,
    /^quorum: of 2 reports one that lies can be the median/,
  )
  assert.match(
    doubtfulRiskParameters({ ...SAFE, quorum: 4n })[0]!,
    /^quorum: 4 reports bear no more liars than 3, which is 1/,
  )
  assert.deepEqual(doubtfulRiskParameters({ ...SAFE, maxAge: 1_050n, jumpBps: 9_999n }), [])
  assert.match(doubtfulRiskParameters({ ...SAFE, maxAge: 1_049n })[0]!, /^maxAge: .*take 1050 s at least$/)
  assert.deepEqual(doubtfulRiskParameters({ ...SAFE, cooldown: 43_200n }), [])
  assert.match(doubtfulRiskParameters({ ...SAFE, cooldown: 43_201n })[0]!, /^cooldown: .*take 43200 s at most/)
  assert.match(doubtfulRiskParameters({ ...SAFE, grace: 1_799n })[0]!, /^grace: .*take 1800 s at least$/)
  assert.match(doubtfulRiskParameters({ ...SAFE, lastDiscountBps: 5_001n })[0]!, /^lastDiscountBps: .* 5000 at most$/)
  assert.deepEqual(doubtfulRiskParameters({ ...SAFE, jumpBps: 10n }), [])
  assert.match(doubtfulRiskParameters({ ...SAFE, jumpBps: 9n })[0]!, /^jumpBps: .*stay closed$/)
  for (const rest of [undefined, 345_600n]) {
    const doubts = (grace: bigint, lasts: bigint) =>
      doubtfulRiskParameters({ ...SAFE, grace, auction: lasts }, { ...(rest !== undefined && { rest }) })
    const least = rest ?? 86_400n
    assert.match(
      doubts(least, 1n)[0]!,
      new RegExp(`^grace: .* ${least} s after a pause, .* nobody need ever be taken over`),
    )
    assert.match(doubts(least - 1n, 1n)[0]!, new RegExp(`^auction: .* ${least} s after a pause, before an auction`))
    assert.deepEqual(doubts(least - 2n, 1n), [])
    assert.deepEqual(doubts(1_800n, least - 1_801n), [])
  }
  assert.deepEqual(doubtfulRiskParameters({ ...SAFE, maxAge: 149n, jumpBps: 10_000n }), [
    'maxAge: tables come 150 s apart at least, so that each would follow an outage and shelter everybody',
    'jumpBps: a price falls by less than 10000, so that no fall is a jump',
  ])
})

test('two underlyings that part one way only, little, or in an extreme scenario alone, are named with the way that is open', () => {
  const auction = { grace: 1_800n, lastDiscountBps: 5_000n }
  const safe = { ...PARAMETERS, ...auction, quorum: 3n, scenarios: partingBothWays(PARAMETERS.scenarios) }
  const last = (change: Partial<Scenario>) => {
    const scenarios = safe.scenarios.with(-1, { ...safe.scenarios.at(-1)!, ...change })
    return doubtfulRiskParameters({ ...safe, scenarios }).map(
      (doubt) => /rises and underlyings\[(\d)\] falls/.exec(doubt)?.[1],
    )
  }
  assert.deepEqual(last({}), [])
  for (const change of [{ opposed: 0n }, { move: -999_999n }, { extreme: true }]) assert.deepEqual(last(change), ['0'])
  assert.equal(
    doubtfulRiskParameters({ ...safe, scenarios: safe.scenarios.map((s) => ({ ...s, opposed: 0n })) }).length,
    2,
  )
})

/** The last two move as far as any, and take underlying 1 the other way. */
function partingBothWays(scenarios: readonly Scenario[]): readonly Scenario[] {
  return scenarios.map((scenario, s) => {
    if (s < scenarios.length - 2) return scenario
    return { ...scenario, move: s % 2 === 0 ? 1_000_000n : -1_000_000n, extreme: false, opposed: 0b10n }
  })
}

test('a listing is named by all of its identity but the expiry, and none is 0', () => {
  const call = PARAMETERS.markets[1]!
  assert.equal(listingIdentity(UNLISTED), 0n)
  const same = [call, { ...call, expiry: NEVER }, { ...call, minOrder: 9n, largeBps: 0n }]
  assert.equal(new Set(same.map(listingIdentity)).size, 1)
  const others = [
    { ...call, kind: 'put' as const },
    { ...call, underlying: 1 },
    ...(['strike', 'multiplier', 'maxLots', 'maxPrice'] as const).map((name) => ({ ...call, [name]: call[name] + 1n })),
  ]
  assert.equal(new Set([call, ...others].map(listingIdentity)).size, 1 + others.length)
})
