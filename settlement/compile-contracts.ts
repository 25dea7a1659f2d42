import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { InterfaceAbi } from 'ethers'
import { packageRoot } from '../circom/paths.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { SOLC_SETTINGS } from './solc-settings.ts'

/** A contract ready to deploy. */
export interface CompiledContract {
  readonly abi: InterfaceAbi
  /** Creation code in hex, without the constructor's arguments. */
  readonly bytecode: string
}

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[]
  contracts?: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>
}

/**
 * Compiles the package's contracts together with generated verifiers, by the compiler that npm installed: nothing is
 * downloaded. Takes a few seconds and blocks the event loop meanwhile.
 *
 * @param verifiers Source of each verifier by its contract's name.
 * @param optimizerRuns Default: that of SOLC_SETTINGS. KZG_OPTIMIZER_RUNS keeps PLONK's and FFLONK's verifiers small enough.
 * @returns The contracts by name; interfaces and libraries without code of their own are left out.
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
  const optimizer = { ...SOLC_SETTINGS.optimizer, runs: optimizerRuns }
  const outputSelection = { '*': { '*': ['abi', 'evm.bytecode.object'] } }
  const input = { language: 'Solidity', sources, settings: { ...SOLC_SETTINGS, optimizer, outputSelection } }
  // Loaded here because it takes a second that most uses of the package do not need.
  const solc: { compile(input: string): string } = createRequire(import.meta.url)('solc')
  const output: SolcOutput = JSON.parse(solc.compile(JSON.stringify(input)))
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

async function packageSources(): Promise<Record<string, { content: string }>> {
  const directory = join(packageRoot(), 'contracts')
  try {
    const files = (await readdir(directory)).filter((name) => name.endsWith('.sol'))
    const contents = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')))
    return Object.fromEntries(files.map((name, i) => [`contracts/${name}`, { content: contents[i]! }]))
  } catch (cause) {
    throw new ZkclearError('FILE_UNREADABLE', `cannot read the contracts in ${directory}; reinstall zkclear`, { cause })
  }
}
