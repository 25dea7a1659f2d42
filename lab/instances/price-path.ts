import { YEAR } from '../../protocol/parameters.ts'
import type { Random } from '../../protocol/random.ts'

/** A standard normal number, of two uniform ones (Box and Muller 1958). */
function gaussian(random: Random): number {
  const uniform = () => (Number(random.next() >> 11n) + 0.5) / 2 ** 53
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** What a price is multiplied by in so many seconds, at that volatility of a year. */
export function priceStep(random: Random, volatility: number, seconds: number): number {
  return Math.exp(volatility * Math.sqrt(seconds / Number(YEAR)) * gaussian(random))
}
