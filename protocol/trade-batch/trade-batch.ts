import type { Account } from '../account.ts'
import type { SignedBundle } from '../bundle.ts'
import type { RiskTable } from '../risk-table.ts'
import type { BatchContext, TouchedAccount, Transition } from '../transition.ts'
import type { MarginEvidence } from './margin-rule.ts'
import type { StepEffect } from './matching.ts'

/** How much one trade batch takes at most: the size of the circuit that proves it. */
export interface TradeBatchSizes {
  /** The profile for which the circuit has this size. */
  readonly name: string
  /** N: messages. */
  readonly messages: number
  /** G: signed bundles. */
  readonly signatures: number
  /** Matching steps. */
  readonly steps: number
  /** Full account slots: accounts that act, or whose orders are met. One at least. */
  readonly accounts: number
  /** Light ones: accounts whose orders are met, and no more (protocol.md#account-slots). Two slots at least together. */
  readonly lightAccounts: number
}

export interface TradeBatchContext extends BatchContext {
  readonly riskTable: RiskTable
  readonly sizes: TradeBatchSizes
  /** The market that the batch is for. */
  readonly market: number
  /**
   * The salt that the batch gives to a book without one (protocol.md#book-salt): a secret of the venue. undefined: such a
   * book stays without, and whoever guesses it can tell so from its public root.
   */
  readonly newSalt?: bigint
  /**
   * The venue's orderly end has come so near that positions may only be closed (protocol.md#closing-only). Settlement knows from
   * which time on, and refuses a batch that says otherwise. Default false.
   */
  readonly closingOnly?: boolean
}

export interface TradeBatchAccount extends TouchedAccount {
  readonly before: Account
  /** A message of it was loaded, or its order was in hand while a step ran. */
  readonly acted: boolean
  /** undefined: it loaded no order with effect, and the margin rule asks nothing of it. */
  readonly margin: MarginEvidence | undefined
}

/** Everything that a trade batch did: what a circuit's inputs, receipts and statistics are made from. */
export interface TradeBatch extends Transition {
  readonly context: TradeBatchContext
  readonly bundles: readonly SignedBundle[]
  readonly steps: readonly StepEffect[]
  readonly touched: readonly TradeBatchAccount[]
}
