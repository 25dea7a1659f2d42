import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'
import { readText } from './read-file.ts'

/** Where a secret is: never on the command line, which other users of the machine can see. */
export type SecretSource = { readonly file: string } | { readonly env: string }

/** The secret without the white space around it. Errors name the place, never the content. */
export async function readSecret(source: SecretSource): Promise<string> {
  if ('file' in source) return (await readText(source.file, 'secret')).trim()
  // Names such as __proto__ belong to the object that holds the variables, not to them.
  if (Object.hasOwn(process.env, source.env)) return process.env[source.env]!.trim()
  throw new ZkclearError('INPUT_INVALID', 'is not set in the environment', { path: source.env })
}

/** The field element that the text of a secret is. Throws INPUT_INVALID, with that path, without the text. */
export function parseFieldSecret(text: string, path: string): bigint {
  const value = /^([0-9]{1,77}|0x[0-9a-fA-F]{1,64})$/.test(text) ? BigInt(text) : FIELD
  if (value < FIELD) return value
  throw new ZkclearError('INPUT_INVALID', 'must be a field element, 0 <= x < r, in decimal or as 0x and hex digits', {
    path,
  })
}
