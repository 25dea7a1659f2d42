/** What prover/native/home.cjs exports: plain JavaScript, because the installer runs it too. */
interface Home {
  findAddon(): { file: string; problem?: undefined } | { file?: undefined; problem: string }
}

/** The compiled addon with its file, or why there is none. */
export type AddonSearch<Addon> =
  | { addon: Addon; file: string; problem?: undefined }
  | { addon?: undefined; file?: undefined; problem: string }

/**
 * Loads the package's addon if it is what was built from its sources, byte for byte. Node's modules are asked for at run
 * time and not imported, so that this runs in a browser too, where there is no addon.
 */
export function searchAddon<Addon>(): AddonSearch<Addon> {
  const node = globalThis.process?.getBuiltinModule?.('node:module')
  if (node === undefined) return { problem: 'this is no Node that loads addons' }
  const require = node.createRequire(import.meta.url)
  // This file is protocol/crypto/native-addon.ts in the source tree, and in dist/ when compiled.
  const root = import.meta.url.endsWith('.ts') ? '../..' : '../../..'
  const { findAddon } = require(`${root}/prover/native/home.cjs`) as Home
  const { file, problem } = findAddon()
  if (file === undefined) return { problem }
  try {
    return { addon: require(file) as Addon, file }
  } catch (error) {
    return { problem: `${file} does not load here (${(error as Error).message.split('\n')[0]})` }
  }
}

/** What the addon may use of the CPU; where it lacks that, the addon does with less. */
const PATHS = ['portable', 'adx', 'ifma']

/** How the addon's functions are told a path, of those that ZKCLEAR_NATIVE may name; else the most. */
export function pathNumber(path: string | undefined): number {
  const asked = PATHS.indexOf(path ?? 'ifma')
  return asked < 0 ? PATHS.length - 1 : asked
}
