import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { PROOF_SYSTEMS } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { PROFILE_NAMES } from '../protocol/profiles.ts'
import { COMPILER_VERSION } from '../circom/compile.ts'

/** The files of one artifact directory, besides manifest.json. */
export const ARTIFACT_FILES = {
  main: 'main.circom',
  wasm: 'circuit.wasm',
  r1cs: 'circuit.r1cs',
  sym: 'circuit.sym',
  zkey: 'circuit.zkey',
  vkey: 'vkey.json',
} as const

export type ArtifactFile = (typeof ARTIFACT_FILES)[keyof typeof ARTIFACT_FILES]

const MANIFEST_FILE = 'manifest.json'
const MAX_MANIFEST_BYTES = 1 << 20

const count = z.int().nonnegative()
const fileSchema = z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })

const manifestFields = z.strictObject({
  version: z.literal(1),
  circuit: z.string(),
  profile: z.enum(PROFILE_NAMES),
  /** Names the directory; covers everything the artifacts are made from. */
  hash: z.string().regex(/^[0-9a-f]{32}$/),
  compiler: z.literal(COMPILER_VERSION),
  optimization: z.enum(['O0', 'O1', 'O2']),
  proofSystem: z.enum(PROOF_SYSTEMS),
  /** `dev` keys come from a public seed: anybody can forge proofs under them. */
  setup: z.enum(['dev', 'ceremony']),
  /** For `ceremony` keys: sha256 of the transcript, and how many people contributed. */
  ceremony: z
    .strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), contributions: z.int().positive() })
    .optional(),
  constraints: z.strictObject({ linear: count, nonLinear: count, total: count }),
  /** Length of the witness, the constant one included. */
  signals: count,
  /** Names of the public inputs in the order of the public signals. */
  publicInputs: z.array(z.string()),
  files: z.strictObject(
    Object.fromEntries(Object.values(ARTIFACT_FILES).map((name) => [name, fileSchema])) as Record<
      ArtifactFile,
      typeof fileSchema
    >,
  ),
  /** Milliseconds that each stage took when the artifacts were made. */
  durations: z.strictObject({ compile: count, key: count }),
  /** Peak resident memory of the compiler in bytes. */
  compilerPeakBytes: count,
})

const manifestSchema = manifestFields.refine(
  ({ setup, ceremony }) => (setup === 'ceremony') === (ceremony !== undefined),
  'ceremony keys, and no others, name their ceremony',
)

/** What an artifact directory holds; see the fields of the schema. */
export type Manifest = z.infer<typeof manifestSchema>

/** Reads a directory's manifest. Throws ARTIFACT_MISSING if there is none, ARTIFACT_CORRUPT if it is malformed. */
export async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, MANIFEST_FILE)
  let text: string
  try {
    if ((await stat(path)).size > MAX_MANIFEST_BYTES) throw corrupt(path, `is larger than ${MAX_MANIFEST_BYTES} bytes`)
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    throw new ZkclearError('ARTIFACT_MISSING', `${path} cannot be read; build the circuit`, { cause })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw corrupt(path, 'is not JSON', cause)
  }
  const result = manifestSchema.safeParse(json)
  if (!result.success) throw corrupt(path, `is malformed: ${z.prettifyError(result.error)}`)
  return result.data
}

/** The manifest as text, as `readManifest` reads it. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** Size and SHA-256 of every artifact file of a directory. Throws ARTIFACT_CORRUPT if one cannot be read. */
export async function digestFiles(directory: string): Promise<Manifest['files']> {
  const entries = Object.values(ARTIFACT_FILES).map(async (name) => {
    const path = join(directory, name)
    const hash = createHash('sha256')
    try {
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
      return [name, { bytes: (await stat(path)).size, sha256: hash.digest('hex') }] as const
    } catch (cause) {
      throw corrupt(path, 'cannot be read', cause)
    }
  })
  return Object.fromEntries(await Promise.all(entries)) as Manifest['files']
}

/** Throws ARTIFACT_CORRUPT unless every file of the directory is the one that the manifest names. */
export async function checkFiles(directory: string, manifest: Manifest): Promise<void> {
  for (const name of Object.values(ARTIFACT_FILES)) {
    const path = join(directory, name)
    const info = await stat(path).catch(() => undefined)
    if (info === undefined) throw corrupt(path, 'is missing')
    const { bytes } = manifest.files[name]
    if (info.size !== bytes) throw corrupt(path, `has ${info.size} bytes instead of ${bytes}`)
  }
  const actual = await digestFiles(directory)
  for (const name of Object.values(ARTIFACT_FILES)) {
    if (actual[name].sha256 !== manifest.files[name].sha256) {
      throw corrupt(join(directory, name), 'does not have the sha256 sum that the manifest names')
    }
  }
}

function corrupt(path: string, what: string, cause?: unknown): ZkclearError {
  return new ZkclearError('ARTIFACT_CORRUPT', `${path} ${what}; build the circuit again`, {
    details: { file: path },
    ...(cause === undefined ? {} : { cause }),
  })
}
