import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { siblingModule } from '../../circom/paths.ts'
import { type ErrorCode, ZkclearError } from '../../protocol/errors.ts'
import type { Answer, Failure, Note, Order, ProverChoice } from './messages.ts'

/** Why there is no proof. */
export class ProofFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

const CHILD = fileURLToPath(siblingModule(import.meta.url, './prove-child'))

/**
 * A process that proves one statement at a time. It is started when first needed and keeps its keys in memory; one that died, or
 * was ended because nobody wanted its proof any more, is replaced with the next statement.
 */
export class ProveProcess implements Disposable {
  readonly #choice: ProverChoice
  readonly #script: string
  #child: ChildProcess | undefined

  /** `script`: what the process runs, in place of what proves the registry's circuits. */
  constructor(choice: ProverChoice, script = CHILD) {
    this.#choice = choice
    this.#script = script
  }

  /**
   * A proof in snarkjs's form; `onWitness` is called once there is a witness. Throws ProofFailure; as `open` does; and ABORTED by
   * `signal`, which ends the process.
   */
  async prove(
    job: Exclude<Order, { open: unknown }>,
    signal: AbortSignal,
    onWitness: () => void = () => undefined,
  ): Promise<object> {
    const answer = await this.#ask(await this.open(signal), job, signal, onWitness)
    if ('proof' in answer) return answer.proof
    throw new ProofFailure('failure' in answer ? answer.failure : died('it answers what it was not asked'))
  }

  /**
   * The process, with its keys loaded. Throws ProofFailure if it dies, ABORTED, and what `createProver` throws: then no statement
   * can be proved here.
   */
  async open(signal: AbortSignal): Promise<ChildProcess> {
    if (this.#child !== undefined) return this.#child
    const child = spawn(process.execPath, [this.#script], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    this.#child = child
    child.on('error', () => undefined)
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    const answer = await this.#ask(child, { open: this.#choice, parent: process.pid }, signal)
    if ('ready' in answer) return child
    this[Symbol.dispose]()
    const failure = 'failure' in answer ? answer.failure : died('it answers what it was not asked')
    if (failure.code === DIED) throw new ProofFailure(failure)
    throw new ZkclearError(failure.code as ErrorCode, failure.message)
  }

  async #ask(
    child: ChildProcess,
    order: Order,
    signal: AbortSignal,
    onWitness: () => void = () => undefined,
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const onExit = () => resolve({ failure: died(howItEnded(child)) })
    const onError = () => resolve({ failure: died('it could not be started') })
    const onAbort = () => {
      this[Symbol.dispose]()
      reject(new ZkclearError('ABORTED', 'nobody wants the proof any more'))
    }
    const onMessage = (message: unknown) => {
      if ('witnessed' in (message as Answer | Note)) onWitness()
      else resolve(message as Answer)
    }
    child.on('message', onMessage)
    child.once('exit', onExit).once('error', onError)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      if (signal.aborted) onAbort()
      else if (child.exitCode !== null || child.signalCode !== null) onExit()
      // One that cannot be sent to is ending, and how it ends says more.
      else child.send(order, (error) => error && child.kill('SIGKILL'))
      return await promise
    } finally {
      child.off('message', onMessage)
      child.off('exit', onExit).off('error', onError)
      signal.removeEventListener('abort', onAbort)
    }
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `it ended with ${exitCode}` : `it was ended by ${signalCode}`
}

const DIED = 'PROVER_DIED'

function died(how: string): Failure {
  return { reason: 'worker', code: DIED, message: `the process that proves died: ${how}` }
}
