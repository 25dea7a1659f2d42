import { TradeBatchBuilder, type TradeBatchTerms } from '../../protocol/trade-batch/builder.ts'
import type { Effect } from './effects.ts'
import { emptyOpen, isPaused, ledgerOf, type SequencerState } from './state.ts'

/** The state while one record is reduced: its fields may be replaced, and what they hold never changes. */
export type Draft = { -readonly [Field in keyof SequencerState]: SequencerState[Field] } & {
  readonly effects: Effect[]
}

export function draftOf(state: SequencerState): Draft {
  const { open } = state
  return { ...state, open: { ...open, builder: open.builder?.fork() }, effects: [] }
}

export function stateOf({ effects: _, ...state }: Draft): SequencerState {
  return state
}

/** What batches are made under now; undefined as long as there is no table or no salt. */
export function termsOf({ config, timestamp, table, bookSecret, closingFrom }: Draft): TradeBatchTerms | undefined {
  if (table === undefined || bookSecret === undefined) return undefined
  const closingOnly = closingFrom !== undefined && timestamp >= closingFrom
  return { sizes: config.sizes.trade, timestamp, domain: config.domain, riskTable: table, closingOnly }
}

/**
 * Begins the next batch where the last sealed one ended, under what holds now. No order may have joined the unfinished one; what
 * that did for an order in hand is done again. While trading is paused there is none.
 */
export function reopen(draft: Draft): void {
  const ledger = ledgerOf(draft)
  const context = termsOf(draft)
  const { bookSecret } = draft
  const builder =
    context === undefined || bookSecret === undefined || isPaused(draft)
      ? undefined
      : new TradeBatchBuilder(ledger.state, {
          context,
          bookSecret,
          // Judged when they came, and again where the account's key changed since.
          unchecked: { signatures: false, messageChain: true },
        })
  draft.open = emptyOpen(ledger, builder)
}
