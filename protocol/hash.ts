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
 * secret among the words is not.
 * @param words 1 to 16 integers; negative x enters as r - |x|
 */
export function poseidonPair(tag: Tag, words: readonly bigint[]): readonly [bigint, bigint] {
  const [first, second] = primitives().poseidonState(BigInt(TAGS[tag]), words.map(toField))
  return [first!, second!]
}

/**
 * Hash of a fixed number of words: up to 16 at once; of more, the digests of full groups of 16 and then the words that filled
 * none are hashed the same way. The number of words is fixed by use and profile, so that no two inputs of one use share a shape.
 */
export function hashWords(tag: Tag, words: readonly bigint[]): bigint {
  return words.length <= MAX_WORDS ? poseidon(tag, words) : hashWordsAll(tag, [words])[0]!
}

/** {@link hashWords} of each list: of lists of one length together, which is several times as fast as one by one. */
export function hashWordsAll(tag: Tag, lists: readonly (readonly bigint[])[]): bigint[] {
  const length = lists[0]?.length ?? 0
  if (lists.some((words) => words.length !== length)) return lists.map((words) => hashWords(tag, words))
  if (length <= MAX_WORDS) return poseidonAll(tag, lists)
  const groups = Math.floor(length / MAX_WORDS)
  const digests = poseidonAll(
    tag,
    lists.flatMap((words) => Array.from({ length: groups }, (_, i) => words.slice(i * MAX_WORDS, (i + 1) * MAX_WORDS))),
  )
  return hashWordsAll(
    tag,
    lists.map((words, i) => [...digests.slice(i * groups, (i + 1) * groups), ...words.slice(groups * MAX_WORDS)]),
  )
}

/** The digests of lists of one length, 1 to 16 words. */
function poseidonAll(tag: Tag, lists: readonly (readonly bigint[])[]): bigint[] {
  if (lists.length === 0) return []
  const words: bigint[] = []
  for (const list of lists) for (const word of list) words.push(toField(word))
  return primitives().poseidonAll(BigInt(TAGS[tag]), words, lists[0]!.length)
}
