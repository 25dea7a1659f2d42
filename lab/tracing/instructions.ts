/** One instruction of a template that makes constraints. */
export interface Instruction {
  /** File, from the folder of circuits. */
  readonly file: string
  readonly template: string
  /** `===`, `<==`, or `call` of a component that has no outputs. */
  readonly kind: '===' | '<==' | 'call'
  /** From its first character to behind its semicolon, in the file. */
  readonly start: number
  readonly end: number
  readonly line: number
  /** Its text in one line. */
  readonly text: string
  /** Whether it is the whole body of a loop or branch, without braces. */
  readonly bare: boolean
  /** Templates of the named components of its template. */
  readonly components: ReadonlyMap<string, string>
}

/** The template of a component by its path in an instance, such as `IsLess_40_1` or `net`; undefined for signals. */
export function componentTemplate({ components }: Instruction, path: string): string | undefined {
  const first = /^\w+/.exec(path)![0]
  return /^(\w+)_\d+_\d+$/.exec(first)?.[1] ?? components.get(first)
}

/** A template of a file: its parts as offsets into the text. */
export interface TemplateText {
  readonly name: string
  /** Offset behind the opening brace. */
  readonly open: number
  /** Offset of the closing brace. */
  readonly close: number
  readonly inputs: ReadonlySet<string>
  readonly outputs: ReadonlySet<string>
}

/** The text with comments as blanks, so that offsets stay. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** The templates of a circom file. */
export function templatesOf(source: string): TemplateText[] {
  const text = withoutComments(source)
  return [...text.matchAll(/\btemplate\s+(?:(?:custom|parallel)\s+)*(\w+)\s*\([^)]*\)[^{]*\{/g)].map((match) => {
    const open = match.index + match[0].length
    const close = matching(text, open - 1)
    const body = text.slice(open, close)
    const declared = (kind: 'input' | 'output') =>
      new Set([
        ...[...body.matchAll(new RegExp(`\\bsignal\\s+${kind}\\s+(?:\\{[^}]*\\}\\s*)?(\\w+)`, 'g'))].map(
          ([, name]) => name!,
        ),
        ...[...body.matchAll(new RegExp(`^\\s*${kind}\\s+\\w+\\s*(?:\\([^)]*\\))?\\s*(\\w+)`, 'gm'))].map(
          ([, name]) => name!,
        ),
      ])
    return { name: match[1]!, open, close, inputs: declared('input'), outputs: declared('output') }
  })
}

/** All instructions of a file's templates that make constraints, in order. */
export function instructionsOf(file: string, source: string): Instruction[] {
  const text = withoutComments(source)
  const found: Instruction[] = []
  for (const { name, open, close } of templatesOf(source)) {
    const creations = text.slice(open, close).matchAll(/\b(\w+)(?:\[[^;=]*\])?\s*=\s*([A-Z]\w*)\s*\(/g)
    const components = new Map([...creations].map(([, component, template]) => [component!, template!]))
    const parse = (from: number, bare: boolean): number => {
      const start = skipBlank(text, from)
      if (text[start] === '{') {
        const end = matching(text, start)
        for (let at = skipBlank(text, start + 1); at < end; at = skipBlank(text, parse(at, false)));
        return end + 1
      }
      const header = /^(for|if|while)\b\s*/.exec(text.slice(start, start + 12))
      if (header) {
        const condition = start + header[0].length
        const end = parse(matching(text, condition) + 1, true)
        const next = skipBlank(text, end)
        return text.slice(next, next + 4) === 'else' ? parse(next + 4, true) : end
      }
      const end = text.indexOf(';', start) + 1
      const body = text.slice(start, end)
      const kind = body.includes('===')
        ? '==='
        : body.includes('<==')
          ? '<=='
          : /\)\s*\(/.test(body)
            ? 'call'
            : undefined
      if (kind !== undefined) {
        const line = text.slice(0, start).split('\n').length
        found.push({ file, template: name, kind, start, end, line, text: body.replace(/\s+/g, ' '), bare, components })
      }
      return end
    }
    for (let at = skipBlank(text, open); at < close; at = skipBlank(text, parse(at, false)));
  }
  return found
}

/** Offset of the bracket that closes the one at `open`. */
export function matching(text: string, open: number): number {
  const opening = text[open]!
  const closing = { '(': ')', '{': '}', '[': ']' }[opening]!
  for (let at = open, depth = 0; at < text.length; at++) {
    if (text[at] === opening) depth++
    if (text[at] === closing && --depth === 0) return at
  }
  throw new Error(`nothing closes the ${opening} at ${open}`)
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at]!)) at++
  return at
}
