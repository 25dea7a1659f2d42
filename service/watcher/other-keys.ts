import { chainError } from '../../settlement/chain-error.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { view } from '../../settlement/view.ts'
import { groth16KeyWords } from '../../verifier/groth16-contract.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import { BATCH_CIRCUITS, type BatchCircuit } from '../sequencer/batch-circuits.ts'

type Keyed = Readonly<Record<BatchCircuit, Pick<ServedCircuit, 'definition' | 'vkey'>>>

/**
 * The circuits of batches whose verifier on the chain has another key than they have here, or tells none: what is proved with these the
 * contract refuses. Throws CHAIN_UNREACHABLE.
 */
export async function circuitsOfOtherKeys(authority: ContractAt, circuits: Keyed): Promise<BatchCircuit[]> {
  const isOther = await Promise.all(
    BATCH_CIRCUITS.map(async (name) => {
      const { definition, vkey } = circuits[name]
      const { verifier } = await view<{ verifier: string }>(authority, 'circuits', definition.settlementKind)
      return (await keyAt(authority, verifier)) !== groth16KeyWords(vkey).map(wordOf).join('')
    }),
  )
  return BATCH_CIRCUITS.filter((_, i) => isOther[i])
}

/** What an operator has to know of them. */
export function tellOtherKeys(circuits: readonly BatchCircuit[]): string {
  return `the verifier of ${circuits.join(', ')} on the chain has another key than the circuit that is built here: build the one of the chain, and start again`
}

/** The words of a verifier's key, as hex; undefined if it tells none. */
async function keyAt({ contract }: ContractAt, verifier: string): Promise<string | undefined> {
  const { id } = await import('ethers')
  try {
    const told = await contract.runner!.provider!.call({ to: verifier, data: id('key()').slice(0, 10) })
    return told.slice(2)
  } catch (cause) {
    if ((cause as { code?: string }).code === 'CALL_EXCEPTION') return undefined
    throw chainError(cause, 'the verifiers on the chain cannot be read')
  }
}

function wordOf(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}
