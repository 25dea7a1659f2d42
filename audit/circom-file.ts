import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { circomlibParent } from '../circom/paths.ts'
import { type CircomSource, readSourceTree } from '../circom/sources.ts'
import { ZkclearError } from '../protocol/errors.ts'

/** A .circom file of anybody's, as the compiler wants it. */
export interface CircomFile {
  readonly definition: CompilableCircuit
  readonly sourceRoots: readonly string[]
}

export interface CircomFileOptions {
  /** Template to instantiate, if the file has no main component. */
  readonly template?: string | undefined
  /** Its arguments. */
  readonly templateArguments?: readonly number[] | undefined
  /** Folders in which bare includes are looked for, as with circom's -l; then the file's own, then circomlib. */
  readonly libraries?: readonly string[] | undefined
  /** A folder to work in. */
  readonly directory: string
}

const MAIN = /^[ \t]*component\s+main\b[^;]*;/m

/**
 * Copies the file and all that it includes into one flat folder, because the compiler sees nothing above the folders that
 * it is given, and includes such as "../node_modules/..." climb. Throws COMPILE_FAILED for an include that is nowhere,
 * INPUT_INVALID if there is no main component and no template was named.
 */
export async function copyCircomFile(path: string, options: CircomFileOptions): Promise<CircomFile> {
  const { template, templateArguments = [], libraries = [], directory } = options
  const entry = resolve(path)
  const libraryRoots = [...libraries.map((library) => resolve(library)), circomlibParent()]
  const { files } = readSourceTree(basename(entry), [dirname(entry)], libraryRoots)
  const flat = new Map(files.map(({ file }, index) => [file, `${index}-${basename(file)}`]))
  const root = join(directory, 'sources')
  await mkdir(root, { recursive: true })
  const own = files.find(({ path: relative, own }) => own && relative === basename(entry))!
  const declared = MAIN.exec(withoutComments(own.text))?.[0].trim()
  for (const source of files) await writeFile(join(root, flat.get(source.file)!), flattened(source, flat))
  return {
    definition: {
      name: basename(entry, '.circom'),
      template: template ?? '',
      source: flat.get(own.file)!,
      templateArguments: () => templateArguments,
      publicSignals: [],
      ...(template === undefined && { mainDeclaration: declared ?? missingMain(path) }),
    },
    sourceRoots: [root],
  }
}

/** The text with flat includes and no main component; all else stays at its line and column where it can. */
function flattened({ text, includes }: CircomSource, flat: ReadonlyMap<string, string>): string {
  const rewritten = text.replace(/^(\s*include\s+")([^"]+)("\s*;)/gm, (statement, before, include, after) => {
    const file = includes.get(include)
    return file === undefined ? statement : `${before}${flat.get(file)}${after}`
  })
  return withoutComments(rewritten).replace(MAIN, (statement) => statement.replace(/[^\n]/g, ' '))
}

/** Comments as blanks; the lines keep their numbers. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))
}

function missingMain(path: string): never {
  throw new ZkclearError('INPUT_INVALID', 'has no main component; name a template of it with --template', { path })
}
