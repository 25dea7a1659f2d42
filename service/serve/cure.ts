import type { Turn } from '../settler/settler.ts'
import type { ChainSource } from '../watcher/chain-view.ts'
import { tellOtherKeys } from '../watcher/other-keys.ts'
import { toldByNode } from '../watcher/told-by-node.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'

export interface CureParts {
  readonly reader: Pick<ChainSource, 'operator' | 'otherKeys'>
  /** Address of the operator that the venue signs as. */
  readonly operator: string
  readonly circuits: BatchCircuits
}

const OTHER_OPERATOR =
  'the venue signs as the operator of its start: start it again with a key store that has the key of the one of now'

/** What a person has to do for the same batches to be taken, where they only are under another operator or other keys. */
export async function cureOf(turn: Turn, { reader, operator, circuits }: CureParts): Promise<string | undefined> {
  if (turn.kind !== 'refused') return undefined
  if (turn.refusal === 'NotByOperator') {
    return (await toldByNode(reader.operator())) === operator.toLowerCase() ? undefined : OTHER_OPERATOR
  }
  const others = turn.refusal === 'ProofRejected' ? await toldByNode(reader.otherKeys(circuits)) : []
  return others.length > 0 ? tellOtherKeys(others) : undefined
}
