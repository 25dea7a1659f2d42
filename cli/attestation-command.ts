import { spawn } from 'node:child_process'
import { ZkclearError } from '../protocol/errors.ts'
import { MOST_DOCUMENT_BYTES } from '../service/attestation/verify.ts'
import type { DocumentRequest } from '../service/worker/attested-inputs.ts'

const ANSWER_MS = 30_000

/**
 * The attestation document that a program writes to its standard output, as bytes: it is given `{ nonce, publicKey }`, JSON with both in
 * base64, at its standard input. Throws INPUT_INVALID for a program that fails, is silent for half a minute or writes too much; ABORTED.
 */
export async function runAttestationCommand(
  program: string,
  { nonce, publicKey }: DocumentRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'], signal: end, killSignal: 'SIGKILL' })
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject).once('close', resolve)
  ended.catch(() => undefined)
  // One that reads nothing says why by how it ends.
  child.stdin.on('error', () => undefined)
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  child.stdin.end(`${JSON.stringify({ nonce: base64(nonce), publicKey: base64(publicKey) })}\n`)
  const chunks: Buffer[] = []
  let length = 0
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= MOST_DOCUMENT_BYTES) return chunks.push(chunk)
    child.kill('SIGKILL')
    // What it started itself may live on, and write on.
    child.stdout.destroy()
  })
  const code = await ended.catch((error: NodeJS.ErrnoException) => {
    child.stdout.destroy()
    if (signal.aborted) throw new ZkclearError('ABORTED', 'no attestation is wanted any more', { cause: error })
    throw failed(end.aborted ? `says nothing within ${ANSWER_MS / 1000} s` : `cannot be run (${error.code})`, error)
  })
  if (length > MOST_DOCUMENT_BYTES) throw failed(`writes more than the ${MOST_DOCUMENT_BYTES} bytes of a document`)
  if (code !== 0 || length === 0) throw failed(code === 0 ? 'writes nothing' : `ended with ${code}`)
  return Buffer.concat(chunks)
}

function failed(what: string, cause?: unknown): ZkclearError {
  return new ZkclearError('INPUT_INVALID', `the program ${what}`, { path: '--attestation-command', cause })
}
