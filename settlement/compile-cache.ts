import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { packageRoot } from '../circom/paths.ts'
import type { CompiledContract } from './compiled-contract.ts'

const require = createRequire(import.meta.url)

/** So many compilations are kept: those used last. */
const KEPT = 32

interface Entry {
  /** Digests of the sources that were imported from npm packages. */
  readonly imports: Readonly<Record<string, string>>
  readonly contracts: Compilation['contracts']
}

/** What the compiler made of an input, and which sources it asked for meanwhile. */
export interface Compilation {
  readonly contracts: Readonly<Record<string, CompiledContract>>
  /** Contents by the path by which they are imported. */
  readonly imports: ReadonlyMap<string, string>
}

/** What this process has compiled itself, by the digests under which it is kept. */
const own = new Map<string, Compilation['contracts']>()

/**
 * What `compile` makes of the input, which is kept in cache/contracts/ of the package for other processes: under the digest of the
 * input and of the compiler's version, and for as long as all that it imported from npm packages is the same. A folder that cannot
 * be written, or an entry that cannot be read, costs another compilation and nothing else.
 *
 * @param options.believed Whether what another process left there is taken for what it says that it is. Not by who judges code.
 */
export async function compiledOnce(
  input: string,
  { believed }: { readonly believed: boolean },
  compile: () => Compilation,
): Promise<Compilation['contracts']> {
  const folder = join(packageRoot(), 'cache', 'contracts')
  const version: string = require('solc/package.json').version
  const digest = digestOf(`${version}\n${input}`)
  const file = join(folder, `${digest}.json`)
  const known = own.get(digest) ?? (believed ? await readFile(file, 'utf8').then(read, () => undefined) : undefined)
  if (known !== undefined) {
    await utimes(file, new Date(), new Date()).catch(() => undefined)
    return known
  }
  const { contracts, imports } = compile()
  own.set(digest, contracts)
  const digests = Object.fromEntries([...imports].map(([path, content]) => [path, digestOf(content)]))
  await keep(folder, file, JSON.stringify({ imports: digests, contracts } satisfies Entry)).catch(() => undefined)
  return contracts
}

/** The contracts of an entry; undefined if it is none, or of other imports. */
function read(text: string): Compilation['contracts'] | undefined {
  try {
    const { imports, contracts }: Entry = JSON.parse(text)
    const same = Object.entries(imports).every(([path, digest]) => digestOf(installedSource(path)) === digest)
    return same ? contracts : undefined
  } catch {
    return undefined
  }
}

/** Writes an entry whole or not at all, and drops those that were not used for longest. */
async function keep(folder: string, file: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, content)
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
  const paths = (await readdir(folder)).map((name) => join(folder, name))
  const times = await Promise.all(paths.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })))
  const old = times.toSorted((a, b) => b.time - a.time).slice(KEPT)
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}

/** A source that one of ours imports from an npm package. Throws if it is not installed. */
export function installedSource(path: string): string {
  return readFileSync(require.resolve(path), 'utf8')
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
