import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { InterfaceAbi } from 'ethers'
import { packageRoot } from '../circom/paths.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type Compilation, compiledOnce, installedSource } from './compile-cache.ts'
import type { CompiledContract } from './compiled-contract.ts'
import { DENSE_CONTRACTS, DENSE_SETTINGS, SOLC_SETTINGS } from './solc-settings.ts'

const require = createRequire(import.meta.url)

interface Source {
  readonly content: string
}

interface Solc {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string
}

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[]
  contracts?: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>
}

/**
 * Compiles the package's contracts together with generated verifiers, by the compiler that npm installed: nothing is
 * downloaded. Takes twenty seconds, which block the event loop, or less than one if the same was compiled before: what was is kept in
 * the folder cache/ of the package.
 *
 * @param verifiers Source of each verifier by its contract's name.
 * @param optimizerRuns Default: that of SOLC_SETTINGS. KZG_OPTIMIZER_RUNS keeps PLONK's and FFLONK's verifiers small enough.
 * @param options.believed Default true. If false, nothing is taken that another process compiled.
 * @returns The package's contracts and the verifiers by name; interfaces and libraries without code of their own are left out.
 * Throws COMPILE_FAILED with the compiler's messages, FILE_UNREADABLE.
 */
export async function compileContracts(
  verifiers: Readonly<Record<string, string>>,
  optimizerRuns: number = SOLC_SETTINGS.optimizer.runs,
  { believed = true }: { readonly believed?: boolean } = {},
): Promise<Readonly<Record<string, CompiledContract>>> {
  const given = await packageSources()
  const sources = {
    ...given,
    ...Object.fromEntries(
      Object.entries(verifiers).map(([name, content]) => [`contracts/verifiers/${name}.sol`, { content }]),
    ),
  }
  const own = new Set(DENSE_CONTRACTS)
  const others = Object.keys(sources).filter((file) => !own.has(file))
  const settings = { ...SOLC_SETTINGS, optimizer: { ...SOLC_SETTINGS.optimizer, runs: optimizerRuns } }
  // No verifier is among what the dense ones need: with others, they are what they were.
  const dense = await compile(given, DENSE_CONTRACTS, DENSE_SETTINGS, believed)
  return { ...(await compile(sources, others, settings, believed)), ...dense }
}

/** The contracts of those files by name, compiled with the chosen settings. */
async function compile(
  sources: Readonly<Record<string, Source>>,
  files: readonly string[],
  chosen: object,
  believed: boolean,
): Promise<Readonly<Record<string, CompiledContract>>> {
  const outputs = { '*': ['abi', 'evm.bytecode.object'] }
  const settings = {
    ...chosen,
    outputSelection: Object.fromEntries(files.map((file) => [file, outputs])),
  }
  const input = JSON.stringify({ language: 'Solidity', sources, settings })
  return compiledOnce(input, { believed }, () => compileInput(input))
}

function compileInput(input: string): Compilation {
  // Loaded here because it takes a second that most uses of the package do not need.
  const solc: Solc = require('solc')
  const imports = new Map<string, string>()
  const installed = (path: string) => {
    try {
      const contents = installedSource(path)
      imports.set(path, contents)
      return { contents }
    } catch {
      return { error: `${path} is not installed; run npm ci` }
    }
  }
  const output: SolcOutput = JSON.parse(solc.compile(input, { import: installed }))
  const failures = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (failures.length > 0) {
    const messages = failures.map(({ formattedMessage }) => formattedMessage).join('\n')
    throw new ZkclearError('COMPILE_FAILED', `the contracts do not compile:\n${messages}`)
  }
  const made = Object.values(output.contracts ?? {}).flatMap((file) => Object.entries(file))
  const contracts = made
    .filter(([, { evm }]) => evm.bytecode.object !== '')
    .map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }])
  return { contracts: Object.fromEntries(contracts), imports }
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
