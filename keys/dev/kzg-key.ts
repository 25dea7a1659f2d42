import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { siblingModule } from '../../circom/paths.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { isUnwritable } from '../../circom/unwritable.ts'
import type { Progress } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { KzgSystem } from '../../verifier/kzg/shapes.ts'
import { countGates, kzgDomainLog } from './gates.ts'
import type { SetupJob, SetupMessage } from './kzg-setup-child.ts'
import { writePowersOfTau } from './powers-of-tau.ts'

export interface KzgKeyOptions {
  system: KzgSystem
  /** Path of the constraint system. */
  r1cs: string
  /** Seed from which tau is derived as for Groth16's dev keys. */
  seed: string
  /** Paths of the proving and of the verification key to write. */
  zkey: string
  vkey: string
  threads?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Share of the powers of tau in the time; snarkjs's setup, which does not say how far it is, takes the rest. */
const POWERS_SHARE = 0.4

/**
 * Makes a PLONK or FFLONK dev key: a powers-of-tau file from a known tau, then snarkjs's setup in a process of its own.
 * Anybody who knows the seed can forge proofs under it. Throws ABORTED; COMPILE_FAILED if snarkjs refuses the circuit, OUTPUT_UNWRITABLE.
 */
export async function createKzgDevKey(options: KzgKeyOptions): Promise<void> {
  const { system, r1cs, seed, zkey, vkey, threads, signal, onProgress } = options
  const power = kzgDomainLog(system, countGates(await readR1cs(r1cs)))
  const powersOfTau = `${zkey}.ptau`
  try {
    await writePowersOfTau({
      ...{ path: powersOfTau, power, secrets: seed, content: system, threads, signal },
      onProgress: ({ fraction }) => onProgress?.({ stage: 'key', fraction: POWERS_SHARE * fraction }),
    })
    await runSetup({ system, r1cs, powersOfTau, zkey, vkey }, signal)
    onProgress?.({ stage: 'key', fraction: 1 })
  } finally {
    await rm(powersOfTau, { force: true })
  }
}

async function runSetup(job: SetupJob, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw aborted()
  const script = fileURLToPath(siblingModule(import.meta.url, './kzg-setup-child'))
  const child = fork(script, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  let outcome: SetupMessage | undefined
  child.on('message', (message: SetupMessage) => {
    outcome = message
  })
  child.send(job, () => undefined)
  try {
    const [code, killedBy] = await once(child, 'close')
    if (signal?.aborted) throw aborted()
    if (outcome !== undefined && !('failed' in outcome)) return
    if (isUnwritable(outcome?.code)) {
      const message = `cannot be written (${outcome!.code}); choose another build directory`
      throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path: dirname(job.zkey) })
    }
    const reason = outcome?.failed ?? `it ended with ${killedBy ?? code}`
    throw new ZkclearError('COMPILE_FAILED', `snarkjs could not set up a ${job.system} key: ${reason}`)
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

function aborted(): ZkclearError {
  return new ZkclearError('ABORTED', 'making a key was aborted')
}
