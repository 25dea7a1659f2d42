import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { max } from '../../protocol/numbers.ts'
import { chainError } from '../chain-error.ts'
import { contractOf } from '../contract-at.ts'
import { nextTime } from '../next-time.ts'
import { view } from '../view.ts'
import { type LastTable, lastTables } from './last-tables.ts'

/** What the next risk table of a venue has to be. Times are unix seconds. */
export interface RiskStatus {
  readonly chainId: bigint
  /** The time that the next block would have. */
  readonly time: bigint
  /** Address of the Authority. */
  readonly authority: string
  /** Of the risk parameters in force; 0 if there are none. */
  readonly parametersRoot: bigint
  /** The last tables, the newest first. */
  readonly last: readonly LastTable[]
  /** Of the newest; 0 before the first. */
  readonly riskRoot: bigint
  /** Markets that are retired, a bit for each: the next table has to be made so. */
  readonly retiredMarkets: bigint
  /** Times that the next table may have in the next block. */
  readonly window: { readonly earliest: bigint; readonly latest: bigint }
  /** When the venue was frozen; 0 while it lives. */
  readonly frozenAt: bigint
}

/** Reads it. Throws INPUT_INVALID if there is no Settlement at that address; CHAIN_UNREACHABLE, TRANSACTION_FAILED. */
export async function readRiskStatus(options: { provider: Provider; settlement: string }): Promise<RiskStatus> {
  const { provider, settlement } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const blockTag = await provider.getBlockNumber().catch((cause) => {
    throw chainError(cause, 'the node does not tell its blocks')
  })
  const authority = await view<string>(at, 'authority', { blockTag })
  const [time, last, parametersRoot, ...times] = await Promise.all([
    nextTime(provider),
    lastTables(at, blockTag),
    view(await contractOf('Authority', authority, provider, 'settlement'), 'parametersRoot', { blockTag }),
    ...['frozenAt', 'retiredMarkets', 'MIN_GAP', 'MAX_CLOCK_SKEW', 'REPORT_CLOCK'].map((name) =>
      view(at, name, { blockTag }),
    ),
  ])
  const [frozenAt, retiredMarkets, gap, skew, clock] = times as [bigint, bigint, bigint, bigint, bigint]
  const [newest] = last
  const next = newest === undefined ? 0n : max(newest.asOf + gap, newest.postedAt - clock)
  const earliest = max(next, time - skew)
  const window = { earliest, latest: time + skew }
  const riskRoot = newest?.root ?? 0n
  return { chainId: at.chainId, time, authority, parametersRoot, last, riskRoot, retiredMarkets, window, frozenAt }
}

/** Throws CONTRACT_REFUSED for a venue that takes no table any more, or has no parameters that one could follow from. */
export function requireUpdatable({ frozenAt, parametersRoot }: RiskStatus): void {
  const refuse = (message: string, refusal: string) =>
    new ZkclearError('CONTRACT_REFUSED', message, { details: { refusal } })
  if (frozenAt !== 0n) {
    throw refuse(
      `the venue was frozen at ${frozenAt} (unix seconds), for ever: it takes no table any more`,
      'VenueFrozen',
    )
  }
  if (parametersRoot === 0n) {
    const message = 'the venue has no risk parameters yet, so no table can be proved; its governor has to propose some'
    throw refuse(message, 'ParametersNotInForce')
  }
}
