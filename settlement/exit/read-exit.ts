import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { max, min } from '../../protocol/numbers.ts'
import { chainError } from '../chain-error.ts'
import { contractOf } from '../contract-at.ts'
import { type ClaimPool, leftoverOf, payoutOf } from './pools.ts'
import { type Ask, exitsOf, viewsOf } from './views.ts'

/**
 * How far the end of a venue is:
 * - `LIVE`: it is not frozen.
 * - `BROKEN`: its exit verifier was broken by a proof; claims begin anew when another is in force.
 * - `CLAIMS`: claims are recorded.
 * - `PAYOUT`: what was claimed in time is paid; late claims are recorded.
 * - `LEFTOVERS`: late claims are paid, and what is left then is shared among those who claimed in time. This one has no end.
 */
export type ExitPeriod = 'LIVE' | 'BROKEN' | 'CLAIMS' | 'PAYOUT' | 'LEFTOVERS'

/** How far an account is. Lots are by asset. */
export interface AccountExit {
  readonly index: number
  /** Who is paid. */
  readonly owner: string
  /** Whether the account has claimed in this round: in the first period, or later. */
  readonly claim: 'NONE' | 'IN_TIME' | 'LATE'
  /** What was claimed. */
  readonly claimed: readonly bigint[]
  /** What has been credited, over all rounds. */
  readonly received: readonly bigint[]
  /** What the owner has been credited, for whatever account, and may claim from the Settlement. */
  readonly credit: readonly bigint[]
  /** What `payout` credits, as claims stand now; undefined if nothing was claimed, or it has. */
  readonly payout: Due | undefined
  /** What `shareLeftovers` credits, likewise; undefined for a late claim too. */
  readonly leftovers: Due | undefined
}

/** What an account is to get, and from when; unix seconds. */
export interface Due {
  readonly lots: readonly bigint[]
  readonly from: bigint
}

/** The end of a venue, all of it at one block. Times are unix seconds. */
export interface ExitStatus {
  readonly chainId: bigint
  readonly blockNumber: number
  /** The time that the next block may have. */
  readonly time: bigint
  /** Address of the contract in which claims are made. */
  readonly exits: string
  readonly period: ExitPeriod
  /** From when anybody may freeze a living venue; undefined if nothing waits and no end was announced. */
  readonly freezableFrom: bigint | undefined
  /** 0 for a living venue. */
  readonly frozenAt: bigint
  /** When each period begins; undefined for a living venue, and while exits are broken. */
  readonly begins: Readonly<Record<'CLAIMS' | 'PAYOUT' | 'LEFTOVERS', bigint>> | undefined
  /** Of claims; another begins only if the exit verifier was broken. */
  readonly round: bigint
  readonly stateRoot: bigint
  /** Of the table at which claims are valued. */
  readonly riskRoot: bigint
  /** What was claimed in time and what is there to pay it, by asset. */
  readonly pools: readonly ClaimPool[]
  /** The account that was asked for. */
  readonly account: AccountExit | undefined
}

export interface ReadExitOptions {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  /** Index of an account. */
  readonly account?: number | undefined
}

/**
 * How far the end of a venue is, and what an account is to get when. Throws INPUT_INVALID for what is no Settlement and for an
 * account that is not registered; CHAIN_UNREACHABLE, TRANSACTION_FAILED.
 */
export async function readExit({ provider, settlement, account }: ReadExitOptions): Promise<ExitStatus> {
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const exits = await exitsOf(at)
  const { number, time } = await newest(provider)
  const [ask, askExits] = [viewsOf(at, number), viewsOf(exits, number)]
  const [frozenAt, stateRoot, riskRoot] = await Promise.all(
    ['frozenAt', 'stateRoot', 'riskRootUsed'].map((name) => ask(name)),
  )
  const [round, claimsFrom, claimPeriod, assets] = await Promise.all(
    ['round', 'claimsFrom', 'claimPeriod', 'assetCount'].map((name) => askExits(name)),
  )
  const pools = await Promise.all(
    Array.from({ length: Number(assets) }, async (_, asset) => {
      const [pool, vaultNow] = await Promise.all([askExits<ClaimPool>('pools', round!, asset), ask('vaultOf', asset)])
      const { claims, late, vault } = pool
      // 0 until the first period has ended, and afterwards only if there was nothing.
      return { claims, late, vault: vault === 0n ? vaultNow : vault }
    }),
  )
  const begins =
    claimsFrom === 0n
      ? undefined
      : { CLAIMS: claimsFrom!, PAYOUT: claimsFrom! + claimPeriod!, LEFTOVERS: claimsFrom! + 2n * claimPeriod! }
  return {
    ...{ chainId: at.chainId, blockNumber: number, time, exits: exits.address, pools, begins },
    ...{ frozenAt: frozenAt!, round: round!, stateRoot: stateRoot!, riskRoot: riskRoot! },
    period: begins === undefined ? (frozenAt === 0n ? 'LIVE' : 'BROKEN') : periodAt(time, begins),
    freezableFrom: frozenAt === 0n ? await freezableFrom(ask, at.contract.runner!.provider!, number) : undefined,
    account:
      account === undefined ? undefined : await accountExit(ask, askExits, account, { round: round!, pools, begins }),
  }
}

