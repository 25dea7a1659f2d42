import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZkclearError } from '../protocol/errors.ts'

/** Size and sha256 sum (hex) of a file. */
export interface FileDigest {
  readonly bytes: number
  readonly sha256: string
}

/** Digests of the named files of a directory. Throws ARTIFACT_CORRUPT if one cannot be read. */
export async function digestFiles<Name extends string>(
  directory: string,
  names: Readonly<Record<string, Name>>,
): Promise<Record<Name, { bytes: number; sha256: string }>> {
  const entries = Object.values(names).map(async (name) => {
    const path = join(directory, name)
    const hash = createHash('sha256')
    try {
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
      return [name, { bytes: (await stat(path)).size, sha256: hash.digest('hex') }] as const
    } catch (cause) {
      throw corrupt(path, 'cannot be read', cause)
    }
  })
  return Object.fromEntries(await Promise.all(entries)) as Record<Name, { bytes: number; sha256: string }>
}

/** Throws ARTIFACT_CORRUPT unless every named file of the directory has the digest that is expected of it. */
export async function checkFiles<Name extends string>(
  directory: string,
  names: Readonly<Record<string, Name>>,
  expected: Readonly<Record<Name, FileDigest>>,
): Promise<void> {
  for (const name of Object.values(names)) {
    const path = join(directory, name)
    const info = await stat(path).catch(() => undefined)
    if (info === undefined) throw corrupt(path, 'is missing')
    const { bytes } = expected[name]
    if (info.size !== bytes) throw corrupt(path, `has ${info.size} bytes instead of ${bytes}`)
  }
  const actual = await digestFiles(directory, names)
  for (const name of Object.values(names)) {
    if (actual[name].sha256 !== expected[name].sha256) {
      throw corrupt(join(directory, name), 'does not have the sha256 sum that the manifest names')
    }
  }
}

/** The error for a file that is not what was made. */
export function corrupt(path: string, what: string, cause?: unknown): ZkclearError {
  return new ZkclearError('ARTIFACT_CORRUPT', `${path} ${what}; build the circuit again`, {
    details: { file: path },
    ...(cause === undefined ? {} : { cause }),
  })
}
