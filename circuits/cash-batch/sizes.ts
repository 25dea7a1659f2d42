import type { CashBatchSizes } from '../../protocol/cash-batch/slot.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/** How much one cash batch takes at most, by the profile of its venue. */
export const CASH_BATCH_SIZES: Readonly<Record<ProfileName, CashBatchSizes>> = {
  small: { name: 'small', slots: 4 },
  standard: { name: 'standard', slots: 11 },
  large: { name: 'large', slots: 11 },
}
