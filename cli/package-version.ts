import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../circom/paths.ts'

/** The version of the installed package. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version
}
