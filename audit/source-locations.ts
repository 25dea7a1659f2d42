/** A place in a .circom file. */
export interface SourceLocation {
  /** Absolute path. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** A file of a circuit's sources. */
export interface SourceFile {
  readonly file: string
  readonly text: string
}

interface Template {
  readonly file: string
  readonly line: number
  /** Line of the declaration, by signal. */
  readonly signals: ReadonlyMap<string, number>
  /** By component; the first one where branches make it of several. */
  readonly components: ReadonlyMap<string, Instance>
}

interface Instance {
  readonly template: string
  readonly line: number
}

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
const TEMPLATE = /\btemplate\s+(?:(?:custom|parallel|extern_c)\s+)*([A-Za-z_$][\w$]*)\s*\(/g
const SIGNAL = /\bsignal\b(?:\s+(?:input|output))?(?:\s*\{[^}]*\})?\s+([^;<={]*)/g
const BUS = /\b(?:input|output)\s+[A-Za-z_$][\w$]*\s*(?:\([^)]*\))?(?:\s*\{[^}]*\})?\s+([A-Za-z_$][\w$]*)/g
const COMPONENT = /([A-Za-z_$][\w$]*)\s*(?:\[[^\]]*\]\s*)*=\s*(?:parallel\s+)?([A-Za-z_$][\w$]*)\s*\(/g
/** circom names an anonymous component by its template, and the line and byte at which it stands. */
const ANONYMOUS = /^(.*)_(\d+)_\d+$/

/**
 * Where signals are declared, by their names such as `main.step[2].less.out`. Reads the sources by their words alone, so that
 * it knows no more than a reader who searches: for a signal that it does not find, it gives the line of its template, and for
 * a component that it does not find, that of the component around it. Of what is inside a library, in node_modules, it gives
 * the line that makes it so. Undefined if the main template is in none of the files.
 *
 * @param main name of the template of the main component
 */
export function sourceLocations(
  files: readonly SourceFile[],
  main: string,
): (signal: string) => SourceLocation | undefined {
  let templates: ReadonlyMap<string, Template> | undefined
  return (signal) => {
    templates ??= readTemplates(files)
    const parts = signal.split('.').map((part) => part.replace(/(\[\d+\])+$/, ''))
    let at = templates.get(main)
    if (at === undefined || parts[0] !== 'main') return undefined
    for (const part of parts.slice(1)) {
      const instance = at.components.get(part) ?? anonymous(part)
      const next = templates.get(instance?.template ?? '')
      if (next === undefined) return { file: at.file, line: at.signals.get(part) ?? at.line }
      if (isLibrary(next.file) && !isLibrary(at.file)) return { file: at.file, line: instance!.line }
      at = next
    }
    return { file: at.file, line: at.line }
  }
}

function anonymous(component: string): Instance | undefined {
  const [, template, line] = ANONYMOUS.exec(component) ?? []
  return template === undefined ? undefined : { template, line: Number(line) }
}

function isLibrary(file: string): boolean {
  return file.split(/[\\/]/).includes('node_modules')
}

function readTemplates(files: readonly SourceFile[]): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>()
  for (const { file, text } of files) {
    const code = text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '))
    const lineOf = lineCounter(code)
    for (const match of code.matchAll(TEMPLATE)) {
      const from = match.index
      const body = code.slice(from, endOfBlock(code, from))
      const signals = new Map<string, number>()
      const declare = (name: string, at: number) => {
        if (!signals.has(name)) signals.set(name, lineOf(from + at))
      }
      for (const declaration of body.matchAll(SIGNAL)) {
        for (const { name, at } of namesIn(declaration[1]!)) {
          declare(name, declaration.index + declaration[0].length - declaration[1]!.length + at)
        }
      }
      for (const bus of body.matchAll(BUS)) declare(bus[1]!, bus.index)
      const components = new Map<string, Instance>()
      for (const made of body.matchAll(COMPONENT)) {
        const [, name, template] = made
        if (components.has(name!)) continue
        components.set(name!, { template: template!, line: lineOf(from + made.index) })
      }
      if (!templates.has(match[1]!)) templates.set(match[1]!, { file, line: lineOf(from), signals, components })
    }
  }
  return templates
}

/** The names of a list such as `a, b[n], c`. */
function namesIn(list: string): { name: string; at: number }[] {
  const flat = list.replace(/\[[^\]]*\]/g, (size) => ' '.repeat(size.length))
  return [...flat.matchAll(/[A-Za-z_$][\w$]*/g)].map((match) => ({ name: match[0], at: match.index }))
}

/** The place after the block that begins at the first brace from a place on. */
function endOfBlock(code: string, from: number): number {
  let depth = 0
  for (let at = code.indexOf('{', from); at >= 0 && at < code.length; at++) {
    if (code[at] === '{') depth++
    if (code[at] === '}') depth--
    if (depth === 0) return at + 1
  }
  return code.length
}

/** Lines by offset, for offsets in any order. */
function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
