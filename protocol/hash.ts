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
export function hashWordsAll(tag: Tag, lists: readonly (readonly bigint[])[]): readonly bigint[] {
  return hashNow(hashingAll(tag, lists))
}

/** Words that make one digest each: a tag, and lists of one length, 1 to 16 words. */
interface Digests {
  readonly tag: Tag
  readonly lists: readonly (readonly bigint[])[]
}

/** Something that takes digests to work out, and asks for them: in steps, so that it is one rule whoever works them out. */
export type Hashing<Result> = Generator<Digests, Result, readonly bigint[]>

/** The steps of {@link hashWordsAll}. */
export function* hashingAll(tag: Tag, lists: readonly (readonly bigint[])[]): Hashing<readonly bigint[]> {
  const length = lists[0]?.length ?? 0
  if (lists.some((words) => words.length !== length)) return lists.map((words) => hashWords(tag, words))
  if (length <= MAX_WORDS) return yield { tag, lists }
  const groups = Math.floor(length / MAX_WORDS)
  const digests = yield {
    tag,
    lists: lists.flatMap((words) =>
      Array.from({ length: groups }, (_, i) => words.slice(i * MAX_WORDS, (i + 1) * MAX_WORDS)),
    ),
  }
  return yield* hashingAll(
    tag,
    lists.map((words, i) => [...digests.slice(i * groups, (i + 1) * groups), ...words.slice(groups * MAX_WORDS)]),
  )
}

/** What comes of it, at once. */
export function hashNow<Result>(hashing: Hashing<Result>): Result {
  let step = hashing.next()
  while (!step.done) step = hashing.next(digestsOf(asked(step.value)))
  return step.value
}

/** Words that are hashed sooner than another thread is told of them: four nodes of a tree. */
const FEW_WORDS = 16

/** What comes of it, while another thread computes, where there is the native addon. */
export async function hashLater<Result>(hashing: Hashing<Result>): Promise<Result> {
  let step = hashing.next()
  while (!step.done) {
    const given = asked(step.value)
    const [, words] = given
    step = hashing.next(words.length <= FEW_WORDS ? digestsOf(given) : await primitives().poseidonAllLater(...given))
  }
  return step.value
}

type Asked = [capacity: bigint, words: bigint[], each: number]

function asked({ tag, lists }: Digests): Asked {
  const words: bigint[] = []
  for (const list of lists) for (const word of list) words.push(toField(word))
  return [BigInt(TAGS[tag]), words, lists[0]?.length ?? 1]
}

function digestsOf(given: Asked): readonly bigint[] {
  const [, words] = given
  return words.length === 0 ? [] : primitives().poseidonAll(...given)
}
