import assert from 'node:assert/strict'
import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import type { CashMessage } from '../../../protocol/cash-batch/operation.ts'
import type { Message } from '../../../protocol/message.ts'
import { emptyState, stateRoot } from '../../../protocol/state.ts'
import type { Effect } from '../../../service/sequencer/effects.ts'
import { judgeCashMessage, judgeMessage } from '../../../service/sequencer/judge.ts'
import type { QueuedEntry, SequencerRecord } from '../../../service/sequencer/record.ts'
import { reduce } from '../../../service/sequencer/reducer.ts'
import {
  batchAt,
  DEFAULT_PACE,
  emptyOpen,
  type SequencerState,
  startSequencer,
} from '../../../service/sequencer/state.ts'
import { cashSignedWith, DOMAIN, newTrader, signedWith } from './simulation/traders.ts'

const CASH = 100_000n
const ACCOUNTS = [0, 1, 2, 3, 4]
export const TABLE = makeTable(SMALL, { maxAge: 100_000n })

/** A sequencer of the small profile, open for trading, with what it told. */
export class Desk {
  state: SequencerState
  readonly effects: Effect[] = []
  #clock = NOW * 1000n

  constructor() {
    const state = emptyState(SMALL)
    this.state = startSequencer({
      config: {
        ...{ profile: 'small', domain: DOMAIN, ...DEFAULT_PACE },
        sizes: { trade: TRADE_BATCH_SIZES.small, cash: CASH_BATCH_SIZES.small },
      },
      state: { ...state, accounts: state.accounts.setAll(ACCOUNTS.map((index) => [index, newTrader(CASH)])) },
      vault: [CASH * 5n, 250n],
    })
    this.put({ kind: 'tick', clock: this.#clock })
    this.put({ kind: 'table', table: TABLE, relisted: 0n })
    this.put({ kind: 'book-salt', secret: 7n })
  }

  /** Gives what the record led to. */
  put(record: SequencerRecord): readonly Effect[] {
    const { state, effects } = reduce(this.state, record)
    this.state = state
    this.effects.push(...effects)
    return effects
  }

  wait(milliseconds: bigint): readonly Effect[] {
    this.#clock += milliseconds
    return this.put({ kind: 'tick', clock: this.#clock })
  }

  /** A limit order of 10 lots at 1,000; gives the number of its record. */
  order(account: number, nonce: bigint, side: 'buy' | 'sell', market = 0): number {
    return this.send({
      ...{ kind: 'order', market, account, side, price: 1000n, size: 10n, nonce },
      ...{ timeInForce: 'GTC', reduceOnly: false, expiry: NOW + 3_600n },
    })
  }

  send(message: Message, key = 0): number {
    const bundle = signedWith(key, [message])
    this.put({ kind: 'message', bundle, verdict: judgeMessage(this.state, bundle) })
    return this.state.records - 1
  }

  withdraw(account: number, nonce: bigint, amount: bigint): number {
    const message: CashMessage = {
      kind: 'WITHDRAW',
      account,
      counterAccount: 0,
      asset: 0,
      amount,
      nonce,
      expiry: NOW + 3_600n,
    }
    const signed = cashSignedWith(0, message)
    this.put({ kind: 'cash-message', signed, verdict: judgeCashMessage(this.state, signed) })
    return this.state.records - 1
  }

  queue(first: bigint, operations: readonly QueuedEntry['operation'][]): readonly Effect[] {
    const entries = operations.map((operation) => ({ operation, deadline: NOW + 86_400n }))
    return this.put({ kind: 'queue', first, entries, blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` })
  }

  rootOf(index: number): bigint {
    const batch = batchAt(this.state, index)
    assert.ok(batch !== undefined, `there is no batch ${index}`)
    return stateRoot(batch.after.state)
  }

  settle(index: number): void {
    this.put({ kind: 'settled', index, root: this.rootOf(index) })
  }

  /** Effects of one kind, of all that was told. */
  told<Kind extends Effect['kind']>(kind: Kind): Extract<Effect, { kind: Kind }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind)
  }
}

/** Told apart from all other numbers. */
export const PLANTED = 7_654_321n

/** A desk at which the house and a trader have so much cash, and hold or rest nothing. */
export function plantedDesk(): Desk {
  const desk = new Desk()
  const { base } = desk.state
  const { accounts } = base.state
  const richer = [0, 1].map((index) => [index, { ...accounts.get(index)!, collateral: [PLANTED, 0n] }] as const)
  const ledger = { ...base, state: { ...base.state, accounts: accounts.setAll(richer) } }
  desk.state = { ...desk.state, base: ledger, open: emptyOpen(ledger), bookSecret: undefined }
  desk.put({ kind: 'book-salt', secret: 7n })
  return desk
}
