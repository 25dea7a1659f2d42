import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'

/** One .circom file that a circuit includes, directly or not. */
export interface CircomSource {
  /** Path relative to its root, with forward slashes: the same on every machine. */
  path: string
  /** Whether the file is the project's own, not a library's. */
  own: boolean
  text: string
  /** Its absolute path on this machine. */
  file: string
  /** What each include names: absolute paths by the text between the quotes. */
  includes: ReadonlyMap<string, string>
}

export interface SourceTree {
  files: readonly CircomSource[]
  /** Names of the templates that the project's own files define. */
  ownTemplates: ReadonlySet<string>
}

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
/** An include, wherever it stands in a line; or a text in quotes, in which nothing is one. */
const INCLUDE = /"[^"]*"|\binclude\s*"([^"]*)"/g
const TEMPLATE = /\btemplate\s+(?:(?:custom|parallel|extern_c)\s+)*([A-Za-z_$][\w$]*)\s*\(/g

/** circom takes comments out before it looks at anything else, texts in quotes included. As blanks; lines keep their numbers. */
export function withoutComments(text: string): string {
  return text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** A text without comments with what its includes name replaced. */
export function replaceIncludes(code: string, by: (include: string) => string): string {
  return code.replace(INCLUDE, (statement, include) => (include === undefined ? statement : `include "${by(include)}"`))
}

/**
 * Everything that `entry` includes, in a stable order. An include is looked up as circom does it: beside the including
 * file first, then in `ownRoots`, then in `libraryRoots`. Throws COMPILE_FAILED for an include that is nowhere.
 *
 * @param beside a folder in which the entry itself is looked for before all others
 */
export function readSourceTree(
  entry: string,
  ownRoots: readonly string[],
  libraryRoots: readonly string[],
  beside?: string,
): SourceTree {
  const roots = [...ownRoots, ...libraryRoots].map((root) => (existsSync(root) ? realpathSync(root) : root))
  const files = new Map<string, CircomSource>()
  const ownTemplates = new Set<string>()

  const visit = (include: string, from: string | undefined, includer: string): string => {
    const candidates = from === undefined ? roots : [from, ...roots]
    const found = candidates.map((root) => resolve(root, include)).find((path) => existsSync(path))
    if (found === undefined) {
      throw new ZkclearError(
        'COMPILE_FAILED',
        `${includer} includes "${include}", which is neither beside it nor under ${roots.join(', ')}`,
        { details: { include, includer } },
      )
    }
    const file = realpathSync(found)
    if (files.has(file)) return file
    const rootIndex = roots.findIndex((root) => file.startsWith(root + sep))
    const own = rootIndex >= 0 && rootIndex < ownRoots.length
    const path = rootIndex < 0 ? include : relative(roots[rootIndex]!, file).split(sep).join('/')
    const text = readSource(file)
    const includes = new Map<string, string>()
    files.set(file, { path, own, text, file, includes })
    const code = withoutComments(text)
    if (own) for (const match of code.matchAll(TEMPLATE)) ownTemplates.add(match[1]!)
    replaceIncludes(code, (name) => {
      includes.set(name, visit(name, dirname(file), path))
      return name
    })
    return file
  }

  visit(entry, beside, 'main.circom')
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return { files: sorted, ownTemplates }
}

function readSource(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${code}), but a circuit includes it`, { path, cause })
  }
}

/** SHA-256 (hex) over paths and texts of all files of the tree. */
export function hashSourceTree(tree: SourceTree): string {
  const hash = createHash('sha256')
  for (const { path, text } of tree.files) {
    hash.update(`${path}\n${Buffer.byteLength(text)}\n`)
    hash.update(text)
  }
  return hash.digest('hex')
}
