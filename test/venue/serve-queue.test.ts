import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeTable, NO_HASHES, NOW, order, SMALL } from '../../lab/instances/model.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import {
  type CashMessage,
  type CashOperation,
  kindOf,
  type QueueOperation,
  type SignedCashMessage,
} from '../../protocol/cash-batch/operation.ts'
import { retriesAfter } from '../../protocol/cash-batch/retries.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { PHASES, SHELTER_END } from '../../protocol/parameters.ts'
import { Random } from '../../protocol/random.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { accountAt, emptyState, type State, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { type ServedQueue, type ServeQueueOptions, serveQueue } from '../../venue/serve-queue.ts'

const KEY = new Uint8Array(32).fill(9)
const POINT = keyToRegister(tradingKey(KEY))
const DOMAIN = 1n
const SIZES = { name: 'test', slots: 4 }
const CONTEXT = { sizes: SIZES, timestamp: NOW, domain: DOMAIN, riskTable: undefined, vault: [0n, 0n] }
const EMPTY = emptyState(SMALL)

const register = (account: number): QueueOperation => ({
  kind: 'REGISTER',
  account,
  key: POINT,
  ownerCommitment: BigInt(account),
})
const deposit = (account: number, amount: bigint, asset = 0): QueueOperation => ({
  kind: 'DEPOSIT',
  account,
  asset,
  amount,
})
const forced = (account: number, requested: bigint): QueueOperation => ({
  kind: 'FORCED',
  account,
  asset: 0,
  requested,
})

const sign = (changes: Partial<CashMessage>, key = KEY): SignedCashMessage => {
  const plain = {
    kind: 'WITHDRAW',
    account: 1,
    counterAccount: 0,
    asset: 0,
    amount: 1n,
    nonce: 1n,
    expiry: NOW,
  } as const
  return signCashMessage({ ...plain, ...changes }, DOMAIN, key)
}

const viewKeyOf = (account: number) => BigInt(1000 + account)
const keysOf = (...accounts: number[]) => ({
  viewKeys: new Map(accounts.map((account) => [account, viewKeyOf(account)])),
  viewCommitments: new Map(accounts.map((account) => [account, viewCommitment(viewKeyOf(account))])),
})

const serve = (options: Partial<ServeQueueOptions>): ServedQueue => {
  return serveQueue({ state: EMPTY, entries: [], context: CONTEXT, ...options })
}

/** What stands in the slots, batch by batch. */
const kindsOf = ({ batches }: ServedQueue) => batches.map(({ slots }) => slots.map(({ kind }) => kind).join(' '))

const REGISTRATIONS = [0, 1, 2, 3].map(register)
/** Three accounts with deposits and view keys, and the house. */
const FOUNDED = serve({
  entries: [...REGISTRATIONS, deposit(1, 30_000n), deposit(2, 30_000n), deposit(3, 100n)],
  ...keysOf(0, 1, 2, 3),
})
const later = { state: FOUNDED.state, context: { ...CONTEXT, vault: FOUNDED.batches.at(-1)!.vault } }

/** The state after account 1 has bought from account 2, at a table that is fresh until NOW + 1000. */
function traded(state: State, fees = 0n) {
  const table = makeTable(SMALL, { asOf: NOW, takerFeeBps: fees })
  const context = {
    market: 0,
    timestamp: NOW,
    domain: DOMAIN,
    riskTable: table,
    sizes: { ...SMALL, steps: 40, accounts: 6, lightAccounts: 0 },
  }
  const messages = [order(1, 10n, { side: 'buy' }), order(2, 10n, { side: 'sell' })]
  const { after, steps } = applyTradeBatchUnchecked(state, messages, context, NO_HASHES)
  assert.ok(steps.some(({ trade }) => trade !== undefined))
  return { state: after, table }
}