/** The newest block, and the time of the one to come where the node tells it. */
async function newest(provider: Provider): Promise<{ number: number; time: bigint }> {
  try {
    const [latest, pending] = await Promise.all([
      provider.getBlock('latest'),
      provider.getBlock('pending').catch(() => null),
    ])
    return { number: latest!.number, time: BigInt(Math.max(latest!.timestamp, pending?.timestamp ?? 0)) }
  } catch (cause) {
    throw chainError(cause, 'the node does not tell its blocks')
  }
}

function periodAt(time: bigint, { PAYOUT, LEFTOVERS }: NonNullable<ExitStatus['begins']>): ExitPeriod {
  if (time < PAYOUT) return 'CLAIMS'
  return time < LEFTOVERS ? 'PAYOUT' : 'LEFTOVERS'
}

async function freezableFrom(ask: Ask, provider: Provider, blockTag: number): Promise<bigint | undefined> {
  const authority = await contractOf('Authority', await ask<string>('authority'), provider, 'settlement')
  const times = await Promise.all([ask('firstDeadline'), viewsOf(authority, blockTag)('woundDownFrom')])
  const due = times.filter((time) => time !== 0n)
  return due.length === 0 ? undefined : due.reduce(min)
}

async function accountExit(
  ask: Ask,
  askExits: Ask,
  index: number,
  { round, pools, begins }: Pick<ExitStatus, 'round' | 'pools' | 'begins'>,
): Promise<AccountExit> {
  const count = await ask('accountCount')
  if (!Number.isInteger(index) || index < 0 || BigInt(index) >= count) {
    const message = `there is no account ${index}; they are 0 to ${count - 1n}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'account' })
  }
  const perAsset = (view: string) => Promise.all(pools.map((_, asset) => askExits(view, index, asset)))
  const [owner, exit, lastClaims, received, hold] = await Promise.all([
    ask<string>('ownerOf', index),
    askExits<Exit>('exits', index),
    perAsset('claimOf'),
    perAsset('receivedOf'),
    askExits('HOLD_PERIOD'),
  ])
  const credits = await Promise.all(pools.map((_, asset) => ask<{ free: bigint }>('creditOf', owner, asset)))
  const credit = credits.map(({ free }) => free)
  const { inTime, paid, shared, recordedAt } = exit
  const hasClaimed = exit.round === round
  const known = { index, owner, received, credit, claimed: lastClaims.map((lots) => (hasClaimed ? lots : 0n)) }
  if (!hasClaimed || begins === undefined) {
    return { ...known, claim: 'NONE', payout: undefined, leftovers: undefined }
  }
  const { claimed } = known
  const from = max(inTime ? begins.PAYOUT : begins.LEFTOVERS, recordedAt + hold)
  const lots = claimed.map((claim, asset) => payoutOf(claim, pools[asset]!, inTime))
  const leftovers = claimed.map((_, asset) => leftoverOf(claimed, asset, pools))
  return {
    ...known,
    claim: inTime ? 'IN_TIME' : 'LATE',
    payout: paid ? undefined : { lots, from },
    leftovers: shared || !inTime ? undefined : { lots: leftovers, from: begins.LEFTOVERS },
  }
}

/** What Exits keeps of an account. */
interface Exit {
  readonly round: bigint
  readonly inTime: boolean
  readonly paid: boolean
  readonly shared: boolean
  readonly recordedAt: bigint
}
