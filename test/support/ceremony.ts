import { createHash } from 'node:crypto'
import { copyFile, cp, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { CompilableCircuit } from '../../circom/main-component.ts'
import {
  applyBeacon,
  type ContributeOptions,
  contribute,
  initCeremony,
  type Transcript,
  transcriptDigest,
} from '../../keys/ceremony/index.ts'
import { transcriptAfter, transcriptText } from '../../keys/ceremony/transcript.ts'
import { writePowersOfTau } from '../../keys/dev/powers-of-tau.ts'
import { TOY_SOURCES } from './circuits/index.ts'
import { knownPowersOfTau } from './known-powers-of-tau.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export const BEACON = { value: '0f'.repeat(32), iterationsExponent: 10, source: 'a test' }
export const NAMES = ['First Contributor', 'Second Contributor', 'Third Contributor']

/**
 * Powers of tau of size 2^8 in a folder of their own, with what ceremonies of toy circuits need. Written from known secrets
 * in a second, or made by snarkjs, with a contribution, in some five.
 */
export async function ceremonyGround(
  definitions: Readonly<Record<string, CompilableCircuit>>,
  from: 'secrets' | 'snarkjs' = 'secrets',
) {
  const folder = await temporaryDirectory()
  const ptau = folder.file('ready.ptau')
  if (from === 'snarkjs') await copyFile((await knownPowersOfTau(8)).ptau, ptau)
  else await writePowersOfTau({ path: ptau, power: 8, secrets: 'ceremony tests' })
  const trustPtau = await blake2b512(ptau)
  const sources = { powersOfTau: ptau, trustPtau, buildDirectory: folder.file('build'), sourceRoots: TOY_SOURCES }
  return {
    file: folder.file,
    sources,
    begin: (directory: string, circuits = Object.values(definitions)) =>
      initCeremony({ ...sources, directory, circuits, profile: 'small', beaconPlan: 'the next test' }),
    /** Options of `verifyCeremony` and `exportCeremony`. */
    checking: (directory: string) => ({ ...sources, directory, definitions }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** The hash by which powers of tau are trusted. */
export async function blake2b512(path: string): Promise<string> {
  return createHash('blake2b512')
    .update(await readFile(path))
    .digest('hex')
}

/**
 * Three contributors and a beacon. Each has a directory of his own, gets the folder of the last round and nothing else, and
 * hands his on. Returns the directory of the coordinator, who has all of them.
 */
export async function walkCeremony(coordinator: string, place: (name: string) => string) {
  for (const [index, name] of NAMES.entries()) {
    const own = place(`contributor-${index}`)
    const last = join(coordinator, String(index).padStart(4, '0'))
    await cp(last, join(own, basename(last)), { recursive: true })
    const options: ContributeOptions = { directory: own, name, attestation: `I am number ${index + 1}.` }
    const { path } = await contribute(index === 1 ? { ...options, entropy: 'typed by hand' } : options)
    await cp(path, join(coordinator, basename(path)), { recursive: true })
  }
  return await applyBeacon({ directory: coordinator, ...BEACON })
}

/** Rewrites a folder's transcript as somebody would who wants to be believed: all rounds are chained again. */
export async function doctorTranscript(folder: string, change: (transcript: Transcript) => unknown): Promise<void> {
  const path = join(folder, 'transcript.json')
  const transcript: Transcript = JSON.parse(await readFile(path, 'utf8'))
  change(transcript)
  for (const [index, round] of transcript.rounds.entries()) {
    round.index = index + 1
    round.previous = transcriptDigest(transcriptAfter(transcript, index))
  }
  await writeFile(path, transcriptText(transcript))
}

/** Rewrites a circuit's key in a folder, and its hash in the transcript. */
export async function doctorKey(folder: string, circuit: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const path = join(folder, `${circuit}.zkey`)
  const bytes = change(await readFile(path))
  await writeFile(path, bytes)
  const key = createHash('sha256').update(bytes).digest('hex')
  await doctorTranscript(folder, ({ rounds }) => {
    for (const entry of rounds.at(-1)!.keys) if (entry.circuit === circuit) entry.key = key
  })
}

/** The bytes of a section of a .zkey file. */
export function sectionOf(bytes: Buffer, wanted: number): Buffer {
  for (let at = 12; at < bytes.length; ) {
    const end = at + 12 + Number(bytes.readBigUInt64LE(at + 4))
    if (bytes.readUInt32LE(at) === wanted) return bytes.subarray(at + 12, end)
    at = end
  }
  throw new RangeError(`no section ${wanted}`)
}

/** Another order of the contributions in a .zkey file; leaving numbers out removes contributions. */
export function rearrangeContributions(bytes: Buffer, order: readonly number[]): Buffer {
  const section = sectionOf(bytes, 10)
  const parts: Buffer[] = []
  for (let at = 68; at < section.length; ) {
    const end = at + 392 + section.readUInt32LE(at + 388)
    parts.push(section.subarray(at, end))
    at = end
  }
  const count = Buffer.alloc(4)
  count.writeUInt32LE(order.length)
  const body = Buffer.concat([section.subarray(0, 64), count, ...order.map((index) => parts[index]!)])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(body.length))
  const start = section.byteOffset - bytes.byteOffset
  return Buffer.concat([bytes.subarray(0, start - 8), length, body, bytes.subarray(start + section.length)])
}
