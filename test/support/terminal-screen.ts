/** What somebody saw who sat before a terminal. */
export interface Screen {
  /** Every line that stood there at some time, each once. */
  readonly seen: ReadonlySet<string>
  /** The lines at the end, without empty ones behind the last. */
  readonly lines: readonly string[]
  readonly isCursorShown: boolean
}

const ESCAPE = '\x1b'
const SEQUENCE = new RegExp(`${ESCAPE}(?:\\[(\\??)(\\d*)(?:;\\d*)?([A-Za-z])|[78])|[^]`, 'gu')

/** Draws what a program wrote to a terminal. Throws for what it does not know. */
export function screenOf(output: string): Screen {
  const lines: string[] = ['']
  const seen = new Set<string>()
  let [row, column, isCursorShown] = [0, 0, true]
  const put = (text: string) => {
    lines[row] = text
    seen.add(text)
  }
  const actions: Readonly<Record<string, (count: string) => void>> = {
    A: (count) => {
      row = Math.max(0, row - Number(count || 1))
    },
    G: (count) => {
      column = Number(count || 1) - 1
    },
    K: (part) => put(part === '2' ? '' : lines[row]!.slice(0, column)),
    J: () => {
      lines.length = row + 1
      put(lines[row]!.slice(0, column))
    },
    '?h': (mode) => {
      if (mode === '25') isCursorShown = true
    },
    '?l': (mode) => {
      if (mode === '25') isCursorShown = false
    },
  }
  for (const [text, mark, count, action] of output.matchAll(SEQUENCE)) {
    if (action !== undefined) {
      const act = actions[mark + action]
      if (act === undefined) throw new Error(`the terminal knows no ${JSON.stringify(text)}`)
      act(count!)
    } else if (text === '\n') {
      row++
      lines[row] ??= ''
    } else if (text === '\r') {
      column = 0
    } else if (text.length > 1) {
      // Saves or restores the cursor, which no program here moves in between.
    } else {
      const line = lines[row]!.padEnd(column)
      put(line.slice(0, column) + text + line.slice(column + 1))
      column++
    }
  }
  while (lines.at(-1) === '') lines.pop()
  return { seen, lines, isCursorShown }
}
