import { min, mulDivDown } from '../numbers.ts'
import { PPM } from '../parameters.ts'

/** floor(index * multiplier / 10^6), an index price as quanta per lot; at most `most`. */
export function lotPrice(index: bigint, multiplier: bigint, most: bigint): bigint {
  return min(most, mulDivDown(index, multiplier, PPM))
}
