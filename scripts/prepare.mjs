// Runs after `npm ci` in a clone (never in a consumer's install). npm under Node 20 skips optional packages whose
// engines ask for Node 22, among them Hardhat's native runtime; the Node 24 of the devDependencies mends that once.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'

const require = createRequire(import.meta.url)

function hasHardhatRuntime() {
  try {
    require('@nomicfoundation/edr')
    return true
  } catch {
    return false
  }
}

function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}

const node24 = require.resolve('node/bin/node')
if (!hasHardhatRuntime()) {
  const npm = process.env.npm_execpath
  if (npm === undefined) throw new Error('run this through npm: npm run prepare')
  run(node24, [npm, 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...process.env,
    PATH: `${dirname(node24)}:${process.env.PATH}`,
  })
}
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
run(node24, [tsc, '-p', 'tsconfig.build.json'])
run(node24, ['scripts/pages.ts'])
