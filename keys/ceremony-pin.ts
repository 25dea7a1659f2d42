import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson } from '../protocol/json.ts'
import type { CompiledManifest, KeyManifest } from './manifest.ts'

/** Beside the artifacts of a ceremony: its transcript, whose sha256 sum is the ceremony's digest. */
export const CEREMONY_TRANSCRIPT_FILE = 'transcript.json'

const MAX_TRANSCRIPT_BYTES = 16 << 20

// Only what ties the files to the digest; keys/ceremony/transcript.ts has the whole.
const pinSchema = z.object({
  profile: z.string(),
  circuits: z.array(z.object({ circuit: z.string(), r1cs: z.string() })),
  rounds: z.array(
    z.object({
      kind: z.enum(['contribution', 'beacon']),
      keys: z.array(z.object({ circuit: z.string(), key: z.string(), verificationKey: z.string() })),
    }),
  ),
})

/**
 * Checks that a directory's files are those of the ceremony that is called `digest`: the transcript beside them has that
 * sha256 sum, ends with a beacon after as many contributions as the manifest says, and names this constraint system, this key
 * and this verification key for the circuit. Throws ARTIFACT_CORRUPT, KEY_UNSAFE if nobody contributed.
 */
export async function checkCeremonyPin(
  directory: string,
  compiled: Pick<CompiledManifest, 'circuit' | 'profile' | 'files'>,
  key: KeyManifest,
  digest: string,
): Promise<void> {
  const { circuit, profile } = compiled
  const files = { ...compiled.files, ...key.files }
  const { ceremony } = key
  const path = join(directory, CEREMONY_TRANSCRIPT_FILE)
  const refuse = (what: string, cause?: unknown) =>
    new ZkclearError('ARTIFACT_CORRUPT', `${path} ${what}; export the ceremony again`, {
      details: { file: path },
      cause,
    })
  let text: Buffer
  try {
    if ((await stat(path)).size > MAX_TRANSCRIPT_BYTES) throw refuse(`is larger than ${MAX_TRANSCRIPT_BYTES} bytes`)
    text = await readFile(path)
  } catch (cause) {
    throw cause instanceof ZkclearError ? cause : refuse('cannot be read', cause)
  }
  const actual = createHash('sha256').update(text).digest('hex')
  if (actual !== digest || ceremony?.digest !== digest) throw refuse(`is not that of the ceremony ${digest}`)
  let data: z.output<typeof pinSchema> | undefined
  try {
    data = pinSchema.safeParse(parseJson(text.toString('utf8'))).data
  } catch (cause) {
    throw refuse('is not JSON', cause)
  }
  if (data === undefined) throw refuse('is no transcript of a ceremony')
  const contributions = data.rounds.filter(({ kind }) => kind === 'contribution').length
  if (contributions === 0) {
    throw new ZkclearError('KEY_UNSAFE', `nobody contributed to the ceremony ${digest}: anybody could forge proofs`)
  }
  const last = data.rounds.at(-1)!
  if (last.kind !== 'beacon') throw refuse('is that of a ceremony without its beacon')
  if (contributions !== ceremony.contributions) throw refuse(`has ${contributions} contributions, the manifest others`)
  const keys = last.keys.find((key) => key.circuit === circuit)
  const system = data.circuits.find((one) => one.circuit === circuit)
  const ties: readonly [string, string | undefined, string][] = [
    ['profile', data.profile, profile],
    ['constraint system', system?.r1cs, files['circuit.r1cs'].sha256],
    ['key', keys?.key, files['circuit.zkey'].sha256],
    ['verification key', keys?.verificationKey, files['vkey.json'].sha256],
  ]
  for (const [name, named, here] of ties) {
    if (named !== here) throw refuse(`names another ${name} for ${circuit} than the one that is here`)
  }
}
