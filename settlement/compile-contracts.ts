import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { InterfaceAbi } from 'ethers'
import { packageRoot } from '../circom/paths.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { DENSE_CONTRACTS, DENSE_SETTINGS, SOLC_SETTINGS } from './solc-settings.ts'

const require = createRequire(import.meta.url)

/** A contract ready to deploy. */
export interface CompiledContract {
  readonly abi: InterfaceAbi
  /** Creation code in hex, without the constructor's arguments. */
  readonly bytecode: string
}

interface Source {
  readonly content: string
}

interface Solc {
  compile(input: string, callbacks: { import: typeof installedSource }): string
}

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[]
  contracts?: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>
}

/**
 * Compiles the package's contracts together with generated verifiers, by the compiler that npm installed: nothing is
 * downloaded. Takes some seconds and blocks the event loop meanwhile.
 *
 * @param verifiers Source of each verifier by its contract's name.
 * @param optimizerRuns Default: that of SOLC_SETTINGS. KZG_OPTIMIZER_RUNS keeps PLONK's and FFLONK's verifiers small enough.
 * @returns The package's contracts and the verifiers by name; interfaces and libraries without code of their own are left out.
 * Throws COMPILE_FAILED with the compiler's messages, FILE_UNREADABLE.
 */
export async function compileContracts(
  verifiers: Readonly<Record<string, string>>,
  optimizerRuns: number = SOLC_SETTINGS.optimizer.runs,
): Promise<Readonly<Record<string, CompiledContract>>> {
  const sources = {
    ...(await packageSources()),
    ...Object.fromEntries(
      Object.entries(verifiers).map(([name, content]) => [`contracts/verifiers/${name}.sol`, { content }]),
    ),
  }
  const own = new Set(DENSE_CONTRACTS)
  const others = Object.keys(sources).filter((file) => !own.has(file))
  // No verifier is among what these need, so they are compiled once.
  dense ??= compile(sources, DENSE_CONTRACTS, DENSE_SETTINGS)
  const settings = { ...SOLC_SETTINGS, optimizer: { ...SOLC_SETTINGS.optimizer, runs: optimizerRuns } }
  return { ...compile(sources, others, settings), ...dense }
}

let dense: Readonly<Record<string, CompiledContract>> | undefined

/** The contracts of those files by name, compiled with the chosen settings. */
function compile(
  sources: Readonly<Record<string, Source>>,
  files: readonly string[],
  chosen: object,
): Readonly<Record<string, CompiledContract>> {
  const outputs = { '*': ['abi', 'evm.bytecode.object'] }
  const settings = {
    ...chosen,
    outputSelection: Object.fromEntries(files.map((file) => [file, outputs])),
  }
  // Loaded here because it takes a second that most uses of the package do not need.
  const solc: Solc = require('solc')
  const input = JSON.stringify({ language: 'Solidity', sources, settings })
  const output: SolcOutput = JSON.parse(solc.compile(input, { import: installedSource }))
  const failures = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (failures.length > 0) {
    const messages = failures.map(({ formattedMessage }) => formattedMessage).join('\n')
    throw new ZkclearError('COMPILE_FAILED', `the contracts do not compile:\n${messages}`)
  }
  const contracts = Object.values(output.contracts ?? {}).flatMap((file) => Object.entries(file))
  return Object.fromEntries(
    contracts
      .filter(([, { evm }]) => evm.bytecode.object !== '')
      .map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }]),
  )
}

/** A source that one of ours imports from an npm package. */
function installedSource(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(require.resolve(path), 'utf8') }
  } catch {
    return { error: `${path} is not installed; run npm ci` }
  }
}

async function packageSources(): Promise<Record<string, Source>> {
  const directory = join(packageRoot(), 'contracts')
  try {
    const all = await readdir(directory, { recursive: true })
    const files = all.map((name) => name.replaceAll('\\', '/')).filter((name) => /^(?!verifiers\/).*\.sol$/.test(name))
    const contents = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')))
    return Object.fromEntries(files.map((name, i) => [`contracts/${name}`, { content: contents[i]! }]))
  } catch (cause) {
    throw new ZkclearError('FILE_UNREADABLE', `cannot read the contracts in ${directory}; reinstall zkclear`, { cause })
  }
}
