import type { Command } from 'commander'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { leastLimits } from '../protocol/market-limits.ts'
import { checkRiskTable, type RiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import type { State } from '../protocol/state.ts'
import type { HouseCover } from '../protocol/takeover/best-bid.ts'
import { connectReader, type QueueEntry, readCash, readCover, readResumedAt } from '../settlement/index.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { profileOption } from './options.ts'
import type { Session } from './session.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { timeText } from './time-text.ts'
import { requireAlive, requireState, requireTable, tableOnChain, timeOf } from './venue-chain.ts'
import { readRiskTable, readState } from './venue-files.ts'

/** What the venue's side of liquidations takes. */
export interface LiquidationOptions extends ReaderOptions, SettlementOption {
  readonly state: string
  readonly risk?: string
  readonly profile: ProfileName
}

/** A living venue between two batches. */
export interface LiquidationVenue {
  readonly chainId: bigint
  readonly domain: bigint
  readonly state: State
  readonly riskTable: RiskTable
  /** Unix seconds that a batch would have now, and at which the guardian's last pause ended or ends; 0 if there was none. */
  readonly timestamp: bigint
  readonly resumedAt: bigint
  readonly cover: HouseCover
  /** Lots of each asset that accounts own together, and what waits in the queue. */
  readonly vault: readonly bigint[]
  readonly entries: readonly QueueEntry[]
}

export function addLiquidationOptions(command: Command): Command {
  return addSettlementOption(addReaderOptions(command))
    .requiredOption('--state <file>', "the venue's state, whose root is the chain's")
    .option('--risk <file>', 'the newest risk table (default: computed from the chain)')
    .addOption(profileOption())
}

/** Reads it. Throws INPUT_INVALID where files and chain do not fit, or there is no table; CONTRACT_REFUSED for a frozen venue. */
export async function readLiquidationVenue(session: Session, options: LiquidationOptions): Promise<LiquidationVenue> {
  const { rpc, settlement, profile, fromBlock } = options
  const state = await readState(options.state, profile)
  const given = options.risk === undefined ? undefined : await readRiskTable(options.risk, profile)
  using connection = await connectReader({ rpcUrl: rpc })
  const { provider, chainId } = connection
  session.onProgress({ stage: 'read the chain', fraction: 0 })
  const chain = await readCash({ provider, settlement, fromBlock: Number(fromBlock) })
  requireAlive(chain)
  requireState(state, chain, options.state)
  const riskTable = given ?? (await tableOnChain({ provider, settlement, profile, fromBlock }, chain, session))
  requireTable(riskTable, chain)
  if (riskTable === undefined) {
    const message = 'has no risk table yet; "zkclear risk update" brings the first'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--settlement' })
  }
  checkRiskTable(riskTable, leastLimits(riskTable, state), venueShape(profile))
  const timestamp = timeOf(chain)
  warnIfStale(session, riskTable, timestamp)
  const [resumedAt, cover] = await Promise.all([
    readResumedAt({ provider, settlement }),
    readCover({ provider, settlement }),
  ])
  const { vault, entries } = chain
  const domain = settlementDomain(chainId, settlement)
  return { chainId, domain, state, riskTable, timestamp, resumedAt, cover, vault, entries }
}

/** Says that nobody can be flagged or taken over at the table, if that is so. */
export function warnIfStale({ warn }: Session, { asOf, maxAge }: RiskTable, time: bigint): void {
  if (time <= asOf + maxAge) return
  const message = `the newest table is of ${timeText(asOf)} and served until ${timeText(asOf + maxAge)}: at its prices nobody can be flagged or taken over; bring a new one with "zkclear risk update"`
  warn(message)
}
