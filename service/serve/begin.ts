import { ZkclearError } from '../../protocol/errors.ts'
import { venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { statusOf } from '../../settlement/read-settlement.ts'
import { type SequencerConfig, type SequencerState, startSequencer } from '../sequencer/state.ts'

/**
 * The sequencer of a venue that has no journal yet: with no account, as its contract was deployed. Throws INPUT_INVALID for a contract
 * that has batches already, or another beginning.
 */
export async function beginVenue(at: ContractAt, config: SequencerConfig): Promise<SequencerState> {
  const { batchCount, stateRoot: root } = await statusOf(at)
  if (batchCount > 0n) {
    const message = `has ${batchCount} batches already, and there is no journal of them here: give the data that they were made with (--data, --database)`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
  }
  const shape = venueShape(config.profile)
  const state = emptyState(shape)
  if (stateRoot(state) !== root) {
    const message = `does not begin with the empty state of the profile ${config.profile}: its root is ${root}; give the profile that it was deployed with`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
  }
  return startSequencer({ config, state, vault: new Array<bigint>(shape.collaterals).fill(0n) })
}
