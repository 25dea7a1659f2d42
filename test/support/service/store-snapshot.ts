import { LogTree } from '../../../service/log/tree.ts'
import { growTree } from '../../../service/log/venue-log.ts'
import type { Database } from '../../../service/postgres/database.ts'
import type { Sealer } from '../../../service/sealing/sealer.ts'
import type { SequencerState } from '../../../service/sequencer/state.ts'
import { writeSnapshot } from '../../../service/writer/snapshots.ts'

/** Stores a snapshot beside the leaves that the database holds. */
export async function storeSnapshot(
  database: Database,
  sealer: Sealer,
  { epoch, state }: { readonly epoch: bigint; readonly state: SequencerState },
): Promise<void> {
  const tree = new LogTree()
  await growTree(database, tree, { epoch, next: BigInt(state.records) })
  await writeSnapshot(database, sealer, { epoch, state, root: tree.root() })
}
