import { keccak248OfWords } from './crypto/keccak256.ts'
import { ZkclearError } from './errors.ts'
import { hashWords } from './hash.ts'
import { assertCanonical, assertUint, FIELD } from './numbers.ts'

/** All that is public of a batch, whatever its length, in three field elements (protocol.md#public-data). */
export interface PublicData {
  /** Poseidon(DATA; words). */
  readonly commitment: bigint
  /** What the commitment and the words hash to; below 2^248. */
  readonly challenge: bigint
  /** The polynomial with the words as coefficients, at the challenge. */
  readonly value: bigint
}

/** Longest list of words: far beyond any circuit, so that a wrong list is refused before it is hashed. */
const MAX_DATA_WORDS = 4096

/** What commits to the words: Poseidon(DATA; words). Throws INPUT_INVALID. */
export function dataCommitment(words: readonly bigint[]): bigint {
  return hashWords('DATA', requireWords(words))
}

/**
 * keccak256(abi.encode(domain, kind, commitment, words)) >> 8, where the words are a uint256[] and what stands before them are
 * uint256. PublicData.sol computes the same. `kind` is the `settlementKind` of the circuit. Throws INPUT_INVALID.
 */
export function dataChallenge(domain: bigint, kind: number, commitment: bigint, words: readonly bigint[]): bigint {
  requireBigint(domain, 'domain')
  assertUint(domain, 248, 'domain')
  if (!Number.isSafeInteger(kind) || kind < 0) refuse(`got ${kind}, need the number of a kind of batch, from 0`, 'kind')
  requireBigint(commitment, 'commitment')
  assertCanonical(commitment, 'commitment')
  requireWords(words)
  // Four words of head: the list begins after them, with its length.
  return keccak248OfWords([domain, BigInt(kind), commitment, 128n, BigInt(words.length), ...words])
}

/** sum of words[i] * challenge^i mod r. Throws INPUT_INVALID. */
export function dataValue(words: readonly bigint[], challenge: bigint): bigint {
  requireBigint(challenge, 'challenge')
  assertUint(challenge, 248, 'challenge')
  return requireWords(words).reduceRight((value, word) => (value * challenge + word) % FIELD, 0n)
}

/** The public signals that stand for the words of a batch. Throws INPUT_INVALID. */
export function publicData(domain: bigint, kind: number, words: readonly bigint[]): PublicData {
  const commitment = dataCommitment(words)
  const challenge = dataChallenge(domain, kind, commitment, words)
  return { commitment, challenge, value: dataValue(words, challenge) }
}

function requireWords(words: readonly bigint[]): readonly bigint[] {
  if (!Array.isArray(words) || words.length === 0 || words.length > MAX_DATA_WORDS) {
    refuse(`must be a list of 1 to ${MAX_DATA_WORDS} words`, 'words')
  }
  for (let i = 0; i < words.length; i++) {
    requireBigint(words[i], `words[${i}]`)
    assertCanonical(words[i]!, `words[${i}]`)
  }
  return words
}

function requireBigint(value: unknown, path: string): void {
  if (typeof value !== 'bigint') refuse(`need a bigint, got a value of type ${typeof value}`, path)
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}
