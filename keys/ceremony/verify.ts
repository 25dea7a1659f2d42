import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompilableCircuit } from '../../circom/main-component.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { vetVerificationKey } from '../../verifier/verification-key.ts'
import type { CompiledCircuit } from '../load.ts'
import { factsFault } from './add-round.ts'
import { contributionHash } from './contribution-chain.ts'
import { ceremonyCurve } from './curve.ts'
import { checkKeyHashes, keyPath, listRounds, openLastRound, openRound, type RoundFolder } from './directory.ts'
import { hashFile } from './hash-file.ts'
import { type CeremonySources, compileAll } from './init.ts'
import { type Job, runJob } from './job.ts'
import { openKeyFile } from './key-file.ts'
import { readPowersOfTau } from './powers-of-tau.ts'
import { progressOf, type RunOptions } from './progress.ts'
import { contributionCount, isComplete, type Transcript, transcriptDigest } from './transcript.ts'
import { verificationKeyText } from './verification-key-text.ts'

export interface VerifyCeremonyOptions extends CeremonySources, RunOptions {
  directory: string
  /** The circuits that a ceremony may be for; each is compiled from its sources, never taken from the ceremony. */
  definitions: Readonly<Record<string, CompilableCircuit>>
}

/** What was verified of one circuit. */
export interface VerifiedCircuit {
  readonly compiled: CompiledCircuit
  /** The key after the last round. */
  readonly key: string
  /** The text of its verification key, which is vetted; null before anybody contributed. */
  readonly verificationKey: string | null
}

export interface VerifiedCeremony {
  /** sha256 of the transcript: what a ceremony is called by. */
  readonly digest: string
  /** Whether the beacon was applied. Only then is it fit to be exported. */
  readonly complete: boolean
  readonly contributions: number
  readonly transcript: Transcript
  readonly circuits: readonly VerifiedCircuit[]
}

/**
 * Verifies a ceremony from the circuits' sources and the powers of tau to the verification keys. Each circuit's first key is
 * made again and must be the same byte for byte; from it to the last key, every contribution is checked by our own code and
 * the last key by snarkjs as well. Every contribution must be bound to the transcript before it and to its own words, so that
 * nothing that one honest contributor saw can be rewritten. All hashes of the last round are computed again, and those of
 * earlier rounds whose folders are there.
 *
 * Throws CEREMONY_INVALID with what is wrong; INPUT_INVALID for other powers of tau; KEY_UNSAFE for a key under which proofs
 * can be forged; CIRCUIT_UNKNOWN for a circuit without a definition; FILE_UNREADABLE, COMPILE_FAILED, ABORTED.
 *
 * @example
 * const definitions = CIRCUITS
 * const { circuits } = await verifyCeremony({ directory: 'ceremony', definitions, powersOfTau: 'pot19.ptau' })
 */
