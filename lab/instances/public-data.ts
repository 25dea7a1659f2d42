import type { CircuitInput } from '../../circuits/types.ts'
import { keccak248OfWords } from '../../protocol/crypto/keccak256.ts'
import { divide } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { dataChallenge, dataCommitment, dataValue, type PublicData } from '../../protocol/public-data.ts'

/** How many words the circuits of tests have. */
export const DATA_WORDS = 19
export const DATA_DOMAIN = 77n
export const DATA_KIND = 1

/** The template that tests of public data compile, and what it is given. */
export const PUBLIC_DATA_SHAPES = { words: [DATA_WORDS], dataCommitment: [], dataChallenge: [], dataValue: [] } as const

/** The input of a circuit that has these words, for these public signals. */
export function publicDataInput(words: readonly bigint[], { commitment, challenge, value }: PublicData): CircuitInput {
  return { words, dataCommitment: commitment, dataChallenge: challenge, dataValue: value }
}

/** Words that depend on nothing but the seed, of all sizes: 0, small, and up to the whole field. */
export function dataWords(seed: bigint, count = DATA_WORDS): bigint[] {
  return Array.from({ length: count }, (_, i) => (i % 5 === 1 ? BigInt(i) : (seed * BigInt(i + 2) ** 97n) % FIELD))
}

/** The public signals that make a verifier believe `published` of a prover whose circuit has `own`. */
export function signalsFor(own: readonly bigint[], published: readonly bigint[], kind = DATA_KIND): PublicData {
  const commitment = dataCommitment(own)
  const challenge = dataChallenge(DATA_DOMAIN, kind, commitment, published)
  return { commitment, challenge, value: dataValue(published, challenge) }
}

/** A challenge as it must not be: hashed from the words alone, so that it is known before anything is committed to. */
export function challengeWithoutCommitment(words: readonly bigint[]): bigint {
  return keccak248OfWords([DATA_DOMAIN, BigInt(DATA_KIND), 96n, BigInt(words.length), ...words])
}

/** The list with another word at `fitting`: the one with which it has that value at the challenge. */
export function fitted(words: readonly bigint[], fitting: number, challenge: bigint, value: bigint): bigint[] {
  const power =
    (FIELD +
      dataValue(
        words.map((_, i) => (i === fitting ? 1n : 0n)),
        challenge,
      )) %
    FIELD
  const missing = (value - dataValue(words.with(fitting, 0n), challenge) + FIELD) % FIELD
  return words.with(fitting, divide(missing, power))
}

/** What a liar publishes while its circuit has `words`: each way to differ, by name. */
export function otherLists(words: readonly bigint[]): Readonly<Record<string, bigint[]>> {
  const last = words.length - 1
  return {
    'another first word': words.with(0, (words[0]! + 1n) % FIELD),
    'another last word': words.with(last, (words[last]! + 1n) % FIELD),
    'one bit': words.with(7, words[7]! ^ (1n << 200n)),
    'two words swapped': words.with(3, words[4]!).with(4, words[3]!),
    'the order reversed': words.toReversed(),
    'all words 0': words.map(() => 0n),
    'a multiple': words.map((word) => (2n * word) % FIELD),
  }
}
