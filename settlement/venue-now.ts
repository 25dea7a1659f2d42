import type { Provider } from 'ethers'
import { RISK_UPDATE_KIND, STATE_CIRCUITS } from '../circuits/index.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'

/** What Authority may change, in its order. */
const ITEMS = [
  'CIRCUIT',
  'EXIT_VERIFIER',
  'OPERATOR',
  'GUARDIAN',
  'OUTFLOW',
  'GOVERNOR',
  'PARAMETERS',
  'COVER',
] as const

const ROLES = ['governor', 'operator', 'guardian'] as const

/** A change that was proposed and neither made nor dropped; it may have lapsed. */
export interface PendingChange {
  readonly item: (typeof ITEMS)[number]
  /** The kind of a CIRCUIT (254: risk tables), the asset of an OUTFLOW, else 0. */
  readonly key: number
  /** Of PARAMETERS target * 2^96 + number is the new root. */
  readonly target: string
  readonly number: bigint
  /** From when it may be made, in unix seconds. */
  readonly matures: bigint
}

/** Who has which power over a venue today, and what is announced. Times are unix seconds, 0 for never. */
export interface VenueNow {
  readonly governor: string
  readonly operator: string
  readonly guardian: string
  /** The commitment to the risk parameters in force; 0 if there are none. */
  readonly parametersRoot: bigint
  readonly outflowLimits: readonly { readonly floor: bigint; readonly shareBps: bigint }[]
  /** Quanta that the house pays for takeovers in an hour at most. */
  readonly coverPerHour: bigint
  readonly pausedUntil: bigint
  readonly windDownFrom: bigint
  readonly frozenAt: bigint
  readonly pending: readonly PendingChange[]
}

/** Reads it. Throws CHAIN_UNREACHABLE, TRANSACTION_FAILED. */
export async function readVenueNow(
  provider: Provider,
  { authority, settlement }: { readonly authority: string; readonly settlement: string },
  assets: number,
): Promise<VenueNow> {
  const { Contract } = await import('ethers')
  const contracts = {
    Authority: new Contract(authority, [...ABIS.Authority], provider),
    Settlement: new Contract(settlement, [...ABIS.Settlement], provider),
  }
  const ask = (name: keyof typeof contracts, view: string, ...values: unknown[]) =>
    contracts[name].getFunction(view).staticCall(...values)
  const firstKeys = (count: number) => Array.from({ length: count }, (_, key) => key)
  const keysOf = (item: (typeof ITEMS)[number]) => {
    if (item === 'CIRCUIT') return [...firstKeys(STATE_CIRCUITS.length), RISK_UPDATE_KIND]
    return firstKeys(item === 'OUTFLOW' ? assets : 1)
  }
  const places = ITEMS.flatMap((item, i) => keysOf(item).map((key) => ({ item, i, key })))
  try {
    const views = [...ROLES, 'pausedUntil', 'windDownFrom', 'parametersRoot', 'coverPerHour'] as const
    const values = await Promise.all(views.map((view) => ask('Authority', view)))
    const held = Object.fromEntries(views.map((view, i) => [view, values[i]])) as Pick<VenueNow, (typeof views)[number]>
    const frozenAt = await ask('Settlement', 'frozenAt')
    const limits = await Promise.all(
      Array.from({ length: assets }, (_, asset) => ask('Authority', 'outflowLimits', asset)),
    )
    const proposals = await Promise.all(
      places.map(async ({ item, i, key }) => ({
        item,
        key,
        ...(await ask('Authority', 'proposals', i, key)).toObject(),
      })),
    )
    return {
      ...held,
      frozenAt,
      outflowLimits: limits.map(({ floor, shareBps }) => ({ floor, shareBps })),
      pending: proposals.filter(({ matures }) => matures !== 0n),
    }
  } catch (cause) {
    throw chainError(cause, `what holds of ${authority} now cannot be read`)
  }
}
