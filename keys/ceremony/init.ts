import type { CompilableCircuit } from '../../circom/main-component.ts'
import { COMPILER_VERSION } from '../../circom/main-component.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { compileArtifacts } from '../build.ts'
import { domainLog } from '../dev/qap.ts'
import type { CompiledCircuit } from '../load.ts'
import type { ArtifactSelection } from '../selection.ts'
import { keyPath, makeFile, openWorkFolder, publishRound, type RoundFolder, refuseExisting } from './directory.ts'
import { hashFile } from './hash-file.ts'
import { runJob } from './job.ts'
import { openKeyFile } from './key-file.ts'
import { readPowersOfTau, requirePower } from './powers-of-tau.ts'
import { progressOf, type RunOptions } from './progress.ts'
import { checkedTranscript } from './transcript.ts'

/** Which circuits, compiled from which sources. The seed of dev keys has no part in a ceremony. */
export interface CeremonySources extends Pick<ArtifactSelection, 'buildDirectory' | 'sourceRoots'> {
  /** Path of a powers-of-tau file that is prepared for phase 2. */
  powersOfTau: string
  /** BLAKE2b-512 hash of a file that is not among the published ones, and that the caller vouches for. */
  trustPtau?: string | undefined
}

export interface InitOptions extends CeremonySources, RunOptions {
  /** Where the ceremony will be; made if missing. */
  directory: string
  circuits: readonly CompilableCircuit[]
  profile: ProfileName
  /** What is announced about the beacon: which public event will give its value. */
  beaconPlan?: string | undefined
}

/**
 * Begins a ceremony: compiles the circuits where that is not done, checks the powers of tau and makes each circuit's first
 * key, under which anybody could forge proofs. Throws INPUT_INVALID for a powers-of-tau file that nobody vouches for or that
 * is too small; OUTPUT_UNWRITABLE if a ceremony is there already; COMPILE_FAILED, FILE_UNREADABLE, CEREMONY_INVALID, ABORTED.
 */
export async function initCeremony(options: InitOptions): Promise<RoundFolder> {
  const { directory, circuits, profile, powersOfTau, signal, onProgress } = options
  // Again before anything is written; this saves the time until then.
  await refuseExisting(directory, 0)
  const progress = progressOf([1, 10, ...circuits.map(() => 10)], onProgress)
  const show = progress.next('check powers of tau')
  const tau = await readPowersOfTau(powersOfTau, options.trustPtau, { signal, onShare: show })
  const all = await compileAll(options, circuits, profile, progress.next('compile'))
  for (const { compiled, power } of all) requirePower(tau, power, compiled.circuit, powersOfTau)

  const identity = [tau.blake2b512, ...all.map(({ compiled }) => compiled.manifest.files['circuit.r1cs'].sha256)]
  const work = await openWorkFolder(directory, 0, identity)
  const entries = []
  for (const { compiled, power } of all) {
    const { circuit, files, manifest } = compiled
    const path = keyPath(work, circuit)
    const onShare = progress.next(`first key of ${circuit}`)
    const job = { kind: 'initial-key', r1cs: files.r1cs, powersOfTau } as const
    await makeFile(
      path,
      (to) => runJob({ ...job, to }, { signal, onShare }).then(() => undefined),
      (existing) => isFirstKey(existing, manifest.signals),
    )
    await using key = await openKeyFile(path)
    entries.push({
      circuit,
      constraints: manifest.constraints.total,
      power,
      r1cs: manifest.files['circuit.r1cs'].sha256,
      initialKey: (await hashFile('sha256', path, { signal })).hash,
      circuitHash: Buffer.from(key.circuitHash).toString('hex'),
    })
  }
  const transcript = checkedTranscript({
    format: 'zkclear-ceremony',
    version: 2,
    protocol: 'groth16',
    curve: 'bn128',
    profile,
    compiler: COMPILER_VERSION,
    optimization: all[0]!.compiled.manifest.optimization,
    created: new Date().toISOString(),
    beaconPlan: options.beaconPlan ?? '',
    powersOfTau: tau,
    circuits: entries,
    rounds: [],
  })
  const folder = await publishRound(work, directory, transcript)
  onProgress?.({ stage: 'done', fraction: 1 })
  return folder
}

/** The circuits as the sources are now, with the size of each one's evaluation domain. */
export async function compileAll(
  { buildDirectory, sourceRoots, signal }: CeremonySources & RunOptions,
  circuits: readonly CompilableCircuit[],
  profile: ProfileName,
  onShare: (share: number) => void,
): Promise<{ compiled: CompiledCircuit; power: number }[]> {
  const onProgress = ({ fraction }: { fraction: number }) => onShare(fraction)
  const built = await compileArtifacts({ buildDirectory, sourceRoots, circuits, profile, signal, onProgress })
  return built.map((compiled) => {
    const { constraints, publicInputs } = compiled.manifest
    const power = domainLog({ nConstraints: constraints.total, nPublic: publicInputs.length })
    return { compiled, power }
  })
}

/** Whether an interrupted run finished this file, as far as its structure shows; `verify` makes each first key again. */
async function isFirstKey(path: string, wires: number): Promise<boolean> {
  try {
    await using key = await openKeyFile(path)
    return key.nWires === wires && key.contributions.length === 0
  } catch {
    return false
  }
}
