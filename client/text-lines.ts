type Read = ReadableStreamReadResult<string>

/** The lines of a stream as they come; what follows the last line break is none. `heard` gets each wait for more, to name what fails. */
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
      yield* lines
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
