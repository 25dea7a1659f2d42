// Where the addon lives, and whether what lies there was built from these sources and is whole. It is asked by the build
// script, which runs before anything is compiled, and by the library, which needs its answer at once: hence CommonJS.
//
// The home is prover/native/built/ in the package, or the folder that ZKCLEAR_NATIVE_DIRECTORY names, for packages that
// their users cannot write to. A binary is named by its content and its manifest is written last, so that a reader finds
// the old addon or the new one, and nothing between.
const { createHash } = require('node:crypto')
const { readdirSync, readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const process = require('node:process')

const SOURCES = join(__dirname, 'src')
const BUILDERS = ['build.mjs', 'home.cjs']

/** The folder of this machine's addon. */
function home() {
  const { ZKCLEAR_NATIVE_DIRECTORY: given } = process.env
  return join(given ? resolve(given) : join(__dirname, 'built'), `${process.platform}-${process.arch}`)
}

/** The manifest of the addon, or of that of the tests. */
function manifestFile(test = false) {
  return join(home(), test ? 'manifest-test.json' : 'manifest.json')
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex')

/** Digest of all that the addon is made from. */
function sourcesDigest() {
  const files = [
    ...readdirSync(SOURCES).map((name) => [name, join(SOURCES, name)]),
    ...BUILDERS.map((name) => [name, join(__dirname, name)]),
  ]
  const digests = files.map(([name, file]) => `${name} ${sha256(readFileSync(file))}\n`)
  return sha256(digests.sort().join(''))
}

/**
 * `{ file, manifest }` if the addon there may be loaded, else `{ problem }` in words. A binary that was cut short would end
 * the process while it is loaded, so every byte is compared before that.
 */
function findAddon(test = false) {
  let manifest
  try {
    manifest = JSON.parse(readFileSync(manifestFile(test), 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return { problem: `it was not built in ${home()}` }
    return { problem: `its manifest ${manifestFile(test)} cannot be read (${error.code ?? 'no JSON'})` }
  }
  const { sources, binary } = Object(manifest)
  if (typeof sources !== 'string' || !/^zkclear[0-9a-z-]*\.node$/.test(binary?.file)) {
    return { problem: `its manifest ${manifestFile(test)} is none` }
  }
  if (sources !== sourcesDigest()) return { problem: `the addon in ${home()} was built from other sources` }
  const file = join(home(), binary.file)
  let bytes
  try {
    bytes = readFileSync(file)
  } catch (error) {
    return { problem: `its binary ${file} cannot be read (${error.code})` }
  }
  if (sha256(bytes) !== binary.sha256) {
    return { problem: `its binary ${file} is damaged: ${bytes.length} bytes do not have the manifest's sha256` }
  }
  return { file, manifest }
}

module.exports = { findAddon, home, manifestFile, sha256, sourcesDigest }
