import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ZkclearError } from '../protocol/errors.ts'

const require = createRequire(import.meta.url)

let root: string | undefined

/**
 * The folder of the installed zkclear package: the nearest one above this module whose package.json is named zkclear.
 * The same in the source tree and in dist/. Throws FILE_UNREADABLE if the package was torn out of its folder.
 */
export function packageRoot(): string {
  root ??= findPackageRoot(dirname(fileURLToPath(import.meta.url)))
  return root
}

function findPackageRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'zkclear') return folder
    if (dirname(folder) === folder) {
      throw new ZkclearError('FILE_UNREADABLE', `no package.json named zkclear above ${start}; reinstall zkclear`)
    }
  }
}

/** Where compiled circuits and keys go unless the caller says otherwise: `build/` in the package. */
export function defaultBuildDirectory(): string {
  return join(packageRoot(), 'build')
}

/** The folder from which bare includes such as "lib/range.circom" are resolved. */
export function circuitsDirectory(): string {
  return join(packageRoot(), 'circuits')
}

/** The folder that holds `circomlib/`, wherever the package manager put it. */
export function circomlibParent(): string {
  return dirname(dirname(require.resolve('circomlib/package.json')))
}

/**
 * URL of a module beside the one at `base`, to start a child process or thread from: `.ts` in the source tree, `.js` in
 * dist/, because the compiler does not rewrite such URLs.
 */
export function siblingModule(base: string, name: string): URL {
  return new URL(`${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base)
}
