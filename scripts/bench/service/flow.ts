import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import type { AccountSecrets } from '../../../protocol/account-secrets.ts'
import type { LimitOrder } from '../../../protocol/message.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { signBundle } from '../../../protocol/signature.ts'
import { genesisState, type State } from '../../../protocol/state.ts'
import { DEFAULT_PACE, type SequencerConfig } from '../../../service/sequencer/state.ts'
import { toJson } from '../../../venue/files/schema.ts'
import { sampleVenue } from '../../../venue/sample-venue.ts'

export const PROFILE = 'standard'
export const SHAPE = venueShape(PROFILE)
export const DOMAIN = 77n
/** Markets that are traded. */
const MARKETS = 4
const SEED = 5n

export function loadedConfig(): SequencerConfig {
  const sizes = { trade: TRADE_BATCH_SIZES[PROFILE], cash: CASH_BATCH_SIZES[PROFILE] }
  return { profile: PROFILE, domain: DOMAIN, ...DEFAULT_PACE, sizes }
}

/** What the venue under load begins with: traders with cash, and a risk table of that second. */
export interface LoadedVenue {
  readonly state: State
  readonly riskTable: RiskTable
  /** By account. */
  readonly secrets: ReadonlyMap<number, AccountSecrets>
}

export function loadedVenue(traders: number, asOf: bigint): LoadedVenue {
  const { genesis, riskTable, secrets } = sampleVenue({ shape: SHAPE, seed: SEED, asOf, makers: traders, takers: 0 })
  // The last two have a position, and one of them not enough for it.
  const accounts = genesis.accounts.slice(0, traders)
  return { state: genesisState({ ...genesis, accounts }, SHAPE), riskTable, secrets }
}

/** An order as it is handed in, and what tells it from all others. */
export interface SignedOrder {
  readonly account: number
  readonly nonce: bigint
  /** JSON of one bundle. */
  readonly text: string
}

/**
 * Orders of one trader from a nonce on: of one to three lots at the mark, in one market, buying and selling in turn, half of the traders
 * the other way round. So about half of them meet an order that rests, and books stay short.
 */
export function ordersOf({ riskTable }: LoadedVenue, account: number, first: bigint, count: number): LimitOrder[] {
  const market = account % MARKETS
  const isAhead = Math.floor(account / MARKETS) % 2
  return Array.from({ length: count }, (_, i) => ({
    kind: 'order',
    ...{ market, account, side: (i + isAhead) % 2 === 0 ? 'buy' : 'sell', price: riskTable.markets[market]!.mark },
    ...{ size: 1n + BigInt(i % 3), nonce: first + BigInt(i), timeInForce: 'GTC', reduceOnly: false },
    expiry: riskTable.asOf + 86_400n,
  }))
}

/** The same, signed, each by itself. */
export function signedOrders(venue: LoadedVenue, account: number, first: bigint, count: number): SignedOrder[] {
  const { privateKey } = venue.secrets.get(account)!
  return ordersOf(venue, account, first, count).map((order) => {
    const bundle = signBundle([order], DOMAIN, privateKey)
    return { account, nonce: order.nonce, text: JSON.stringify(toJson(bundle)) }
  })
}
