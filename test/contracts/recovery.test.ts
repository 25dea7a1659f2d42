import assert from 'node:assert/strict'
import { before, describe, it } from 'mocha'
import { CASH_BATCH_SIZES } from '../../circuits/cash-batch/index.ts'
import { TRADE_BATCH_SIZES } from '../../circuits/trade-batch/index.ts'
import { makeTable } from '../../lab/instances/model.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import { cashData, packCashData } from '../../protocol/cash-batch/words.ts'
import { exitClaim } from '../../protocol/exit.ts'
import type { LimitOrder } from '../../protocol/message.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { signMessage } from '../../protocol/signature.ts'
import { emptyState, type State, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import { packTradeData, tradeData } from '../../protocol/trade-batch/words.ts'
import { publishedBatches } from '../../settlement/published-batches.ts'
import {
  CASH,
  commitmentOf,
  createSettlement,
  pointOf,
  type SettlementVenue,
  TRADE,
} from '../support/contracts/settlement.ts'

const SHAPE = venueShape('small')
const VIEW_KEY = 0x1234_5678_90ab_cdef_1234n
const ACCOUNTS = [0, 1, 2]
const LOTS = 1_000_000n

/** Lets owners register and deposit on chain and trade; only the proofs are a stub's. Returns what the venue itself knows. */
async function run(venue: SettlementVenue): Promise<{ state: State; table: RiskTable }> {
  const { settlement, signers, as, now, register, deposit, batchOf } = venue
  const domain = (await settlement.domain()) as bigint
  let state = emptyState(SHAPE)
  let vault = new Array<bigint>(SHAPE.collaterals).fill(0n)
  let riskTable: RiskTable | undefined
  const settle = async (kind: bigint, words: readonly bigint[], payers: readonly string[] = []) =>
    as(signers.operator).settle(kind, await batchOf(kind, words, { payers }))
  const cash = async (operations: readonly CashOperation[], payers: readonly string[] = []) => {
    const context = { sizes: CASH_BATCH_SIZES.small, timestamp: await now(), domain, riskTable, vault }
    const batch = applyCashBatch(state, operations, context)
    await settle(CASH, packCashData(cashData(batch)), payers)
    ;({ after: state, vault } = { ...batch, vault: [...batch.vault] })
  }
  const keyOf = (account: number) => new Uint8Array(32).fill(account + 1)
  const trade = async (orders: readonly Partial<LimitOrder>[]) => {
    const timestamp = await now()
    const messages = orders.map((order, i) => {
      const plain = {
        kind: 'order',
        market: 0,
        price: 1_000n,
        size: 5n,
        timeInForce: 'GTC',
        reduceOnly: false,
      } as const
      const message = {
        ...plain,
        account: 1,
        side: 'buy',
        nonce: BigInt(i + 1),
        expiry: timestamp + 600n,
        ...order,
      } as const
      return signMessage(message, domain, keyOf(message.account))
    })
    const sizes = TRADE_BATCH_SIZES.small
    const context = { market: 0, timestamp, domain, riskTable: riskTable!, sizes, newSalt: 5n }
    const batch = applyTradeBatch(state, messages, context)
    assert.ok(batch.steps.some(({ trade }) => trade !== undefined))
    await settle(TRADE, packTradeData(tradeData(batch)))
    state = batch.after
  }

  const owners = [signers.alice, signers.bob]
  for (const owner of owners) await register(owner)
  const registration = (account: number): CashOperation => {
    return { kind: 'REGISTER', account, key: pointOf(account + 1), ownerCommitment: commitmentOf(account) }
  }
  await cash(ACCOUNTS.map(registration))
  for (const [i, owner] of owners.entries()) await deposit(owner, i + 1, 0, LOTS)
  await cash(
    owners.map((_, i) => ({ kind: 'DEPOSIT', account: i + 1, asset: 0, amount: LOTS })),
    owners.map(({ address }) => address),
  )
  await cash([1, 2].map((account) => ({ kind: 'VIEW', account, viewKey: VIEW_KEY })))
  const open = { lastTradeTime: 1n << 39n }
  riskTable = { ...makeTable({ ...SHAPE, ...TRADE_BATCH_SIZES.small }, {}, open), asOf: await now() }
  await venue.postTable(hashRiskTable(riskTable), riskTable.asOf)
  await trade([
    { account: 1, side: 'sell', nonce: 1n },
    { account: 2, nonce: 1n },
  ])
  return { state, table: riskTable }
}

describe('recovery from the chain', () => {
  let venue: SettlementVenue
  let known: Awaited<ReturnType<typeof run>>
  before(async () => {
    venue = await createSettlement({
      genesisRoot: stateRoot(emptyState(SHAPE)),
      accountLevels: BigInt(SHAPE.accountLevels),
      viewCommitment: viewCommitment(VIEW_KEY),
    })
    known = await run(venue)
  })
  const read = (options: object = {}) => {
    const { provider } = venue.ethers
    return publishedBatches({ provider, settlement: venue.settlement.target as string, ...options })
  }
  const recover = async (index: number, options: object = {}) => {
    const domain = (await venue.settlement.domain()) as bigint
    const recovery = new Recovery({ shape: SHAPE, domain, account: { index, viewKey: VIEW_KEY } })
    for await (const batch of read(options)) recovery.take(batch)
    return recovery
  }

  it('rebuilds each account of a venue from events alone, as the venue has it', async () => {
    const { state, table } = known
    for (const index of [1, 2]) {
      const { account, children, stateRoot: root } = (await recover(index)).recovered()
      assert.deepEqual(account, state.accounts.get(index))
      assert.deepEqual(children, state.accounts.path(index).children)
      assert.equal(root, await venue.settlement.stateRoot())
      assert.notEqual(account.positions[0]!.size, 0n)
      assert.ok(exitClaim(account, table)[0]! > 0n)
    }
  })

  it('reads in slices of whatever size, and batches with their numbers and blocks', async () => {
    for (const blocksAtOnce of [1, 3, 7]) {
      const recovery = await recover(1, { blocksAtOnce })
      assert.equal(recovery.stateRoot, stateRoot(known.state))
    }
    const batches = await Array.fromAsync(read())
    assert.deepEqual(
      batches.map(({ number, circuit }) => [number, circuit]),
      [
        [1n, 'cash-batch'],
        [2n, 'cash-batch'],
        [3n, 'cash-batch'],
        [4n, 'trade-batch'],
      ],
    )
    assert.ok(batches.every(({ blockNumber }, i) => i === 0 || blockNumber > batches[i - 1]!.blockNumber))
  })

  it('asks for fewer blocks where the node refuses so many', async () => {
    const { provider } = venue.ethers
    let refused = 0
    const picky = new Proxy(provider, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown
        if (name !== 'getLogs') return typeof value === 'function' ? value.bind(target) : value
        return async (filter: { fromBlock: number; toBlock: number }) => {
          if (filter.toBlock - filter.fromBlock < 4) return target.getLogs(filter)
          refused++
          throw new Error('query exceeds the block range')
        }
      },
    })
    assert.equal((await recover(2, { provider: picky })).stateRoot, stateRoot(known.state))
    assert.ok(refused > 0)
  })

  it('says that events are missing, and where there are none', async () => {
    const [first] = await Array.fromAsync(read())
    const late = await recover(1, { fromBlock: first!.blockNumber + 1 }).catch((error) => error)
    assert.deepEqual([late.code, late.details.reason], ['INPUT_INVALID', 'OUT_OF_ORDER'])
    assert.deepEqual(await Array.fromAsync(read({ settlement: venue.signers.alice.address })), [])
    await assert.rejects(Array.fromAsync(read({ settlement: '0x12' })), { code: 'INPUT_INVALID', path: 'settlement' })
    await assert.rejects(Array.fromAsync(read({ signal: AbortSignal.abort() })), { code: 'ABORTED' })
  })
})
