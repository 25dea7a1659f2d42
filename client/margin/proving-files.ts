import { ZkclearError } from '../../protocol/errors.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { addressOf, heard } from '../exchange.ts'
import { answerTo, ask, type VenueOptions } from '../request.ts'
import { provingAnswer } from '../wire/opening.ts'

/** What margin is proved with in a browser. */
export interface MarginFiles {
  readonly profile: ProfileName
  /** circom's program. */
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly zkey: Uint8Array<ArrayBuffer>
  /** The verification key, as JSON has it. */
  readonly vkey: unknown
}

/** sha256 of files, in hex. */
export interface MarginDigests {
  readonly wasm: string
  readonly zkey: string
}

export interface FetchMarginFilesOptions {
  /** A trader's, of the venue that serves them. */
  readonly token: string
  /** What the files must be, for whoever knows: without it the venue says. */
  readonly expected?: MarginDigests | undefined
  readonly signal?: AbortSignal | undefined
  /** Bytes that have come, and all. */
  readonly onProgress?: ((received: number, total: number) => void) | undefined
}

/**
 * What proves margin, from the venue; a browser keeps it, as it is named by its digest. Throws VENUE_REFUSED for a file that is not what
 * its digest says, or not what is expected; VENUE_UNREACHABLE, ABORTED.
 */
export async function fetchMarginFiles(
  venue: VenueOptions,
  { token, expected, signal, onProgress }: FetchMarginFilesOptions,
): Promise<MarginFiles> {
  const listed = await answerTo(venue, { path: '/v1/proving/margin-sufficiency', token, signal }, provingAnswer)
  const total = listed.wasm.bytes + listed.zkey.bytes
  let received = 0
  const get = async (name: keyof MarginDigests): Promise<Uint8Array<ArrayBuffer>> => {
    const { sha256, bytes } = listed[name]
    if (expected !== undefined && expected[name] !== sha256) {
      throw refused(`offers another ${name} to prove margin with than is expected`)
    }
    const { body } = await ask(venue, { path: `/v1/proving/files/${sha256}`, token, signal })
    const reading = readAll(body!, bytes, (more) => {
      received += more
      onProgress?.(received, total)
    })
    const content = await heard(reading, addressOf(venue.url), signal)
    if (content === undefined || (await digestOf(content)) !== sha256) {
      throw refused(`serves a ${name} that is not what its digest says`)
    }
    return content
  }
  const wasm = await get('wasm')
  return { profile: listed.profile, wasm, zkey: await get('zkey'), vkey: listed.vkey }
}

/** The content of a body of that length; undefined if it has another. */
async function readAll(body: ReadableStream<Uint8Array>, bytes: number, onChunk: (more: number) => void) {
  const content = new Uint8Array(bytes)
  let at = 0
  for await (const chunk of body) {
    if (at + chunk.length > bytes) return undefined
    content.set(chunk, at)
    at += chunk.length
    onChunk(chunk.length)
  }
  return at === bytes ? content : undefined
}

async function digestOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function refused(what: string): ZkclearError {
  return new ZkclearError('VENUE_REFUSED', `the venue ${what}`)
}
