import type { ProfileName } from '../../protocol/shape.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { view } from '../../settlement/view.ts'
import { DEFAULT_PACE, type SequencerConfig } from '../sequencer/state.ts'

/** What a venue of that Settlement goes by. Throws CHAIN_UNREACHABLE. */
export async function sequencerConfig(at: ContractAt, profile: ProfileName): Promise<SequencerConfig> {
  const { TRADE_BATCH_SIZES } = await import('../../circuits/trade-batch/sizes.ts')
  const { CASH_BATCH_SIZES } = await import('../../circuits/cash-batch/sizes.ts')
  return {
    ...{ profile, domain: await view(at, 'domain'), ...DEFAULT_PACE },
    sizes: { trade: TRADE_BATCH_SIZES[profile], cash: CASH_BATCH_SIZES[profile] },
  }
}
