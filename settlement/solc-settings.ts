/** The compiler the contracts are pinned to; the npm package `solc` of the same version carries it. */
export const SOLC_VERSION = '0.8.37'

/**
 * One set of compiler settings for the Hardhat build and for `zkclear deploy`, so that what was tested is what is deployed.
 * `cancun` is what the public rollups run as well; without the hash of the metadata, code does not depend on file paths.
 */
export const SOLC_SETTINGS = {
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none' },
  optimizer: { enabled: true, runs: 1_000_000 },
} as const

/**
 * Optimizer runs for the verifiers of PLONK and FFLONK keys, whose code is long: with those above, FFLONK's for six public
 * signals has 25,597 bytes, and a chain takes 24,576.
 */
export const KZG_OPTIMIZER_RUNS = 1000

/** Contracts that would be larger than a chain takes with the settings above. */
export const DENSE_CONTRACTS: readonly string[] = ['contracts/settlement/Settlement.sol']

/** Theirs: code by way of Yul is a fifth shorter, and takes thrice as long to compile. */
export const DENSE_SETTINGS = {
  ...SOLC_SETTINGS,
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
} as const
