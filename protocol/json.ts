/** A JSON text in which an object has a key twice. */
export class RepeatedKeyError extends SyntaxError {
  constructor(text: string, position: number) {
    const before = text.slice(0, position).split('\n')
    super(`a key stands twice in one object (line ${before.length} column ${before.at(-1)!.length + 1})`)
    this.name = 'RepeatedKeyError'
  }
}

/** Characters of a text for which writing its value again is quicker than looking through it. */
const SHORT = 1024

/**
 * The value of a JSON text that comes from outside. As JSON.parse, but an object that has a key twice is refused, because
 * tools differ in which of the two they believe. Throws SyntaxError; a RepeatedKeyError says the place and quotes nothing.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // What is written as it was read has each key once, as every value has. Longer texts may nest too deep to be written.
  if (text.length <= SHORT && JSON.stringify(value) === text) return value
  const position = repeatedKey(text)
  if (position !== undefined) throw new RepeatedKeyError(text, position)
  return value
}

/** Where the first key stands that its object has already; undefined if there is none. The text must be JSON. */
function repeatedKey(text: string): number | undefined {
  const objects: Set<string>[] = []
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '{') objects.push(new Set())
    else if (character === '}') objects.pop()
    if (character !== '"') continue
    const end = endOfString(text, i)
    if (isKey(text, end)) {
      const key: string = JSON.parse(text.slice(i, end))
      if (objects.at(-1)!.has(key)) return i
      objects.at(-1)!.add(key)
    }
    i = end - 1
  }
  return undefined
}

/** The position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start
  let escapes: number
  do {
    end = text.indexOf('"', end + 1)
    escapes = 0
    while (text[end - 1 - escapes] === '\\') escapes++
  } while (escapes % 2 === 1)
  return end + 1
}

/** In JSON, a colon follows keys and nothing else. */
function isKey(text: string, end: number): boolean {
  let next = end
  while (' \t\r\n'.includes(text[next] ?? 'end')) next++
  return text[next] === ':'
}
