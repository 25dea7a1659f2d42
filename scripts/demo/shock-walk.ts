import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import { type Account, viewCommitment } from '../../protocol/account.ts'
import type { QueueOperation } from '../../protocol/cash-batch/operation.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../protocol/risk/update.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { accountAt, emptyState, type State } from '../../protocol/state.ts'
import { registrationOf } from '../../settlement/account/secrets.ts'
import { samplePrices } from '../../venue/index.ts'
import { FlowReplay } from '../../venue/replay.ts'
import { deriveBookSecret } from '../../venue/sample-venue.ts'
import { serveQueue } from '../../venue/serve-queue.ts'
import { callTrade } from './call-trade.ts'
import { expect } from './expect.ts'
import { type Margin, marginOf } from './margin-watch.ts'
import { depositsOf } from './owners.ts'
import { openingTrade, type Sample } from './sample.ts'
import { shockOf, WATCHED } from './shock-plan.ts'

/** How the watched account stands at one of the tables of the shock. */
export interface ShockPoint extends Margin {
  /** Seconds since the first table. */
  readonly after: bigint
  readonly table: RiskTable
}

export interface ShockWalk {
  /** The account from its trades until it is taken over. */
  readonly account: Account
  /** At the first table, when the coin slides, when it falls, and when its markets open again. */
  readonly points: readonly [start: ShockPoint, slid: ShockPoint, fell: ShockPoint, opens: ShockPoint]
}

/** The demo's shock by the model alone, without chain and proofs. */
export function walkShock(sample: Sample): ShockWalk {
  const opening = sample.riskTable.asOf
  const parameters = sample.terms.riskParameters!
  let risk: RiskSnapshot | undefined
  const { profile } = sample
  const plan = [{ after: 0n, prices: samplePrices(profile) }, ...Object.values(shockOf(profile))]
  const tables = plan.map(({ after, prices }) => {
    risk = applyRiskUpdate(risk, { asOf: opening + after, ...prices }, parameters, venueShape(profile))
    return { after, table: risk.table }
  })
  const account = accountAt(tradedState(sample, tables[0]!.table), WATCHED)!
  const points = tables.map((one): ShockPoint => ({ ...one, ...marginOf(account, one.table) }))
  return { account, points: points as unknown as ShockWalk['points'] }
}

/** The venue once everybody has traded: who registers and deposits, and what, is as in the demo. */
function tradedState(sample: Sample, riskTable: RiskTable): State {
  const { profile, state, secrets, terms, flow } = sample
  const vault = new Array<bigint>(state.shape.collaterals).fill(0n)
  const domain = 1n
  const owners = [...state.accounts.entries()]
  const entries: QueueOperation[] = [
    { kind: 'REGISTER', account: 0, key: terms.house.key, ownerCommitment: terms.house.ownerCommitment },
    ...owners.map(([account]): QueueOperation => {
      return { kind: 'REGISTER', account, ...registrationOf(secrets.get(account)!) }
    }),
    ...owners.flatMap(([account, given]) =>
      depositsOf(account, given, sample.riskTable).flatMap((amount, asset): QueueOperation[] =>
        amount === 0n ? [] : [{ kind: 'DEPOSIT', account, asset, amount }],
      ),
    ),
  ]
  const viewKeys = new Map([...secrets].map(([account, { viewKey }]) => [account, viewKey]))
  const entered = serveQueue({
    ...{ state: emptyState(venueShape(profile)), entries, viewKeys },
    viewCommitments: new Map([...viewKeys].map(([account, viewKey]) => [account, viewCommitment(viewKey)])),
    context: {
      ...{ sizes: CASH_BATCH_SIZES[profile], timestamp: riskTable.asOf, domain, riskTable: undefined, vault },
    },
  })
  expect(entered.stopped === undefined, 'everybody is let in')
  const replay = new FlowReplay({
    ...{
      state: entered.state,
      riskTable,
      domain,
      sizes: TRADE_BATCH_SIZES[profile],
      bookSecret: deriveBookSecret(secrets),
    },
    keys: new Map([...secrets].map(([account, { privateKey }]) => [account, privateKey])),
  })
  const batches = [...replay.run([...callTrade(sample), ...openingTrade(sample), ...flow])]
  return batches.at(-1)!.transition.after
}
