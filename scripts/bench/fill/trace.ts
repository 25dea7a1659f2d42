import type { RiskTable } from '../../../protocol/risk-table.ts'
import type { State } from '../../../protocol/state.ts'
import { Waiting } from '../../../protocol/trade-batch/waiting.ts'
import type { Intent } from '../../../venue/intent.ts'
import { FlowReplay } from '../../../venue/replay.ts'

/** What a step needs of a batch. */
export interface TracedStep {
  readonly actor: number
  readonly victim: number | undefined
}

/** A message of a flow, and the steps that it forces whatever the batches' sizes are. */
export interface TracedWord {
  readonly market: number
  readonly account: number
  readonly steps: readonly TracedStep[]
}

/** Neither a message nor a step nor an account too many: batches of one message, each with all that it forces. */
const UNBOUND = { name: 'unbound', messages: 1, signatures: 1, steps: 1 << 16, accounts: 1 << 24, lightAccounts: 0 }

/**
 * Replays a flow without bounds. Cutting changes no step (protocol.md#any-cut), so what batches of any sizes would hold
 * follows from this. The clock stands still: a venue with messages enough ends no batch because a second is over.
 */
export function traceFlow(venue: { state: State; riskTable: RiskTable }, intents: readonly Intent[]): TracedWord[] {
  const replay = new FlowReplay({
    ...{ ...venue, domain: 0n, sizes: UNBOUND, messageChain: false, tickSeconds: 1n << 39n },
  })
  return [...replay.run(intents)].map(({ transition: { context, bundles, steps } }) => ({
    market: context.market,
    account: bundles[0]!.messages[0]!.account,
    steps: steps.map(({ actor, victim }) => ({ actor: actor.account, victim: victim?.account })),
  }))
}

/** The words in the order in which queues of markets let them go. */
export function queued(words: readonly TracedWord[], most: number): TracedWord[] {
  const waiting = new Waiting<TracedWord>()
  const done: TracedWord[] = []
  for (const word of words) {
    waiting.add(word)
    done.push(...waiting.take((queue) => queue.length >= most))
  }
  return [...done, ...waiting.take(() => true)]
}

/** Words of one account in a row, at most 8 of one market: what a trader who replaces his quotes signs once. */
export function bundled(words: readonly TracedWord[]): TracedWord[][] {
  const bundles: TracedWord[][] = []
  for (const word of words) {
    const last = bundles.at(-1)
    const first = last?.[0]
    const joins = first?.account === word.account && first.market === word.market && last!.length < 8
    if (joins) last!.push(word)
    else bundles.push([word])
  }
  return bundles
}
