import type { ProfileName } from '../../protocol/shape.ts'
import type { TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'

/** How much one trade batch takes at most, by the profile of its venue. */
export const TRADE_BATCH_SIZES: Readonly<Record<ProfileName, TradeBatchSizes>> = {
  small: { name: 'small', messages: 4, signatures: 4, steps: 6, accounts: 3, lightAccounts: 1 },
  standard: { name: 'standard', messages: 40, signatures: 24, steps: 44, accounts: 16, lightAccounts: 2 },
  large: { name: 'large', messages: 64, signatures: 38, steps: 64, accounts: 28, lightAccounts: 1 },
}
