import { min, mulDivDown } from '../numbers.ts'
import { PPM } from '../parameters.ts'

/** floor(index * multiplier / 10^6), an index price as quanta per lot; at most the largest number of that many bits. */
export function lotPrice(index: bigint, multiplier: bigint, bits: number): bigint {
  return min((1n << BigInt(bits)) - 1n, mulDivDown(index, multiplier, PPM))
}
