import { existsSync } from 'node:fs'
import { mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { circomlibParent } from '../circom/paths.ts'
import { type CircomSource, readSourceTree, replaceIncludes, withoutComments } from '../circom/sources.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type SourceLocation, sourceLocations } from './source-locations.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

/** A .circom file of anybody's, as the compiler wants it. */
export interface CircomFile {
  readonly definition: CompilableCircuit
  readonly sourceRoots: readonly string[]
  /** Where a signal is declared, in the caller's own files. */
  readonly locate: (signal: string) => SourceLocation | undefined
}

export interface CircomFileOptions {
  /** Template to instantiate, if the file has no main component. */
  readonly template?: string | undefined
  /** Its arguments. */
  readonly templateArguments?: readonly number[] | undefined
  /**
   * Folders in which includes are looked for that are not beside the file with the include, as with circom's -l. What is in
   * none of them, which circom would refuse, is looked for beside the main file, and then in our circomlib.
   */
  readonly libraries?: readonly string[] | undefined
}

/** Larger files are not read. */
const MOST_BYTES = 1 << 30
const MAIN = /^[ \t]*component\s+main\b[^;]*;/m
const CUSTOM_TEMPLATES = /\bpragma\s+custom_templates\b/

/**
 * Copies the file and all that it includes into one flat folder, because the compiler sees nothing above the folders that
 * it is given, and includes such as "../node_modules/..." climb; then works with it. The circuit is the caller's, and so is
 * what circom has to say of it: INPUT_INVALID for an include that is nowhere, for what does not compile, for custom gates,
 * and if there is no main component and no template was named. FILE_UNREADABLE if there is no such file.
 */
export async function withCircomFile<T>(
  path: string,
  options: CircomFileOptions,
  work: (file: CircomFile & { readonly directory: string }) => Promise<T>,
): Promise<T> {
  await checkFile(path, 'give a .circom file')
  return inTemporaryDirectory(async (directory) => {
    let inOriginals = (text: string) => text
    try {
      const { originals, ...file } = await copyCircomFile(path, directory, options)
      inOriginals = (text) => originalPlaces(text, originals)
      return await work({ ...file, directory })
    } catch (cause) {
      if (!isCompileFailure(cause)) throw cause
      throw new ZkclearError('INPUT_INVALID', inOriginals(cause.message) + remedyOf(cause), { path, cause })
    }
  })
}

/** What to do about an include that is nowhere; nothing to add to other failures. */
function remedyOf({ details }: ZkclearError): string {
  const { include } = details as { include?: string }
  if (include === undefined) return ''
  const ofCircomlib = `circomlib/circuits/${basename(include)}`
  const spelt = existsSync(join(circomlibParent(), ofCircomlib)) ? ` ("${ofCircomlib}" needs none)` : ''
  return `; name the folder that it is in as a library (--library)${spelt}`
}

/** What stands where in the caller's files of what was copied. */
interface Originals {
  /** Paths of the caller's files by names of the copies. */
  readonly files: ReadonlyMap<string, string>
  /** The file that was named and the line of its main component; undefined if `--template` stands for it. */
  readonly main: { readonly file: string; readonly line: number } | undefined
}

/** The compiler's message with the caller's files in place of the copies, whose lines and columns are the same. */
function originalPlaces(text: string, { files, main }: Originals): string {
  return text
    .replace(/"[^"\n]*?([^"/\n]+\.circom)":/g, (place, copy) => {
      const file = files.get(copy)
      return file === undefined ? place : `"${file}":`
    })
    .replace(/"\/out\/main\.circom":\d+(?::\d+)?/g, () =>
      main === undefined ? 'the main component that --template and --arguments make' : `"${main.file}":${main.line}`,
    )
}

/** Throws FILE_UNREADABLE, with what to do, unless there is such a file, and INPUT_INVALID if it is too large. */
export async function checkFile(path: string, remedy: string): Promise<void> {
  const file = await stat(path).catch((cause) => {
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${cause.code}); ${remedy}`, { path, cause })
  })
  if (!file.isFile()) throw new ZkclearError('FILE_UNREADABLE', `is not a file; ${remedy}`, { path })
  if (file.size > MOST_BYTES) throw new ZkclearError('INPUT_INVALID', `is larger than ${MOST_BYTES} bytes`, { path })
}

export function isCompileFailure(error: unknown): error is ZkclearError {
  return error instanceof ZkclearError && error.code === 'COMPILE_FAILED'
}

async function copyCircomFile(
  path: string,
  directory: string,
  options: CircomFileOptions,
): Promise<CircomFile & { readonly originals: Originals }> {
  const { template, templateArguments = [], libraries = [] } = options
  const entry = await realpath(path)
  const [own, ...libraryRoots] = [dirname(entry), ...libraries.map((library) => resolve(library))]
  const { files } = readSourceTree(basename(entry), [...libraryRoots, own!], [circomlibParent()], own)
  const flat = new Map(files.map(({ file }, index) => [file, `${index}-${basename(file)}`]))
  const root = join(directory, 'sources')
  await mkdir(root, { recursive: true })
  const custom = files.find(({ text }) => CUSTOM_TEMPLATES.test(withoutComments(text)))
  if (custom !== undefined) refuseCustomGates(custom.file)
  const source = files.find(({ file }) => file === entry)!
  const main = MAIN.exec(withoutComments(source.text))
  const declared = main?.[0].trim()
  for (const one of files) await writeFile(join(root, flat.get(one.file)!), flattened(one, flat))
  return {
    definition: {
      name: basename(path, '.circom'),
      template: template ?? '',
      source: flat.get(entry)!,
      templateArguments: () => templateArguments,
      publicSignals: [],
      ...(template === undefined && { mainDeclaration: declared ?? missingMain(path) }),
    },
    sourceRoots: [root],
    locate: sourceLocations(files, template ?? templateOf(declared ?? '')),
    originals: {
      // The file that was named is called as the caller calls it.
      files: new Map(files.map(({ file }) => [flat.get(file)!, file === entry ? path : file])),
      main: main !== null && template === undefined ? { file: path, line: lineAt(source.text, main.index) } : undefined,
    },
  }
}

/** The template of `component main {public [a]} = Name(1);`. */
function templateOf(declaration: string): string {
  return /=\s*(?:parallel\s+)?([A-Za-z_$][\w$]*)\s*\(/.exec(declaration)?.[1] ?? ''
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** The text with flat includes and no main component; lines stay where they are, and columns where they can. */
function flattened({ text, includes }: CircomSource, flat: ReadonlyMap<string, string>): string {
  const code = replaceIncludes(withoutComments(text), (include) => flat.get(includes.get(include)!)!)
  return code.replace(MAIN, (statement) => statement.replace(/[^\n]/g, ' '))
}

function missingMain(path: string): never {
  throw new ZkclearError('INPUT_INVALID', 'has no main component; name a template of it with --template', { path })
}

function refuseCustomGates(path: string): never {
  const message =
    'has `pragma custom_templates`: equations of custom gates are in no constraint, so nothing can be said of them'
  throw new ZkclearError('INPUT_INVALID', `${message}; write them as constraints instead`, { path })
}
