import { ZkclearError } from '../protocol/errors.ts'
import { MOST_BYTES } from './exchange.ts'

type Read = ReadableStreamReadResult<string>

/**
 * The lines of a stream as they come; what follows the last line break is none. `heard` gets each wait for more, to name what fails. Throws
 * VENUE_UNREACHABLE for a line that has no end in sight.
 */
export async function* textLines(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  heard: (waiting: Promise<Read>) => Promise<Read> = (waiting) => waiting,
): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await heard(reader.read())
      if (done) return
      const lines = (text + value).split('\n')
      text = lines.pop()!
      if (text.length > MOST_BYTES) {
        throw new ZkclearError('VENUE_UNREACHABLE', 'sent a line that is too long', { path: 'venue' })
      }
      yield* lines
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
