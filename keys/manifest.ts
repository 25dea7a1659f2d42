import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { COMPILER_VERSION } from '../circom/main-component.ts'
import { PROOF_SYSTEMS } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson } from '../protocol/json.ts'
import { PROFILE_NAMES } from '../protocol/shape.ts'
import { corrupt, type FileDigest } from './file-digests.ts'

/** The files of a compiled circuit, besides manifest.json. */
export const COMPILED_FILES = {
  main: 'main.circom',
  wasm: 'circuit.wasm',
  r1cs: 'circuit.r1cs',
  sym: 'circuit.sym',
} as const

/** What a build keeps of a circuit as it is written (-O0) until it is done: a folder, and the record that it is finished. */
export const WRITTEN = {
  folder: 'written',
  record: 'written.json',
  files: { r1cs: COMPILED_FILES.r1cs, sym: COMPILED_FILES.sym },
} as const

/** The files of a pair of keys, besides manifest.json and a ceremony's transcript. */
export const KEY_FILES = { zkey: 'circuit.zkey', vkey: 'vkey.json' } as const

/** The file of a witness program, besides manifest.json. */
export const PROGRAM_FILES = { program: 'witness.zkwp' } as const

const MANIFEST_FILE = 'manifest.json'
const MAX_MANIFEST_BYTES = 1 << 20

const count = z.int().nonnegative()
const hash = z.string().regex(/^[0-9a-f]{32}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

function filesSchema<Name extends string>(names: Readonly<Record<string, Name>>) {
  const digest = z.strictObject({ bytes: count, sha256 })
  const entries = Object.values(names).map((name) => [name, digest])
  return z.strictObject(Object.fromEntries(entries) as Record<Name, typeof digest>)
}

const compiledSchema = z.strictObject({
  version: z.literal(3),
  circuit: z.string(),
  profile: z.enum(PROFILE_NAMES),
  /** Names the directory; covers everything the circuit is compiled from. */
  hash,
  compiler: z.literal(COMPILER_VERSION),
  optimization: z.enum(['O0', 'O1', 'O2']),
  constraints: z.strictObject({ linear: count, nonLinear: count, total: count }),
  /** Length of the witness, the constant one included. */
  signals: count,
  /** Names of the public inputs in the order of the public signals. */
  publicInputs: z.array(z.string()),
  files: filesSchema(COMPILED_FILES),
  /** Milliseconds that compiling took, and the check that simplification kept what the constraints say. */
  milliseconds: z.strictObject({ compile: count, check: count }),
  /** Peak resident memory of the compiler in bytes. */
  compilerPeakBytes: count,
})

const keySchema = z
  .strictObject({
    version: z.literal(2),
    /** Names the directory; covers the constraint system, the proof system and where the key comes from. */
    hash,
    /** sha256 of the constraint system that the keys are for. */
    r1cs: sha256,
    proofSystem: z.enum(PROOF_SYSTEMS),
    /** `dev` keys come from a public seed: anybody can forge proofs under them. */
    setup: z.enum(['dev', 'ceremony']),
    /** For `ceremony` keys: sha256 of the transcript, and how many people contributed. */
    ceremony: z.strictObject({ digest: sha256, contributions: z.int().positive() }).optional(),
    files: filesSchema(KEY_FILES),
    /** Milliseconds that making the keys took; 0 for those of a ceremony. */
    milliseconds: count,
  })
  .refine(
    ({ setup, ceremony }) => (setup === 'ceremony') === (ceremony !== undefined),
    'ceremony keys, and no others, name their ceremony',
  )

const programSchema = z
  .strictObject({
    version: z.literal(1),
    /** Names the directory; covers the compiled circuit and the format. */
    hash,
    /** Whether only an audited circuit may use it: see `compileProgram`. */
    presumesAudit: z.boolean(),
    /** Signals that no rule gives, some of them by name: then there is no program. */
    missing: z.strictObject({ count: z.int().positive(), first: z.array(z.string()) }).optional(),
    files: filesSchema(PROGRAM_FILES).optional(),
    /** Milliseconds that compiling it took. */
    milliseconds: count,
  })
  .refine(
    ({ missing, files }) => (missing === undefined) === (files !== undefined),
    'either a program or what is missing',
  )

/** What a compiled circuit's directory holds; see the fields of the schema. */
export type CompiledManifest = z.infer<typeof compiledSchema>

/** What the directory of a pair of keys holds; see the fields of the schema. */
export type KeyManifest = z.infer<typeof keySchema>

/** What the directory of a witness program holds; see the fields of the schema. */
export type ProgramManifest = z.infer<typeof programSchema>

/** A compiled circuit and its keys, in one record. */
export interface Manifest extends Omit<CompiledManifest, 'version' | 'files' | 'milliseconds'> {
  readonly keyHash: string
  readonly proofSystem: KeyManifest['proofSystem']
  readonly setup: KeyManifest['setup']
  readonly ceremony?: KeyManifest['ceremony']
  readonly files: CompiledManifest['files'] & KeyManifest['files']
  /** Milliseconds that each stage took when the artifacts were made. */
  readonly durations: { readonly compile: number; readonly check: number; readonly key: number }
}

export function joinManifests(compiled: CompiledManifest, key: KeyManifest): Manifest {
  const { version: _, files, milliseconds, ...rest } = compiled
  const { hash: keyHash, proofSystem, setup, ceremony } = key
  return {
    ...rest,
    ...{ keyHash, proofSystem, setup },
    ...(ceremony === undefined ? {} : { ceremony }),
    files: { ...files, ...key.files },
    durations: { ...milliseconds, key: key.milliseconds },
  }
}

/** Reads a compiled circuit's manifest. Throws ARTIFACT_MISSING if there is none, ARTIFACT_CORRUPT if it is malformed. */
export function readCompiledManifest(directory: string): Promise<CompiledManifest> {
  return readManifest(directory, compiledSchema)
}

/** Reads the manifest of a pair of keys. Throws as {@link readCompiledManifest}. */
export function readKeyManifest(directory: string): Promise<KeyManifest> {
  return readManifest(directory, keySchema)
}

/** Reads the manifest of a witness program. Throws as {@link readCompiledManifest}. */
export function readProgramManifest(directory: string): Promise<ProgramManifest> {
  return readManifest(directory, programSchema)
}

/** Writes a manifest as it is read. */
export async function writeManifest(
  directory: string,
  manifest: CompiledManifest | KeyManifest | ProgramManifest,
): Promise<void> {
  await writeFile(join(directory, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
}

async function readManifest<T>(directory: string, schema: z.ZodType<T>): Promise<T> {
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
    json = parseJson(text)
  } catch (cause) {
    throw corrupt(path, 'is not JSON', cause)
  }
  const result = schema.safeParse(json)
  if (!result.success) throw corrupt(path, `is malformed: ${z.prettifyError(result.error)}`)
  return result.data
}

export type { FileDigest }
