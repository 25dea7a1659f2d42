import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { toField } from '../../../protocol/numbers.ts'
import { BITS, PPM } from '../../../protocol/parameters.ts'
import type { MarketIdentity, Scenario } from '../../../protocol/risk/parameters.ts'
import { type MarketPrices, scenarioPrices } from '../../../protocol/risk/scenario.ts'

const S = 4
const numbers = ['isOption', 'isPut', 'strike', 'maxPrice', 'forward', 'volatility', 'shock', 'seconds']
const shapes = {
  ...Object.fromEntries(numbers.map((name) => [name, []])),
  ...{ move: [3], volatilityMove: [S], extreme: [2] },
}
const scenarios = await gadget('ScenarioProbe', [S], shapes, 'risk-update.circom')

type Market = Pick<MarketIdentity, 'kind' | 'strike' | 'maxPrice'>

const FUTURE: Market = { kind: 'future', strike: 0n, maxPrice: 1n << 47n }
const PRICES: MarketPrices = { forward: 1_000_000n, volatility: 800_000n, shock: 100_000n, seconds: 86_400n * 30n }

/** Two that share a move, and two that may be extreme. */
function scenariosOf(
  moves: readonly [bigint, bigint, bigint],
  { volatilityMoves = [0n, 0n, 0n, 0n], extremes = [false, false] } = {},
): Scenario[] {
  return [0, 0, 1, 2].map((j, s) => {
    return { move: moves[j]!, volatilityMove: volatilityMoves[s]!, extreme: s >= 2 && extremes[s - 2]!, opposed: 0n }
  })
}

function agrees(market: Market, prices: MarketPrices, of: readonly Scenario[]): void {
  const { kind, strike, maxPrice } = market
  const isOption = kind === 'call' || kind === 'put' ? 1n : 0n
  const { accepted, broken, signal } = scenarios.evaluate({
    ...prices,
    ...{ isOption, isPut: kind === 'put' ? 1n : 0n, strike, maxPrice },
    move: [of[0]!, of[2]!, of[3]!].map(({ move }) => toField(move)),
    volatilityMove: of.map(({ volatilityMove }) => toField(volatilityMove)),
    extreme: of.slice(2).map(({ extreme }) => (extreme ? 1n : 0n)),
  })
  assert.ok(accepted, broken[0])
  assert.deepEqual(
    of.map((_, s) => signal(`price[${s}]`)),
    scenarioPrices({ ...market, underlying: 0 }, prices, of),
  )
}

suite('ScenarioPrices', () => {
  test('of a future: the forward moved and rounded up, at most maxPrice', () => {
    const third = 666_666_666_667n // 3 of these are 1 more than 2 * 10^12
    for (const forward of [1n, 1_000_000n, third, third - 1n, third + 1n, (1n << BigInt(BITS.indexPrice)) - 1n]) {
      agrees(FUTURE, { ...PRICES, forward, shock: 3n }, scenariosOf([0n, 1n, -1n]))
    }
    for (const maxPrice of [1n, 999_999n, 1_000_000n, 1_000_001n, 1_100_000n]) {
      agrees({ ...FUTURE, maxPrice }, PRICES, scenariosOf([0n, PPM, -PPM]))
    }
  })

  test('of an extreme one a third of the way, rounded away from the mark, and of another one all of it', () => {
    for (const extremes of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      for (const shock of [0n, 1n, 2n, 3n, 4n, 100_000n]) {
        agrees(FUTURE, { ...PRICES, shock }, scenariosOf([0n, PPM, -PPM], { extremes }))
      }
    }
  })

  test('of options, where price and volatility move', () => {
    const volatilityMoves = [0n, 300_000n, -300_000n, 999_999n]
    for (const kind of ['call', 'put'] as const) {
      for (const strike of [1n, 900_000n, 1_000_000n, 3_000_000n]) {
        const of = scenariosOf([0n, 4n * PPM, -4n * PPM], { volatilityMoves, extremes: [true, true] })
        agrees({ ...FUTURE, kind, strike }, PRICES, of)
        agrees({ ...FUTURE, kind, strike, maxPrice: 50_000n }, { ...PRICES, seconds: 0n }, of)
      }
    }
  })
})
