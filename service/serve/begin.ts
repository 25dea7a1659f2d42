import { ZkclearError } from '../../protocol/errors.ts'
import { PROFILE_NAMES, type ProfileName, venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { statusOf } from '../../settlement/read-settlement.ts'
import { type SequencerConfig, type SequencerState, startSequencer } from '../sequencer/state.ts'

/**
 * Throws INPUT_INVALID for a Settlement that no journal can begin with in that profile: it has batches already, or another beginning.
 * It asks the chain alone, so it can be known before anything is made here.
 */
export async function requireBeginning(at: ContractAt, profile: ProfileName): Promise<void> {
  const { batchCount, stateRoot: root } = await statusOf(at)
  if (batchCount > 0n) {
    const batches = batchCount === 1n ? '1 batch' : `${batchCount} batches`
    const message = `has ${batches} already, and there is no journal of them here: give the data that they were made with (--data, --database-file), or a Settlement without batches, such as "zkclear deploy" makes`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
  }
  if (rootOfNone(profile) === root) return
  const fitting = PROFILE_NAMES.find((name) => rootOfNone(name) === root)
  const advice = fitting === undefined ? '' : `, which is that of the profile ${fitting}; give --profile ${fitting}`
  const message = `does not begin with the empty state of the profile ${profile}: its root is ${root}${advice}`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
}

function rootOfNone(profile: ProfileName): bigint {
  return stateRoot(emptyState(venueShape(profile)))
}

/**
 * The sequencer of a venue that has no journal yet: with no account, as its contract was deployed. Throws as {@link requireBeginning}.
 */
export async function beginVenue(at: ContractAt, config: SequencerConfig): Promise<SequencerState> {
  await requireBeginning(at, config.profile)
  const shape = venueShape(config.profile)
  const state = emptyState(shape)
  return startSequencer({ config, state, vault: new Array<bigint>(shape.collaterals).fill(0n) })
}
