import { poseidonState } from './crypto/poseidon.ts'
import { primitives } from './crypto/primitives.ts'
import { toField } from './numbers.ts'
import { TAGS } from './parameters.ts'

/** Most words that one permutation takes. */
const MAX_WORDS = 16

export type Tag = keyof typeof TAGS

/**
 * Poseidon over BN254 with circomlib's parameters; the tag of the use is the capacity element, so it costs no input.
 * @param words 1 to 16 integers; negative x enters as r - |x|
 *
 * @example
 * const root = poseidon('STATE', [state.accounts.root, 5n])
 */
export function poseidon(tag: Tag, words: readonly bigint[]): bigint {
  return primitives().poseidon(BigInt(TAGS[tag]), words.map(toField))
}

/**
 * The first two words that the permutation makes, of which `poseidon` is the first: as a keystream they may be known, and the
 * secret among the words is not. In plain integers, 0.2 ms each.
 * @param words 1 to 16 integers; negative x enters as r - |x|
 */
export function poseidonPair(tag: Tag, words: readonly bigint[]): readonly [bigint, bigint] {
  const [first, second] = poseidonState(BigInt(TAGS[tag]), words.map(toField))
  return [first!, second!]
}

/**
 * Hash of a fixed number of words: up to 16 at once; of more, the digests of full groups of 16 and then the words that filled
 * none are hashed the same way. The number of words is fixed by use and profile, so that no two inputs of one use share a shape.
 */
export function hashWords(tag: Tag, words: readonly bigint[]): bigint {
  if (words.length <= MAX_WORDS) return poseidon(tag, words)
  const grouped = words.length - (words.length % MAX_WORDS)
  const digests: bigint[] = []
  for (let start = 0; start < grouped; start += MAX_WORDS) {
    digests.push(poseidon(tag, words.slice(start, start + MAX_WORDS)))
  }
  return hashWords(tag, [...digests, ...words.slice(grouped)])
}
