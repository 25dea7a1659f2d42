import { createRequire } from 'node:module'
import toolbox from '@nomicfoundation/hardhat-toolbox-mocha-ethers'
import { defineConfig } from 'hardhat/config'
import verifiers from './hardhat/verifiers.ts'
import { SOLC_SETTINGS, SOLC_VERSION } from './settlement/solc-settings.ts'

// The compiler comes from npm, so that a build downloads nothing. Every profile must say so.
const compiler = {
  version: SOLC_VERSION,
  path: createRequire(import.meta.url).resolve('solc/soljson.js'),
  settings: SOLC_SETTINGS,
}

export default defineConfig({
  plugins: [toolbox, verifiers],
  solidity: { profiles: { default: { compilers: [compiler] }, production: { compilers: [compiler] } } },
  // Its files use syntax that Node cannot strip; tests read the contracts' own ABI.
  typechain: { dontOverrideCompile: true },
  test: {
    // Long enough for a machine that others use as well: what takes long is making keys, not what is tested.
    mocha: { timeout: 600_000 },
    solidity: { fuzz: { runs: 256 }, invariant: { runs: 16, depth: 64 } },
  },
  paths: { sources: 'contracts', tests: { mocha: 'test/contracts', solidity: 'test/contracts' } },
})
