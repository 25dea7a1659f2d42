import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import type { SignedCashMessage, VenueOperation } from '../../protocol/cash-batch/operation.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { emptyState, type State } from '../../protocol/state.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { queueOperation, readCash } from '../../settlement/index.ts'
import type { Intent } from '../../venue/intent.ts'
import { FlowReplay, type FlowSummary, type ReplayedBatch } from '../../venue/replay.ts'
import { deriveBookSecret } from '../../venue/sample-venue.ts'
import { serveQueue } from '../../venue/serve-queue.ts'
import { type SettledBatch, type SettledCash, settleCash, settleTakeover, settleTrades } from './batches.ts'
import type { Chain } from './chain.ts'
import { expect } from './expect.ts'
import { Ledger } from './ledger.ts'
import type { Report } from './progress.ts'
import type { DemoProver } from './prover.ts'
import type { Sample } from './sample.ts'

/** What the venue serves besides the queue. */
interface Serving {
  readonly messages?: readonly SignedCashMessage[]
  readonly operations?: readonly VenueOperation[]
  readonly sweep?: boolean
}

/** The venue: serves the queue, matches orders, proves and settles. What it knows is gone when it dies. */
export class DemoVenue {
  readonly ledger: Ledger
  readonly cash: SettledCash[] = []
  readonly trades: SettledBatch[] = []
  /** The table at which it works; none at first. */
  riskTable: RiskTable | undefined
  #state: State
  readonly #chain: Chain
  readonly #prover: DemoProver
  readonly #secrets: ReadonlyMap<number, AccountSecrets>
  readonly #profile: ProfileName

  constructor(chain: Chain, prover: DemoProver, { profile, secrets }: Sample) {
    this.#chain = chain
    this.#prover = prover
    this.#secrets = secrets
    this.#profile = profile
    this.#state = emptyState(venueShape(profile))
    this.ledger = new Ledger(chain)
  }

  get state(): State {
    return this.#state
  }

  /** Serves all that waits, then the messages and its own operations, and sweeps the fees if asked to. */
  async serve(report: Report, { messages = [], operations = [], sweep = false }: Serving = {}): Promise<void> {
    const { provider, settlement, deployment } = this.#chain
    const where = { provider, settlement: settlement.settlement, fromBlock: deployment.fromBlock }
    const { time, vault, entries, viewCommitments } = await readCash({ ...where, accounts: this.#secrets.keys() })
    const { domain } = deployment
    const context = {
      sizes: CASH_BATCH_SIZES[this.#profile],
      timestamp: time,
      domain,
      riskTable: this.riskTable,
      vault,
    }
    const viewKeys = new Map([...this.#secrets].map(([account, { viewKey }]) => [account, viewKey]))
    const served = serveQueue({
      state: this.#state,
      entries: entries.map(queueOperation),
      context,
      viewKeys,
      viewCommitments,
      messages,
      operations,
      sweep,
    })
    expect(served.stopped === undefined, 'every entry of the queue can be served')
    expect(served.refusedKeys.length + served.refusedMessages.length === 0, 'every view key and message is taken')
    expect(served.refusedOperations.length === 0, 'every operation of the venue is taken')
    let settled = 0
    const done = await settleCash(served.batches, {
      ...{ prover: this.#prover, chain: this.#chain, report },
      onSettled: async () => {
        this.#state = served.batches[settled++]!.after
        await this.ledger.note('cash', this.#state)
      },
    })
    this.cash.push(...done)
  }

  /** Signs the orders of a flow as their traders do, matches them, and cuts what happens into batches. */
  async match(flow: readonly Intent[], report: Report): Promise<{ batches: ReplayedBatch[]; summary: FlowSummary }> {
    const replay = new FlowReplay({
      state: this.#state,
      riskTable: this.riskTable!,
      domain: this.#chain.deployment.domain,
      sizes: TRADE_BATCH_SIZES[this.#profile],
      keys: new Map([...this.#secrets].map(([account, { privateKey }]) => [account, privateKey])),
      bookSecret: deriveBookSecret(this.#secrets),
    })
    const batches: ReplayedBatch[] = []
    for (const [i, intent] of flow.entries()) {
      batches.push(...replay.push(intent))
      report(i / flow.length)
      await new Promise(setImmediate)
    }
    return { batches: [...batches, ...replay.finish()], summary: replay.summary }
  }

  /** Proves and settles what was matched. */
  async settle(batches: readonly ReplayedBatch[], report: Report): Promise<void> {
    let settled = 0
    const done = await settleTrades(batches, {
      ...{ prover: this.#prover, chain: this.#chain, report },
      onSettled: async () => {
        this.#state = batches[settled++]!.transition.after
        await this.ledger.note('trade', this.#state)
      },
    })
    this.trades.push(...done)
  }

  /** Proves and settles the takeover of a flagged account. */
  async takeOver(takeover: Takeover, report: Report) {
    return settleTakeover(takeover, {
      ...{ prover: this.#prover, chain: this.#chain, report },
      onSettled: async () => {
        this.#state = takeover.after
        await this.ledger.note('takeover', this.#state)
      },
    })
  }
}
