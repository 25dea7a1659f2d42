import type { TradeBatch, TradeBatchAccount, TradeBatchSizes } from './trade-batch.ts'

type AccountSizes = Pick<TradeBatchSizes, 'accounts' | 'lightAccounts'>

/** T: how many accounts a batch of that size touches at most, in slots of both kinds (protocol.md#account-slots). */
export function accountSlots({ accounts, lightAccounts }: AccountSizes): number {
  return accounts + lightAccounts
}

/** Whether a batch of that size has slots for so many touched accounts, of which so many act. */
export function fitSlots(touched: number, acting: number, sizes: AccountSizes): boolean {
  return touched <= accountSlots(sizes) && acting <= sizes.accounts
}

/**
 * The touched accounts in the order of their slots: those in full ones, ascending, and behind them those in light ones,
 * ascending. Who acted has a full one; of the others those with the lowest indices, as long as there are any.
 */
export function inSlots({ touched, context }: Pick<TradeBatch, 'touched' | 'context'>): TradeBatchAccount[] {
  const passive = touched.filter(({ acted }) => !acted)
  const room = context.sizes.accounts - (touched.length - passive.length)
  const light = new Set(passive.slice(room))
  return [...touched.filter((each) => !light.has(each)), ...light]
}
