import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTable, NO_HASHES, NOW, order, SMALL } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { type CashMessage, type CashOperation, kindOf } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { exitClaim, quoteAtMarks } from '../../protocol/exit.ts'
import { Random } from '../../protocol/random.ts'
import { checkRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { emptyState, type State } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'

const KEY = new Uint8Array(32).fill(9)
const POINT = keyToRegister(tradingKey(KEY))
const ACCOUNTS = 6

/** A venue from its first registration on, with a ledger beside it that knows nothing but what went in and out. */
class Venue {
  state: State = emptyState(SMALL)
  /** In and out of the vault, asset by asset: never read from the model. */
  readonly ledger = zeros()
  table: RiskTable | undefined
  now = NOW
  readonly done = new Map<string, number>()
  readonly #random: Random

  constructor(seed: bigint) {
    this.#random = new Random(seed)
    for (let account = 0; account < ACCOUNTS; account++) {
      this.cash({ kind: 'REGISTER', account, key: POINT, ownerCommitment: 1n })
      this.cash({ kind: 'VIEW', account, viewKey: BigInt(100 + account) })
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
  cash(operation: CashOperation | undefined, sweep?: number): void {
    const sizes = { name: 'test', slots: 2 }
    const context = { sizes, timestamp: this.now, domain: 1n, riskTable: this.table, vault: [...this.ledger] }
    this.#attempt(operation === undefined ? 'SWEEP' : kindOf(operation), () => {
      const { after, slots, vault } = applyCashBatch(
        this.state,
        operation === undefined ? [] : [operation],
        context,
        sweep,
      )
      for (const { operation: done, paid } of slots) {
        if ('message' in done) {
          if (done.message.kind === 'WITHDRAW') this.ledger[done.message.asset]! -= paid
        } else if (done.kind === 'DEPOSIT') this.ledger[done.asset]! += done.amount
        else if (done.kind === 'FORCED') this.ledger[done.asset]! -= paid
      }
      assert.deepEqual(vault, this.ledger)
      this.state = after
    })
  }

  trade(): void {
    const account = this.below(ACCOUNTS)
    const { nonce } = this.state.accounts.get(account)!
    const market = this.below(2)
    const mark = this.table!.markets[market]!.mark
    const message = order(account, nonce + 1n, {
      market,
      side: this.below(2) === 0 ? 'buy' : 'sell',
      price: mark + BigInt(this.below(101) - 50),
      size: this.amount(40n),
      timeInForce: this.below(3) === 0 ? 'IOC' : 'GTC',
      expiry: this.now + 500n,
    })
    const context = {
      market,
      timestamp: this.now,
      domain: 1n,
      riskTable: this.table!,
      sizes: { ...SMALL, steps: 40, accounts: 6 },
    }
    this.#attempt('TRADE', () => {
      const { after, steps } = applyTradeBatchUnchecked(this.state, [message], context, NO_HASHES)
      this.state = after
      if (steps.some(({ trade }) => trade !== undefined)) this.#count('FILL')
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
      return signCashMessage({ kind, account, counterAccount, asset, amount, nonce, expiry: this.now }, 1n, KEY)
    }
    const chance = this.below(20)
    if (chance === 0) this.reprice()
    else if (chance === 1) this.cash({ kind: 'DEPOSIT', account, asset, amount })
    else if (chance === 2) this.cash({ kind: 'FORCED', account, asset, requested: amount })
    else if (chance === 3) this.cash(signed('WITHDRAW'))
    else if (chance === 4) this.cash(signed('TRANSFER_OUT'))
    else if (chance === 5) this.cash({ kind: this.below(3) === 0 ? 'SUSPEND' : 'RESUME', account })
    else if (chance === 6) this.cash(undefined, this.below(2))
    else this.trade()
  }

  #attempt(kind: string, act: () => void): void {
    try {
      act()
      this.#count(kind)
    } catch (error) {
      if (!(error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE')) throw error
    }
  }

  #count(kind: string): void {
    this.done.set(kind, (this.done.get(kind) ?? 0) + 1)
  }
}