export async function verifyCeremony(options: VerifyCeremonyOptions): Promise<VerifiedCeremony> {
  const { directory, definitions, signal, onProgress } = options
  const last = await openLastRound(directory)
  const { transcript } = last
  const circuits = transcript.circuits.map(({ circuit }) => {
    if (Object.hasOwn(definitions, circuit)) return definitions[circuit]!
    const known = Object.keys(definitions).join(', ')
    throw new ZkclearError('CIRCUIT_UNKNOWN', `the ceremony is for ${circuit}, which is none of ${known}`)
  })
  const weights = transcript.circuits.map(({ power }) => 2 ** power)
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const progress = progressOf([whole / 10, whole, ...weights.flatMap((w) => [2 * w, w, w])], onProgress)

  await checkPowersOfTau(options, transcript, progress.next('check powers of tau'))
  await checkEarlierRounds(directory, last, signal)
  await checkKeyHashes(last, signal)
  const all = await compileAll(options, circuits, transcript.profile, progress.next('compile'))
  const scratch = await mkdtemp(join(tmpdir(), 'zkclear-ceremony-'))
  try {
    const verified: VerifiedCircuit[] = []
    for (const [index, circuit] of all.entries()) {
      const { compiled } = circuit
      await checkTranscript(last, index, circuit)
      const shares = ['first key', 'check', 'snarkjs'].map(
        (stage) => () => progress.next(`${stage} of ${compiled.circuit}`),
      )
      const job = (kind: Job) => runJob(kind, { signal, onShare: shares.shift()!() })
      verified.push(await verifyCircuit(last, index, compiled, { scratch, powersOfTau: options.powersOfTau, job }))
    }
    onProgress?.({ stage: 'done', fraction: 1 })
    const [digest, contributions] = [transcriptDigest(transcript), contributionCount(transcript)]
    return { digest, complete: isComplete(transcript), contributions, transcript, circuits: verified }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function checkPowersOfTau(
  { powersOfTau, trustPtau, signal }: VerifyCeremonyOptions,
  { powersOfTau: expected }: Transcript,
  onShare: (share: number) => void,
): Promise<void> {
  const given = await readPowersOfTau(powersOfTau, trustPtau, { signal, onShare })
  const { blake2b512 } = given
  if (blake2b512 !== expected.blake2b512) {
    const name = expected.name ?? `the one with the BLAKE2b-512 hash ${expected.blake2b512}`
    throw new ZkclearError('INPUT_INVALID', `is not the file that the ceremony began with; take ${name}`, {
      path: powersOfTau,
      details: { given: blake2b512, needed: expected.blake2b512 },
    })
  }
  for (const fact of ['name', 'power', 'bytes'] as const) {
    if (given[fact] === expected[fact]) continue
    throw invalid(`the ${fact} of the powers of tau is ${given[fact]}, the transcript says ${expected[fact]}`)
  }
}

/** Folders of earlier rounds must be what the last transcript remembers of them. */
async function checkEarlierRounds(
  directory: string,
  last: RoundFolder,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const index of (await listRounds(directory)).rounds) {
    if (index === last.index) continue
    const round = await openRound(directory, index)
    if (transcriptDigest(round.transcript) !== last.transcript.rounds[index]?.previous) {
      throw invalid(`round ${index} in ${round.path} is not the one that round ${last.index} builds on`)
    }
    await checkKeyHashes(round, signal)
  }
}

/**
 * What the transcript says of a circuit, its contributions and their makers must be what is compiled here and what the key
 * holds. Cheap, so it comes before anything is made again.
 */
async function checkTranscript(
  last: RoundFolder,
  index: number,
  { compiled: { circuit, manifest }, power }: { compiled: CompiledCircuit; power: number },
): Promise<void> {
  const { rounds, circuits, optimization } = last.transcript
  const expected = circuits[index]!
  const refuse = (what: string) => invalid(`${circuit}: ${what}`, { circuit })
  if (manifest.files['circuit.r1cs'].sha256 !== expected.r1cs || manifest.optimization !== optimization) {
    throw refuse('the ceremony is for another constraint system than the one these sources compile to')
  }
  for (const [fact, given] of [
    ['constraints', manifest.constraints.total],
    ['power', power],
  ] as const) {
    if (given !== expected[fact]) throw refuse(`it has ${fact} ${given}, the transcript says ${expected[fact]}`)
  }
  await using key = await openKeyFile(keyPath(last.path, circuit))
  if (Buffer.from(key.circuitHash).toString('hex') !== expected.circuitHash) {
    throw refuse('its circuit hash is another one')
  }
  if (key.contributions.length !== rounds.length) {
    throw refuse(`its key has ${key.contributions.length} contributions, the transcript ${rounds.length} rounds`)
  }
  const curve = await ceremonyCurve()
  for (const [place, contribution] of key.contributions.entries()) {
    const round = rounds[place]!
    const wrong = factsFault(curve, contribution, { ...round, circuit })
    if (wrong !== undefined) throw refuse(`round ${place + 1}: ${wrong}`)
    if (contributionHash(curve, contribution) !== round.keys[index]!.contribution) {
      throw refuse(`round ${place + 1}: its contribution does not have the hash that the transcript names`)
    }
  }
}

interface CircuitTools {
  scratch: string
  powersOfTau: string
  job: (job: Job) => Promise<string | undefined>
}

async function verifyCircuit(
  last: RoundFolder,
  index: number,
  compiled: CompiledCircuit,
  { scratch, powersOfTau, job }: CircuitTools,
): Promise<VerifiedCircuit> {
  const { circuit, files, manifest } = compiled
  const { rounds, circuits } = last.transcript
  const expected = circuits[index]!
  const refuse = (what: string) => invalid(`${circuit}: ${what}`, { circuit })
  const initial = join(scratch, `${circuit}.zkey`)
  await job({ kind: 'initial-key', r1cs: files.r1cs, powersOfTau, to: initial })
  const first = await hashFile('sha256', initial)
  if (first.hash !== expected.initialKey)
    throw refuse('its first key does not follow from the circuit and the powers of tau')
  const path = keyPath(last.path, circuit)
  const fault = await job({ kind: 'check', from: initial, to: path })
  if (fault !== undefined) throw refuse(fault)

  const refusal = await job({ kind: 'snarkjs-verify', initial, powersOfTau, key: path })
  if (refusal !== undefined) throw refuse(refusal)
  if (rounds.length === 0) return { compiled, key: path, verificationKey: null }

  await using key = await openKeyFile(path)
  const text = await verificationKeyText(key)
  if (createHash('sha256').update(text).digest('hex') !== rounds.at(-1)!.keys[index]!.verificationKey) {
    throw refuse('its verification key does not have the hash that the transcript names')
  }
  await vetVerificationKey(JSON.parse(text), { name: circuit, publicSignals: manifest.publicInputs })
  return { compiled, key: path, verificationKey: text }
}

function invalid(message: string, details: Record<string, unknown> = {}): ZkclearError {
  return new ZkclearError('CEREMONY_INVALID', message, { details })
}
