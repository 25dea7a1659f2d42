import { basename, join, sep } from 'node:path'
import { makeFolders } from '../circom/make-folders.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type OutputFile, openOutputFile, orUnwritable } from './output-file.ts'

/** Where what is made of one input goes. */
export interface InputOutput {
  readonly input: string
  readonly path: string
  open(): Promise<OutputFile>
}

/**
 * Several inputs, or an `out` that ends in a slash: `out` is a directory, made if missing, and each file is named after its
 * input, with the extension. Else `out` is the file. Throws INPUT_INVALID if two inputs have the same name, OUTPUT_UNWRITABLE
 * before anything is made.
 */
export async function outputsFor(
  inputs: readonly string[],
  out: string,
  { extension, ...options }: { readonly extension: string; readonly isPrivate?: boolean },
): Promise<InputOutput[]> {
  const output = (input: string, path: string) => ({ input, path, open: () => openOutputFile(path, options) })
  const [only] = inputs
  if (inputs.length === 1 && !out.endsWith('/') && !out.endsWith(sep)) return [output(only!, out)]
  const names = inputs.map((input) => `${basename(input).replace(/\.json$/, '')}.${extension}`)
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i)
  if (twice >= 0) {
    const message = `${inputs[twice]} and another input would both become ${names[twice]}; take them one by one`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--input' })
  }
  await orUnwritable(out, () => makeFolders(out))
  return inputs.map((input, i) => output(input, join(out, names[i]!)))
}
