import { basename, join, sep } from 'node:path'
import { makeFolders } from '../circom/make-folders.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type OutputFile, openOutputFile, orUnwritable } from './output-file.ts'

/** Where the proof of one input goes. */
export interface ProofOutput {
  readonly input: string
  readonly path: string
  open(): Promise<OutputFile>
}

/**
 * Several inputs, or an `out` that ends in a slash: `out` is a directory, made if missing, and each proof is named after its
 * input. Else `out` is the proof's file. Throws INPUT_INVALID if two inputs have the same name, OUTPUT_UNWRITABLE before
 * anything is proved.
 */
export async function proofOutputs(inputs: readonly string[], out: string): Promise<ProofOutput[]> {
  const output = (input: string, path: string) => ({ input, path, open: () => openOutputFile(path) })
  const [only] = inputs
  if (inputs.length === 1 && !out.endsWith('/') && !out.endsWith(sep)) return [output(only!, out)]
  const names = inputs.map((input) => `${basename(input).replace(/\.json$/, '')}.proof.json`)
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i)
  if (twice >= 0) {
    const message = `${inputs[twice]} and another input would both become ${names[twice]}; prove them one by one`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--input' })
  }
  await orUnwritable(out, () => makeFolders(out))
  return inputs.map((input, i) => output(input, join(out, names[i]!)))
}
