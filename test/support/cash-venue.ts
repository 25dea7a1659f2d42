import assert from 'node:assert/strict'
import { makeTable, NO_HASHES, NOW, order, SMALL } from '../../lab/instances/model.ts'
import { isFlagged } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { type CashMessage, type CashOperation, kindOf } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { cashData, packCashData } from '../../protocol/cash-batch/words.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { Random } from '../../protocol/random.ts'
import type { PublishedBatch } from '../../protocol/recovery/recovery.ts'
import { checkRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { emptyState, type State } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { packTradeData, tradeData } from '../../protocol/trade-batch/words.ts'

/** The trading key of all of them. */
export const CASH_KEY = new Uint8Array(32).fill(9)
const POINT = keyToRegister(tradingKey(CASH_KEY))
/** Accounts of a {@link CashVenue}. */
export const ACCOUNTS = 6

/** The domain that its batches are made for. */
export const CASH_DOMAIN = 1n

/** The view key of one of them. */
export const viewKeyOf = (account: number) => BigInt(100 + account)

/** A venue from its first registration on, with a ledger beside it that knows nothing but what went in and out. */
export class CashVenue {
  state: State = emptyState(SMALL)
  /** In and out of the vault, asset by asset: never read from the model. */
  readonly ledger = zeros()
  table: RiskTable | undefined
  now = NOW
  /** The largest order, in lots. */
  mostLots = 40n
  readonly done = new Map<string, number>()
  /** What each batch makes public; worked out when it is asked for. */
  readonly published: (() => PublishedBatch)[] = []
  readonly #random: Random

  constructor(seed: bigint) {
    this.#random = new Random(seed)
    for (let account = 0; account < ACCOUNTS; account++) {
      this.cash({ kind: 'REGISTER', account, key: POINT, ownerCommitment: 1n })
      this.cash({ kind: 'VIEW', account, viewKey: viewKeyOf(account) })
      this.cash({ kind: 'DEPOSIT', account, asset: 0, amount: this.amount(30_000n) })
      this.cash({ kind: 'DEPOSIT', account, asset: 1, amount: this.amount(2_000n) })
    }
  }

  below(bound: number): number {
    return Number(this.#random.between(0n, BigInt(bound - 1)))
  }

  amount(bound: bigint): bigint {
    return 1n + BigInt(this.below(Number(bound)))
  }

  /** One operation as a batch of its own; what no batch can prove is left out. */
  cash(operation: CashOperation | undefined, sweep?: number): CashBatch | undefined {
    let made: CashBatch | undefined
    const sizes = { name: 'test', slots: 2 }
    const context = { sizes, timestamp: this.now, domain: CASH_DOMAIN, riskTable: this.table, vault: [...this.ledger] }
    this.attempt(operation === undefined ? 'SWEEP' : kindOf(operation), () => {
      const batch = applyCashBatch(this.state, operation === undefined ? [] : [operation], context, sweep)
      const { after, slots, vault } = batch
      this.published.push(() => ({ circuit: 'cash-batch', words: packCashData(cashData(batch)) }))
      for (const { operation: done, paid } of slots) {
        if ('message' in done) {
          if (done.message.kind === 'WITHDRAW') this.ledger[done.message.asset]! -= paid
        } else if (done.kind === 'DEPOSIT') this.ledger[done.asset]! += done.amount
        else if (done.kind === 'FORCED') this.ledger[done.asset]! -= paid
      }
      assert.deepEqual(vault, this.ledger)
      this.state = after
      made = batch
    })
    return made
  }

  trade(): void {
    const account = this.below(ACCOUNTS)
    const { nonce } = this.state.accounts.get(account)!
    const market = this.marketToTrade()
    const mark = this.table!.markets[market]!.mark
    const message = order(account, nonce + 1n, {
      market,
      side: this.below(2) === 0 ? 'buy' : 'sell',
      price: mark + BigInt(this.below(101) - 50),
      size: this.amount(this.mostLots),
      timeInForce: this.below(3) === 0 ? 'IOC' : 'GTC',
      expiry: this.now + 500n,
    })
    this.send(market, message)
  }

  marketToTrade(): number {
    return this.below(2)
  }

  /** One message as a batch of its own. */
  send(market: number, message: SignedBundle): void {
    const context = {
      market,
      timestamp: this.now,
      domain: CASH_DOMAIN,
      riskTable: this.table!,
      sizes: { ...SMALL, steps: 40, accounts: 6, lightAccounts: 0 },
    }
    this.attempt('TRADE', () => {
      const batch = applyTradeBatchUnchecked(this.state, [message], context, NO_HASHES)
      const { after, steps } = batch
      this.published.push(() => ({ circuit: 'trade-batch', words: packTradeData(tradeData(batch)) }))
      this.state = after
      if (steps.some(({ trade }) => trade !== undefined)) this.count('FILL')
    })
  }

  /** Another table, far enough from the last one that some accounts end below 0. */
  reprice(): void {
    this.now += 1n
    const mark = BigInt(700 + this.below(600))
    const fundingIndex = BigInt(this.below(200) - 100)
    this.table = makeTable(SMALL, { takerFeeBps: 5n, makerFeeBps: 2n, asOf: this.now }, { mark, fundingIndex })
    const limits = new Array(SMALL.markets).fill({ maxLots: 1n << 30n, maxPrice: 1n << 33n })
    checkRiskTable(this.table, limits, SMALL)
  }

  step(): void {
    const account = this.below(ACCOUNTS)
    const asset = this.below(2)
    const amount = this.amount(20_000n)
    const signed = (kind: CashMessage['kind']) => {
      const nonce = this.state.accounts.get(account)!.nonce + 1n
      const counterAccount = kind === 'WITHDRAW' ? 0 : this.below(ACCOUNTS)
      return signCashMessage(
        { kind, account, counterAccount, asset, amount, nonce, expiry: this.now },
        CASH_DOMAIN,
        CASH_KEY,
      )
    }
    const chance = this.below(20)
    if (chance === 0) this.reprice()
    else if (chance === 1) this.cash({ kind: 'DEPOSIT', account, asset, amount })
    else if (chance === 2) this.cash({ kind: 'FORCED', account, asset, requested: amount })
    else if (chance === 3) this.cash(signed('WITHDRAW'))
    else if (chance === 4) this.cash(signed('TRANSFER_OUT'))
    else if (chance === 5) this.cash({ kind: this.below(3) === 0 ? 'SUSPEND' : 'RESUME', account })
    else if (chance === 6) this.cash(undefined, this.below(2))
    else if (chance === 7) this.cash({ kind: 'CURE', account: this.flagged() ?? account })
    else if (chance === 8) this.cash({ kind: 'DEPOSIT', account: this.flagged() ?? account, asset, amount })
    else if (chance === 9) for (let any = 0; any < ACCOUNTS; any++) this.cash({ kind: 'FLAG', account: any })
    else this.trade()
  }

  /** One that is flagged, if any is. */
  flagged(): number | undefined {
    return [...this.state.accounts.entries()].find(([, account]) => isFlagged(account))?.[0]
  }

  /** Does it and counts it, unless no batch can prove it. */
  attempt(kind: string, act: () => void): void {
    try {
      act()
      this.count(kind)
    } catch (error) {
      if (!(error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE')) throw error
    }
  }

  count(kind: string): void {
    this.done.set(kind, (this.done.get(kind) ?? 0) + 1)
  }
}

function zeros(): bigint[] {
  return new Array<bigint>(SMALL.collaterals).fill(0n)
}