describe('serving the queue', () => {
  it('takes entries in their order, and enters a view key as soon as its account is there', () => {
    const entered = 'REGISTER VIEW REGISTER VIEW'
    assert.deepEqual(kindsOf(FOUNDED), [entered, entered, 'DEPOSIT DEPOSIT DEPOSIT'])
    assert.deepEqual([FOUNDED.served, FOUNDED.stopped, FOUNDED.viewed], [7, undefined, [0, 1, 2, 3]])
    assert.deepEqual(accountAt(FOUNDED.state, 1)!.viewKey, viewKeyOf(1))
    assert.deepEqual(FOUNDED.batches.at(-1)!.vault, [60_100n, 0n])
  })

  it('makes batches each of which begins where the one before it ends, and the last ends in the state', () => {
    const roots = FOUNDED.batches.flatMap(({ before, after }) => [stateRoot(before), stateRoot(after)])
    assert.deepEqual(roots, [stateRoot(EMPTY), roots[1], roots[1], roots[3], roots[3], stateRoot(FOUNDED.state)])
    assert.equal(new Set(roots).size, 4)
  })

  it('has nothing to do for nobody', () => {
    const { batches, state, ...rest } = serve({})
    assert.deepEqual(batches, [])
    assert.equal(state, EMPTY)
    const none = { viewed: [], refusedKeys: [], refusedMessages: [], refusedOperations: [] }
    assert.deepEqual(rest, { served: 0, stopped: undefined, ...none })
  })

  it('enters a view key that comes later, and none that is not the one registered, that is there or that nobody has', () => {
    const { state } = serve({ entries: [register(0), register(1)], ...keysOf(0) })
    const { viewKeys, viewCommitments } = keysOf(0, 1, 7)
    const second = serve({ state, viewKeys, viewCommitments })
    assert.deepEqual(second.viewed, [1])
    assert.deepEqual(
      second.refusedKeys.map(({ account, reason }) => [account, reason]),
      [[7, 'UNKNOWN_ACCOUNT']],
    )
    for (const commitment of [viewCommitment(5n), undefined]) {
      const commitments = new Map(commitment === undefined ? [] : [[1, commitment]])
      const wrong = serve({ state, viewKeys, viewCommitments: commitments })
      assert.deepEqual(wrong.batches, [])
      assert.deepEqual(wrong.refusedKeys[0], {
        account: 1,
        reason: 'VIEW_COMMITMENT',
        message: 'is not the view key that the owner registered',
      })
    }
    const zero = serve({ state, viewKeys: new Map([[1, 0n]]), viewCommitments: new Map([[1, viewCommitment(0n)]]) })
    assert.deepEqual([zero.viewed, zero.refusedKeys[0]!.reason], [[], 'VIEW_KEY'])
    const large = serve({ state, viewKeys: new Map([[1, FIELD]]), viewCommitments: new Map([[1, viewCommitment(0n)]]) })
    assert.deepEqual([large.viewed, large.refusedKeys[0]!.reason], [[], 'VIEW_COMMITMENT'])
  })

  it('does not cut a transfer in two', () => {
    const transfer = sign({ kind: 'TRANSFER_OUT', counterAccount: 2, amount: 5n, nonce: 1n })
    const entries = [deposit(1, 1n), deposit(1, 1n), deposit(1, 1n)]
    const owners = new Map([1, 2].map((account) => [account, 'alice']))
    const served = serve({ ...later, entries, messages: [transfer], owners })
    assert.deepEqual(kindsOf(served), ['DEPOSIT DEPOSIT DEPOSIT', 'TRANSFER_OUT TRANSFER_IN'])
  })

  it('leaves a transfer out that leads to the account of another owner, or of nobody known: the contract would refuse the batch', () => {
    const transfer = sign({ kind: 'TRANSFER_OUT', counterAccount: 2, amount: 5n })
    for (const owners of [
      [[1, 'alice']],
      [[2, 'alice']],
      [],
      [
        [1, 'alice'],
        [2, 'bob'],
      ],
    ] as [number, string][][]) {
      const served = serve({ ...later, messages: [transfer, sign({})], owners: new Map(owners) })
      assert.deepEqual(kindsOf(served), ['WITHDRAW'])
      assert.deepEqual(
        served.refusedMessages.map(({ index, reason }) => [index, reason]),
        [[0, 'OWNERS_DIFFER']],
      )
    }
  })

  it('applies messages behind the entries, and says of each that it cannot apply why', () => {
    const messages = [
      sign({ amount: 100n, nonce: 3n }),
      sign({ amount: 1n, nonce: 3n }),
      sign({ amount: 1n, nonce: 4n, expiry: NOW - 1n }),
      sign({ amount: 1n, nonce: 4n }, new Uint8Array(32).fill(8)),
      sign({ amount: 30_000n, nonce: 4n }),
      sign({ account: 9, amount: 1n }),
      sign({ amount: 29_900n, nonce: 4n }),
    ]
    const served = serve({ ...later, messages })
    assert.deepEqual(
      served.refusedMessages.map(({ signed, reason }) => [messages.indexOf(signed), reason]),
      [
        [1, 'OLD_NONCE'],
        [2, 'EXPIRED'],
        [3, 'BAD_SIGNATURE'],
        [4, 'MARGIN'],
        [5, 'UNKNOWN_ACCOUNT'],
      ],
    )
    assert.equal(served.refusedMessages[0]!.message, "nonce 3 is not above the account's")
    assert.equal(accountAt(served.state, 1)!.collateral[0], 0n)
    assert.deepEqual(served.batches.at(-1)!.vault, [30_100n, 0n])
  })

  it('stops before a forced withdrawal of whom a market shelters, until 12 hours before its deadline', () => {
    const { state, table } = traded(later.state)
    const markets = table.markets.with(0, { ...table.markets[0]!, phase: PHASES.SHELTERED })
    const context = { ...later.context, riskTable: { ...table, markets } }
    // Account 3 holds nothing; 2 is short.
    const entries = [forced(3, 5n), forced(2, 5n), deposit(1, 5n)]
    const servedAt = (due: bigint) => serve({ state, entries, context, deadlines: entries.map(() => NOW + due) })
    const { served, stopped, batches } = servedAt(SHELTER_END + 1n)
    assert.deepEqual([served, stopped!.reason, batches[0]!.slots.length], [1, 'SHELTERED', 1])
    assert.match(stopped!.message, /last 12 hours before its deadline$/)
    const last = servedAt(SHELTER_END)
    assert.deepEqual([last.served, last.stopped], [3, undefined])
    assert.deepEqual(
      last.batches[0]!.slots.map(({ paid, exposed }) => [paid, exposed]),
      [
        [5n, false],
        [5n, true],
        [0n, false],
      ],
    )
    const open = serve({ state, entries, context: { ...context, riskTable: table }, deadlines: [NOW, NOW, NOW] })
    assert.deepEqual([open.served, open.stopped], [3, undefined])
    // what is signed waits as well, and for no deadline
    const messages = [sign({ account: 2, nonce: 11n, expiry: NOW })]
    const signed = serve({ state, context, messages })
    assert.deepEqual(
      signed.refusedMessages.map(({ reason }) => reason),
      ['SHELTERED'],
    )
  })

  it('tries cures again as soon as no shelter keeps them from being decided, before what waits in the queue', () => {
    const { state, table } = traded(later.state)
    const flagged = { ...accountAt(state, 2)!, flaggedAt: 5n }
    const markets = table.markets.with(0, { ...table.markets[0]!, phase: PHASES.SHELTERED })
    const given = {
      state: { ...state, accounts: state.accounts.set(2, flagged) },
      context: { ...later.context, riskTable: { ...table, markets } },
    }
    const shown = ({ batches, served }: ServedQueue) => [
      served,
      batches.flatMap(({ slots }) => slots.map(({ kind, account, cured, exposed }) => [kind, account, cured, exposed])),
    ]
    const entries = [forced(2, 5n)]
    const within = serve({ ...given, retries: [2], entries: [{ kind: 'CURE', account: 2 }] })
    assert.deepEqual(shown(within), [1, [['CURE', 2, false, true]]])
    const after = { ...given, context: { ...given.context, riskTable: table } }
    assert.deepEqual(shown(serve({ ...after, retries: [2], entries })), [
      1,
      [
        ['CURE', 2, true, false],
        ['FORCED', 2, false, false],
      ],
    ])
    // Of who is flagged no longer it decides nothing, and shelter keeps nothing from being decided.
    assert.deepEqual(shown(serve({ ...given, state, retries: [2] })), [0, [['CURE', 2, false, false]]])
    assert.deepEqual([retriesAfter([], within.batches[0]!), retriesAfter([5, 2], within.batches[0]!)], [[2], [5, 2]])
    assert.deepEqual(retriesAfter([5, 2], serve({ ...after, retries: [2] }).batches[0]!), [5])
    // Prices that nobody knows decide nothing either.
    const stale = { ...after.context, timestamp: after.context.timestamp + 10_000n }
    assert.deepEqual(shown(serve({ ...after, context: stale, retries: [2] })), [0, []])
  })

  it('stops before a forced withdrawal that prices are too stale for, and still applies messages', () => {
    const { state, table } = traded(later.state)
    const entries = [forced(2, 5n), deposit(1, 5n)]
    const stale = { ...later.context, riskTable: table, timestamp: NOW + 1_001n }
    const messages = [2, 3].map((account) => sign({ account, nonce: 11n, expiry: NOW + 2_000n }))
    const served = serve({ state, entries, context: stale, messages })
    assert.deepEqual([served.served, served.stopped!.reason, kindsOf(served)], [0, 'STALE', ['WITHDRAW']])
    assert.match(served.stopped!.message, /without fresh prices/)
    assert.deepEqual(
      served.refusedMessages.map(({ signed, reason }) => [signed.message.account, reason]),
      [[2, 'MARGIN']],
    )
    const flat = serve({ state: later.state, entries: [forced(2, 5n)], context: stale })
    assert.deepEqual([flat.served, flat.batches[0]!.slots[0]!.paid], [1, 5n])
    const fresh = serve({ state, entries, context: { ...stale, timestamp: NOW + 1_000n } })
    assert.deepEqual([fresh.served, fresh.stopped], [2, undefined])
  })

  it('makes as many batches as it may, and says what is left', () => {
    const entries = Array.from({ length: 9 }, () => deposit(1, 1n))
    const messages = [sign({})]
    const served = serve({ ...later, entries, messages, mostBatches: 2 })
    assert.deepEqual(kindsOf(served), ['DEPOSIT DEPOSIT DEPOSIT DEPOSIT', 'DEPOSIT DEPOSIT DEPOSIT DEPOSIT'])
    assert.deepEqual([served.served, served.stopped!.reason], [8, 'FULL'])
    assert.equal(served.refusedMessages[0]!.reason, 'FULL')
    assert.equal(stateRoot(served.state), stateRoot(served.batches[1]!.after))
    const rest = serve({
      state: served.state,
      context: { ...later.context, vault: served.batches[1]!.vault },
      entries: entries.slice(served.served),
      messages,
    })
    assert.deepEqual(kindsOf(rest), ['DEPOSIT WITHDRAW'])
  })

  it('flags accounts behind all that waits, each at the beginning of a batch, and says why it leaves one out', () => {
    const { state, table } = traded(later.state)
    const risen = { mark: 20_000n, scenarioPrices: new Array(SMALL.scenarios).fill(20_000n) }
    const context = {
      ...later.context,
      riskTable: { ...table, markets: table.markets.map((m) => ({ ...m, ...risen })) },
    }
    const operations = [0, 1, 2, 2, 9].map((account) => ({ kind: 'FLAG', account }) as const)
    const served = serve({ state, entries: [deposit(1, 1n)], context, operations })
    assert.deepEqual(kindsOf(served), ['DEPOSIT', 'FLAG'])
    assert.equal(accountAt(served.state, 2)!.flaggedAt, NOW)
    assert.deepEqual(
      served.refusedOperations.map(({ operation, reason }) => [operation.account, reason]),
      [
        [0, 'HOUSE'],
        [1, 'MARGIN'],
        [2, 'FLAGGED'],
        [9, 'UNKNOWN_ACCOUNT'],
      ],
    )
    const vault = served.batches.at(-1)!.vault
    const entries = [{ kind: 'CURE', account: 2 } as const, deposit(2, 1n << 60n)]
    const next = serve({ state: served.state, context: { ...context, vault }, entries })
    assert.deepEqual(
      next.batches[0]!.slots.map(({ cured }) => cured),
      [false, true],
    )
    const stale = serve({ state: served.state, context: { ...context, timestamp: NOW + 1_001n }, entries })
    assert.deepEqual([stale.served, stale.stopped!.reason], [0, 'STALE'])
  })

  it('leaves a flag out that the contract refuses in a pause, and one that would begin an auction anew which a pause put off', () => {
    const { state, table } = traded(later.state)
    const risen = { mark: 20_000n, scenarioPrices: new Array(SMALL.scenarios).fill(20_000n) }
    const riskTable = { ...table, markets: table.markets.map((m) => ({ ...m, ...risen })) }
    const operations = [{ kind: 'FLAG', account: 2 } as const]
    const at = (timestamp: bigint, resumedAt: bigint, from = state) => {
      const context = { ...later.context, timestamp, riskTable: { ...riskTable, asOf: timestamp } }
      const served = serve({ state: from, context, operations, resumedAt })
      return { served, refused: served.refusedOperations.map(({ reason }) => reason) }
    }
    assert.deepEqual(at(NOW, NOW + 1n).refused, ['PAUSED'])
    const flagged = at(NOW, NOW)
    assert.deepEqual(flagged.refused, [])
    const resumedAt = NOW + 5_000n
    const closes = resumedAt + table.grace + table.auction
    const again = (time: bigint) => at(time, resumedAt, flagged.served.state).refused
    assert.deepEqual([again(resumedAt), again(closes), again(closes + 1n)], [['AUCTION'], ['AUCTION'], []])
  })

  it('sweeps the fees of every market, one a batch, behind all else', () => {
    const { state } = traded(later.state, 100n)
    const paid = state.books.get(0)!.fees
    assert.ok(paid > 0n)
    const two = { ...state, books: state.books.set(1, { ...state.books.get(1)!, fees: 7n }) }
    const { batches, state: after } = serve({ ...later, state: two, entries: [deposit(1, 1n)], sweep: true })
    assert.deepEqual(
      batches.map(({ sweep, slots }) => [sweep, slots.length]),
      [
        [{ market: 0, amount: paid, retires: false }, 1],
        [{ market: 1, amount: 7n, retires: false }, 0],
      ],
    )
    assert.equal(accountAt(after, 0)!.collateral[0], paid + 7n)
    assert.deepEqual(serve({ state: FOUNDED.state, sweep: true }).batches, [])
    assert.deepEqual(serve({ sweep: true }).batches, [])
  })

  it('sweeps markets that can be retired too, until the contract holds them as retired', () => {
    const { state, table } = traded(later.state, 100n)
    const settled = table.markets.map((m, i) => (i === 1 ? { ...m, phase: PHASES.SETTLED, lastTradeTime: 0n } : m))
    const riskTable = { ...table, markets: settled }
    const context = { ...later.context, riskTable }
    const { batches } = serve({ state, context, sweep: true })
    assert.deepEqual(
      batches.map(({ sweep }) => sweep),
      [
        { market: 0, amount: state.books.get(0)!.fees, retires: false },
        { market: 1, amount: 0n, retires: true },
      ],
    )
    const held = serve({ state, context, sweep: true, retired: 0b10n }).batches
    assert.deepEqual(
      held.map(({ sweep }) => sweep!.market),
      [0],
    )
  })

  it('does what the operations do one by one, wherever it cuts: 30 random queues', () => {
    const random = new Random(5n)
    const below = (bound: number) => Number(random.between(0n, BigInt(bound - 1)))
    for (let run = 0; run < 30; run++) {
      const entries = Array.from({ length: 1 + below(12) }, (): QueueOperation => {
        const account = 1 + below(2)
        const one: QueueOperation[] = [
          deposit(account, BigInt(1 + below(100)), below(2)),
          forced(account, BigInt(1 + below(50_000))),
          { kind: 'SUSPEND', account },
          { kind: 'RESUME', account },
          { kind: 'ROTATE', account, key: keyToRegister(tradingKey(new Uint8Array(32).fill(below(200)))) },
        ]
        return one[below(one.length)]!
      })
      const sizes = { name: 'test', slots: 1 + below(5) }
      const served = serve({ ...later, entries, context: { ...later.context, sizes } })
      let { state, context } = later
      for (const entry of entries) {
        const { after, vault } = applyCashBatch(state, [entry], context)
        ;({ state, context } = { state: after, context: { ...context, vault } })
      }
      assert.equal(stateRoot(served.state), stateRoot(state))
      assert.deepEqual(served.batches.at(-1)!.vault, context.vault)
      const done = served.batches.flatMap(({ slots }): CashOperation[] => slots.map(({ operation }) => operation))
      assert.deepEqual(done.map(kindOf), entries.map(kindOf))
      assert.ok(served.batches.every(({ slots }) => slots.length <= sizes.slots))
    }
  })
})
