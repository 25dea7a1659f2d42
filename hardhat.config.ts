import { createRequire } from 'node:module'
import process from 'node:process'
import toolbox from '@nomicfoundation/hardhat-toolbox-mocha-ethers'
import { defineConfig } from 'hardhat/config'
import verifiers from './hardhat/verifiers.ts'
import { DENSE_CONTRACTS, DENSE_SETTINGS, SOLC_SETTINGS, SOLC_VERSION } from './settlement/solc-settings.ts'

// The compiler comes from npm, so that a build downloads nothing. Every profile must say so.
const compiler = {
  version: SOLC_VERSION,
  path: createRequire(import.meta.url).resolve('solc/soljson.js'),
  settings: SOLC_SETTINGS,
}

const dense = { ...compiler, settings: DENSE_SETTINGS }
const overrides = Object.fromEntries(DENSE_CONTRACTS.map((file) => [file, dense]))
const profile = { compilers: [compiler], overrides }

/** Sequences of 64 calls that invariants are held against; the slow suite asks for more. */
const INVARIANT_RUNS = Number(process.env.ZKCLEAR_INVARIANT_RUNS ?? 16)

export default defineConfig({
  plugins: [toolbox, verifiers],
  solidity: { profiles: { default: profile, production: profile } },
  // Its files use syntax that Node cannot strip; tests read the contracts' own ABI.
  typechain: { dontOverrideCompile: true },
  test: {
    // Long enough for a machine that others use as well: what takes long is making keys, not what is tested.
    mocha: { timeout: 600_000 },
    solidity: { fuzz: { runs: 256 }, invariant: { runs: INVARIANT_RUNS, depth: 64, shrinkRunLimit: 100 } },
  },
  paths: { sources: 'contracts', tests: { mocha: 'test/contracts', solidity: 'test/contracts' } },
})
