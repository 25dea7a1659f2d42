import type { EuropeanOption } from '../../protocol/risk/black.ts'
import { blackPrice } from '../../protocol/risk/black.ts'
import { exactBlack } from './exact-black.ts'
import { seededRandom } from './random.ts'

const MOST = (1n << 48n) - 1n

/** Options whose moneyness is in [1/20, 20] and whose deviation is in [0, 4], half of them tiny: some below 2^-32. */
export function* randomOptions(count: number, seed: number): Generator<EuropeanOption> {
  const random = seededRandom(seed)
  for (let i = 0; i < count; i++) {
    const forward = BigInt(Math.floor(2 ** (47 * random())))
    const ratio = 20 ** (i % 3 === 0 ? (2 * random() - 1) ** 5 : 2 * random() - 1)
    const strike = BigInt(Math.round(Number(forward) * ratio))
    const deviation = BigInt(Math.floor(2 ** 34 * (random() < 0.5 ? random() : Math.exp(-24 * random()))))
    yield {
      kind: random() < 0.5 ? 'call' : 'put',
      forward,
      strike: strike < 1n ? 1n : strike > MOST ? MOST : strike,
      deviation,
    }
  }
}

/** By how many quanta * 2^-64 the model is off. */
export function errorOf(option: EuropeanOption): bigint {
  const exact = exactBlack(option.kind, option.forward, option.strike, option.deviation)
  const error = (blackPrice(option) << 64n) - exact
  return error < 0n ? -error : error
}

/** What protocol.md#option-price-error promises, in the same unit. */
export function errorBound({ forward, strike }: EuropeanOption): bigint {
  return ((forward + strike) << 36n) + (1n << 64n)
}
