import type { BatchSizes } from '../../protocol/ledger.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/** How much one trade batch takes at most, by the profile of its venue. */
export const TRADE_BATCH_SIZES: Readonly<Record<ProfileName, BatchSizes>> = {
  small: { name: 'small', messages: 4, steps: 6, accounts: 4 },
  standard: { name: 'standard', messages: 32, steps: 48, accounts: 14 },
}
