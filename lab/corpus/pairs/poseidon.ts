import { primitives } from '../../../protocol/crypto/primitives.ts'
import { toField } from '../../../protocol/numbers.ts'

/** Poseidon with circomlib's parameters, the tag being the capacity element; 0 is what circomlib's own template has. */
export function poseidon(words: readonly bigint[], tag = 0n): bigint {
  return primitives().poseidon(tag, words.map(toField))
}
