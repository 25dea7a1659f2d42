import { Interface } from 'ethers'
import { compileContracts } from '../settlement/compile-contracts.ts'

/** settlement/abi.ts: the interfaces of the contracts that are called, so that calling them needs no compiler. */
export async function contractAbis(): Promise<string> {
  const compiled = await compileContracts({})
  const fragments = (name: string) => {
    const lines = new Interface(compiled[name]!.abi).format(false).filter((line) => !line.startsWith('constructor'))
    return lines.map((line) => `  '${line}',\n`).join('')
  }
  return `// Generated from contracts/ by \`npm run generate\`; never edited.

/** Everything that Settlement can be asked, emits and reverts with, in the form that ethers reads. */
export const SETTLEMENT_ABI: readonly string[] = [
${fragments('Settlement')}]

/** The same of MarginGate. */
export const MARGIN_GATE_ABI: readonly string[] = [
${fragments('MarginGate')}]
`
}
