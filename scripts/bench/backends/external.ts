import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ZkclearError } from '../../../protocol/errors.ts'
import { type Groth16Proof, proofFromJson, publicSignalsFromJson } from '../../../verifier/index.ts'
import { childrenCpu, peakOf } from '../process-usage.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type ExternalProver, fillTemplate } from './command-template.ts'
import type { MeasuredCircuit } from './measured-circuit.ts'

export interface ExternalRun {
  /** Milliseconds from the start of the process to its end. */
  readonly wall: number
  /** Milliseconds of processor time of the process and those it started, to 10 ms; undefined where the system does not say. */
  readonly cpu: number | undefined
  /** Most resident memory of the process itself, as often looked at; undefined where the system does not say. */
  readonly peakBytes: number | undefined
  readonly proof: Groth16Proof
}

const MINUTES = 60_000
const TIME_LIMIT = 30 * MINUTES
const MEMORY_INTERVAL = 10
/** A proof or a list of public signals is a few kilobytes. */
const OUTPUT_LIMIT = 1 << 20
const MESSAGE_LIMIT = 2000

/**
 * Runs an outside prover once, in a folder that is removed again. The proof is parsed strictly and the public signals, if the
 * command writes them, must be the circuit's; whether the proof verifies is for the caller. Throws PROOF_INVALID, with the
 * last of what the command printed, if it cannot be started, fails, takes more than 30 minutes or writes something else.
 */
export async function runExternal({ name, argv }: ExternalProver, circuit: MeasuredCircuit): Promise<ExternalRun> {
  await using folder = await temporaryFolder()
  const { zkey, wtns } = circuit.files
  const paths = { zkey, wtns, proof: join(folder.path, 'proof.json'), public: join(folder.path, 'public.json') }
  const usage = await run(name, fillTemplate(argv, paths))
  try {
    const proof = proofFromJson(await readJson(paths.proof))
    if (argv.some((argument) => argument.includes('{public}'))) {
      const signals = publicSignalsFromJson(await readJson(paths.public))
      if (!isDeepStrictEqual(signals, circuit.signals))
        throw new Error('its public signals are not those of the witness')
    }
    return { ...usage, proof }
  } catch (cause) {
    throw failure(name, (cause as Error).message, cause)
  }
}

async function run(name: string, [command, ...args]: string[]): Promise<Omit<ExternalRun, 'proof'>> {
  const cpuBefore = childrenCpu()
  const started = performance.now()
  // Not the option `timeout`, whose timer outlives a command that cannot be started.
  const signal = AbortSignal.timeout(TIME_LIMIT)
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
  let printed = ''
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk).slice(-MESSAGE_LIMIT)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let peakBytes: number | undefined
  const look = setInterval(() => {
    peakBytes = child.pid === undefined ? peakBytes : (peakOf(child.pid) ?? peakBytes)
  }, MEMORY_INTERVAL)
  try {
    const exited = once(child, 'exit').then((result) => ({ result, wall: performance.now() - started }))
    const [{ result, wall }] = await Promise.all([exited, once(child, 'close')])
    const [code, endedBy] = result
    if (code !== 0) throw failure(name, `it ended with ${endedBy ?? code}. ${printed.trim()}`)
    const cpuAfter = childrenCpu()
    const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore
    return { wall, cpu, peakBytes }
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    throw failure(name, signal.aborted ? 'it took more than 30 minutes' : (cause as Error).message, cause)
  } finally {
    clearInterval(look)
  }
}

async function readJson(path: string): Promise<unknown> {
  const { size } = await stat(path)
  if (size > OUTPUT_LIMIT) throw new Error(`it wrote ${size} bytes where a few kilobytes are right`)
  return JSON.parse(await readFile(path, 'utf8'))
}

function failure(name: string, what: string, cause?: unknown): ZkclearError {
  return new ZkclearError('PROOF_INVALID', `the prover "${name}" made no proof: ${what}`, { cause })
}
