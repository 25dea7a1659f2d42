import { Interface } from 'ethers'
import { compileContracts } from '../settlement/compile-contracts.ts'

const CONTRACT_NAMES = ['Settlement', 'Authority', 'Exits', 'MarginGate'] as const

/** settlement/abi.ts: the interfaces of the contracts that are called, so that calling them needs no compiler. */
export async function contractAbis(): Promise<string> {
  const compiled = await compileContracts({})
  const fragments = (name: string) => {
    const lines = new Interface(compiled[name]!.abi).format(false).filter((line) => !line.startsWith('constructor'))
    return lines.map((line) => `    '${line}',\n`).join('')
  }
  const abis = CONTRACT_NAMES.map((name) => `  ${name}: [\n${fragments(name)}  ],\n`)
  return `// Generated from contracts/ by \`npm run generate\`; never edited.

/** Everything that each contract can be asked, emits and reverts with, in the form that ethers reads. */
export const ABIS = {
${abis.join('')}} as const satisfies Readonly<Record<string, readonly string[]>>
`
}
