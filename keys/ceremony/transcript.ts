import { createHash } from 'node:crypto'
import { z } from 'zod'
import { COMPILER_VERSION } from '../../circom/main-component.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { PROFILE_NAMES } from '../../protocol/shape.ts'

export const TRANSCRIPT_FILE = 'transcript.json'
/** Every round hashes all before it, so there are not too many, and they are not too long. */
export const MAX_ROUNDS = 1000
export const MAX_TRANSCRIPT_BYTES = 16 << 20

const MAX_NAME_LENGTH = 64
const MAX_TEXT_LENGTH = 4000

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const blake2b512 = z.string().regex(/^[0-9a-f]{128}$/)
const count = z.int().nonnegative()
// Becomes a file name, so nothing else may pass.
const circuitName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)
const time = z.iso.datetime()

/** Who contributed: one line, as the key files hold it too. */
export const nameSchema = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must be one line of printable characters')

/** Free text: what a contributor attests, or where a beacon comes from. */
export const textSchema = z
  .string()
  .max(MAX_TEXT_LENGTH)
  .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, 'must be text without control characters')

/** The value of a beacon, in hex: 16 to 64 bytes. */
export const beaconValueSchema = z
  .string()
  .regex(/^(?:[0-9a-f]{2}){16,64}$/, 'must be 16 to 64 bytes in lower-case hex')

/** log2 of the times that a beacon is hashed. */
const MIN_ITERATIONS_EXPONENT = 10
const MAX_ITERATIONS_EXPONENT = 32
export const iterationsSchema = z.int().min(MIN_ITERATIONS_EXPONENT).max(MAX_ITERATIONS_EXPONENT)

const keySchema = z.strictObject({
  circuit: circuitName,
  /** BLAKE2b-512 of the contribution's public key. */
  contribution: blake2b512,
  /** sha256 of the .zkey file after this round. */
  key: sha256,
  /** sha256 of the verification key's text that belongs to it. */
  verificationKey: sha256,
})

const round = {
  index: z.int().positive(),
  /** sha256 of the transcript as it was before this round. */
  previous: sha256,
  time,
  name: nameSchema,
  keys: z.array(keySchema).min(1),
}

const roundSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('contribution'), ...round, attestation: textSchema }),
  z.strictObject({
    kind: z.literal('beacon'),
    ...round,
    value: beaconValueSchema,
    iterationsExponent: iterationsSchema,
    source: textSchema,
  }),
])

const transcriptSchema = z.strictObject({
  format: z.literal('zkclear-ceremony'),
  version: z.literal(2),
  protocol: z.literal('groth16'),
  curve: z.literal('bn128'),
  profile: z.enum(PROFILE_NAMES),
  compiler: z.literal(COMPILER_VERSION),
  optimization: z.enum(['O0', 'O1', 'O2']),
  created: time,
  /** What was announced about the beacon before the first contribution. */
  beaconPlan: textSchema,
  powersOfTau: z.strictObject({
    name: z.string().max(100).nullable(),
    power: z.int().min(1).max(28),
    bytes: count,
    blake2b512,
  }),
  circuits: z
    .array(
      z.strictObject({
        circuit: circuitName,
        constraints: count,
        /** log2 of its evaluation domain. */
        power: z.int().min(1).max(28),
        /** sha256 of the compiled constraint system. */
        r1cs: sha256,
        /** sha256 of the first .zkey file, and the BLAKE2b-512 of its points (snarkjs: circuit hash). */
        initialKey: sha256,
        circuitHash: blake2b512,
      }),
    )
    .min(1),
  rounds: z.array(roundSchema).max(MAX_ROUNDS),
})

/** Everything that happened in a ceremony; see the fields of the schema. */
export type Transcript = z.infer<typeof transcriptSchema>
export type Round = Transcript['rounds'][number]
export type RoundKey = Round['keys'][number]

/** The transcript as its file holds it: whoever has the file computes the digest with any sha256 tool. */
export function transcriptText(transcript: Transcript): string {
  return `${JSON.stringify(transcript, null, 2)}\n`
}

/** sha256 of the transcript's text: the one name of a ceremony and all that happened in it. */
export function transcriptDigest(transcript: Transcript): string {
  return createHash('sha256').update(transcriptText(transcript)).digest('hex')
}

/** The transcript as it was after the first `rounds` rounds. */
export function transcriptAfter(transcript: Transcript, rounds: number): Transcript {
  return { ...transcript, rounds: transcript.rounds.slice(0, rounds) }
}

/** A transcript made by us, its fields in the order in which they are hashed. */
export function checkedTranscript(transcript: Transcript): Transcript {
  return transcriptSchema.parse(transcript)
}

/** How many people contributed; a beacon is public and counts for nothing. */
export function contributionCount({ rounds }: Transcript): number {
  return rounds.filter(({ kind }) => kind === 'contribution').length
}

/** Whether the beacon was applied, after which nothing can be contributed. */
export function isComplete({ rounds }: Transcript): boolean {
  return rounds.at(-1)?.kind === 'beacon'
}

/**
 * Parses a transcript and checks it by itself: exact fields, text in its one form, each round numbered, chained to the one
 * before, and for every circuit; the beacon last. Throws CEREMONY_INVALID.
 */
export function parseTranscript(text: string, path: string): Transcript {
  const invalid = (what: string, cause?: unknown) =>
    new ZkclearError('CEREMONY_INVALID', `${what}; fetch it again from whoever made it`, { path, cause })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw invalid('is not JSON', cause)
  }
  const result = transcriptSchema.safeParse(json)
  if (!result.success) throw invalid(`is malformed: ${z.prettifyError(result.error)}`)
  const transcript = result.data
  if (transcriptText(transcript) !== text) throw invalid('is not in the form that it is hashed in')
  const names = transcript.circuits.map(({ circuit }) => circuit)
  if (new Set(names).size !== names.length) throw invalid('has a circuit twice')
  for (const [index, { index: given, previous, kind, keys }] of transcript.rounds.entries()) {
    if (given !== index + 1) throw invalid(`has round ${given} where round ${index + 1} belongs`)
    if (previous !== transcriptDigest(transcriptAfter(transcript, index))) {
      throw invalid(`has a round ${given} that does not follow the rounds before it`)
    }
    if (keys.length !== names.length || keys.some(({ circuit }, place) => circuit !== names[place])) {
      throw invalid(`has a round ${given} that is not for exactly the circuits ${names.join(', ')}`)
    }
    if (kind === 'beacon' && given !== transcript.rounds.length) throw invalid('has a round after the beacon')
  }
  return transcript
}