function zeros(): bigint[] {
  return new Array<bigint>(SMALL.collaterals).fill(0n)
}

function accountsOf({ accounts }: State): Account[] {
  return [...accounts.entries()].map(([, account]) => account)
}

/** Funding is realised lazily, but at whatever index: as sizes sum to zero, this is what the vault holds. */
function owned(state: State): bigint[] {
  const total = zeros()
  for (const { collateral, positions } of accountsOf(state)) {
    for (const [k, lots] of collateral.entries()) total[k]! += lots
    for (const { size, fundingIndex } of positions) total[0]! += size * fundingIndex
  }
  for (const [, { fees }] of state.books.entries()) total[0]! += fees
  return total
}

/** What is paid to everybody who claims in that order, as protocol.md#exit shares the vault out. */
function assertExitsConserve(venue: Venue): number {
  const accounts = accountsOf(venue.state)
  const claims = accounts.map((account) => exitClaim(account, venue.table))
  const fees = [...venue.state.books.entries()].reduce((sum, [, book]) => sum + book.fees, 0n)
  let unpaid = 0n
  let debtors = 0
  for (const [i, account] of accounts.entries()) {
    const quote = quoteAtMarks(account, venue.table)
    const claim = claims[i]!
    assert.ok(claim.every((lots, k) => lots >= 0n && (k === 0 || lots <= account.collateral[k]!)))
    if (quote >= 0n) assert.deepEqual(claim, [quote, ...account.collateral.slice(1)])
    else {
      unpaid -= quote
      debtors++
    }
  }
  const sum = (k: number) => claims.reduce((total, claim) => total + claim[k]!, 0n)
  assert.equal(sum(0) + fees, venue.ledger[0]! + unpaid)
  for (let k = 1; k < SMALL.collaterals; k++) assert.ok(sum(k) <= venue.ledger[k]!)
  return debtors
}

test('whatever cash and trade batches do, accounts and books own what the vault holds, to the quantum', () => {
  const done = new Map<string, number>()
  let debtors = 0
  for (let seed = 1n; seed <= 40n; seed++) {
    const venue = new Venue(seed)
    assert.deepEqual(owned(venue.state), venue.ledger)
    venue.reprice()
    for (let i = 0; i < 120; i++) {
      venue.step()
      assert.deepEqual(owned(venue.state), venue.ledger)
    }
    debtors += assertExitsConserve(venue)
    for (const [kind, count] of venue.done) done.set(kind, (done.get(kind) ?? 0) + count)
  }
  for (const kind of ['DEPOSIT', 'FORCED', 'WITHDRAW', 'TRANSFER_OUT', 'SUSPEND', 'RESUME', 'SWEEP', 'FILL']) {
    assert.ok((done.get(kind) ?? 0) > 20, `only ${done.get(kind) ?? 0} of ${kind}`)
  }
  assert.ok(debtors > 0)
})

test('what an account owes it pays with its other collateral, rounded for the pool', () => {
  const table = makeTable(SMALL) // asset 1: 3 quanta a lot at a weight of 90 %
  const account = (cash: bigint, lots: bigint) => ({
    ...accountsOf(new Venue(1n).state)[0]!,
    collateral: [cash, lots],
  })
  assert.deepEqual(exitClaim(account(-1n, 10n), table), [0n, 9n])
  assert.deepEqual(exitClaim(account(-27n, 10n), table), [0n, 0n])
  assert.deepEqual(exitClaim(account(-26n, 10n), table), [0n, 0n])
  assert.deepEqual(exitClaim(account(-24n, 10n), table), [0n, 1n])
  assert.deepEqual(exitClaim(account(-1000n, 10n), table), [0n, 0n])
  assert.deepEqual(exitClaim(account(5n, 10n), table), [5n, 10n])
  const worthless = { ...table, collaterals: [table.collaterals[0]!, { price: 0n, weight: 9_000n }] }
  assert.deepEqual(exitClaim(account(-1n, 10n), worthless), [0n, 0n])
})
