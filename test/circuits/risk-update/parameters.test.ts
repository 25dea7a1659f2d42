import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { EVERY_KIND, everyKind } from '../../../lab/instances/risk-parameters.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { toField } from '../../../protocol/numbers.ts'
import { MARKET_KINDS } from '../../../protocol/parameters.ts'
import { checkRiskParameters } from '../../../protocol/risk/check-parameters.ts'
import { parameterBounds } from '../../../protocol/risk/parameter-bounds.ts'
import {
  hashRiskParameters,
  riskParametersFromWords,
  riskParameterWordCount,
  riskParameterWords,
} from '../../../protocol/risk/parameter-words.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import { arbitraryRiskParameters } from '../../support/arbitrary-risk-parameters.ts'

const SHAPE = EVERY_KIND
const PARAMETERS = everyKind()
const { markets, collaterals, scenarios, underlyings, oracles } = SHAPE
const open = await gadget(
  'RiskParametersProbe',
  [markets, collaterals, scenarios, underlyings, oracles],
  { words: [riskParameterWordCount(SHAPE)] },
  'risk-parameters.circom',
)
const inField = (parameters: RiskParameters) => riskParameterWords(parameters).map(toField)

/** Which parameter the model refuses, undefined if none. */
function refusedPath(words: readonly bigint[]): string | undefined {
  try {
    checkRiskParameters(riskParametersFromWords(words, SHAPE), SHAPE)
    return undefined
  } catch (error) {
    assert.ok(error instanceof ZkclearError && error.code === 'RISK_PARAMETERS_INVALID')
    return error.path!.replace('parameters.', '')
  }
}

suite('risk-update: parameters', () => {
  test('open to the root that the model has, what is listed and the underlyings as one-hots', () => {
    fc.assert(
      fc.property(arbitraryRiskParameters(SHAPE), (parameters) => {
        const { accepted, signal } = open.evaluate({ words: inField(parameters) })
        assert.ok(accepted)
        assert.equal(signal('parametersRoot'), hashRiskParameters(parameters))
        const bits = (...all: boolean[]) => all.map((bit) => (bit ? 1n : 0n))
        const oneHot = (place: number) => bits(...Array.from({ length: underlyings }, (_, u) => u === place))
        const signals = (name: string, count: number) =>
          Array.from({ length: count }, (_, i) => signal(`${name}[${i}]`))
        for (const [m, { kind, underlying }] of parameters.markets.entries()) {
          const isOption = kind === 'call' || kind === 'put'
          assert.deepEqual(
            signals(`kinds[${m}]`, 4),
            bits(kind !== 'none', kind === 'perpetual', isOption, kind === 'put'),
          )
          assert.deepEqual(signals(`ofMarket[${m}]`, underlyings), oneHot(underlying))
        }
        for (const [k, { underlying }] of parameters.collaterals.entries()) {
          assert.deepEqual(signals(`ofCollateral[${k}]`, underlyings), oneHot(underlying))
        }
      }),
      { seed: 10, numRuns: 30 },
    )
  })

  const words = inField(PARAMETERS)
  const paths = parameterBounds(PARAMETERS, SHAPE).map(({ path }) => path)
  for (const [i, { path, least, most }] of parameterBounds(PARAMETERS, SHAPE).entries()) {
    if (path.startsWith('oracles')) continue
    test(`${path}: [${least}, ${most}] and nothing beyond, by the model and by the constraints`, () => {
      for (const value of [least - 1n, least, most, most + 1n]) {
        const given = words.with(i, toField(value))
        const refused = refusedPath(given)
        assert.equal(open.evaluate({ words: given }).accepted, refused === undefined, `${value}`)
        if (value < least || value > most) assert.notEqual(refused, undefined, `${value}`)
        else assert.notEqual(refused, path, `${value} is refused for itself`)
      }
    })
  }

  for (const name of ['move', 'opposed']) {
    test(`the first pair of scenarios has no ${name}, though both have the same`, () => {
      const places = [0, 1].map((s) => paths.indexOf(`scenarios[${s}].${name}`))
      const given = places.reduce((all, place) => all.with(place, 1n), words)
      assert.equal(refusedPath(given), `scenarios[0].${name}`)
      assert.deepEqual(open.evaluate({ words: given }).broken, [
        `main.open.scenarios.words[0][${name === 'move' ? 0 : 3}]`,
      ])
    })
  }

  test('model and circuit take the same words, whatever is wrong with them', () => {
    const change = fc.record({
      place: fc.nat(words.length - 1),
      beyond: fc.constantFrom(-1n, 0n, 1n),
      end: fc.constantFrom('least', 'most'),
      far: fc.option(fc.bigInt(0n, 1n << 64n)),
    })
    const counts = { taken: 0, refused: 0 }
    fc.assert(
      fc.property(arbitraryRiskParameters(SHAPE), fc.array(change, { maxLength: 2 }), (parameters, changes) => {
        const bounds = parameterBounds(parameters, SHAPE)
        const changed = changes.reduce((all, { place, beyond, end, far }) => {
          const bound = bounds[place]!
          if (bound.path.startsWith('oracles')) return all
          return all.with(place, toField(far ?? (end === 'least' ? bound.least - beyond : bound.most + beyond)))
        }, inField(parameters))
        const taken = refusedPath(changed) === undefined
        counts[taken ? 'taken' : 'refused']++
        assert.equal(open.evaluate({ words: changed }).accepted, taken)
      }),
      { seed: 11, numRuns: 150 },
    )
    assert.ok(counts.taken > 20 && counts.refused > 20, JSON.stringify(counts))
  })

  test('no prover can have a market of one kind pass for another', () => {
    const bit = (kind: number) => {
      const name = open.names.find((name) => name.includes('.market[1].OneHot') && name.endsWith(`.out[${kind}]`))
      return name!.replace('main.', '')
    }
    const call = MARKET_KINDS.call
    for (const kind of Object.values(MARKET_KINDS)) {
      const hot = Object.fromEntries(Object.values(MARKET_KINDS).map((k) => [bit(k), k === kind ? 1n : 0n]))
      assert.equal(open.evaluate({ words }, hot).accepted, kind === call, `${kind}`)
    }
  })

  test('binds every signal except inverses where a strike is 0', () => {
    const free = open.freeSignals({ words })
    assert.ok(
      free.every((name) => /^main\.open\.market\[[024]\]\.IsZero\w*\.inv$/.test(name)),
      free.join(),
    )
  })
})
