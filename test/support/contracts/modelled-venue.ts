import assert from 'node:assert/strict'
import { CASH_BATCH_SIZES } from '../../../circuits/cash-batch/index.ts'
import { packListings } from '../../../circuits/risk-update/statement.ts'
import { TRADE_BATCH_SIZES } from '../../../circuits/trade-batch/index.ts'
import { viewCommitment } from '../../../protocol/account.ts'
import { applyCashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../../protocol/cash-batch/operation.ts'
import { cashData, packCashData } from '../../../protocol/cash-batch/words.ts'
import type { LimitOrder } from '../../../protocol/message.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import { packReportValues } from '../../../protocol/risk/report.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../../protocol/risk/update.ts'
import { hashRiskTable, type RiskTable } from '../../../protocol/risk-table.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { signBundle } from '../../../protocol/signature.ts'
import { emptyState, type State, stateRoot } from '../../../protocol/state.ts'
import { applyTradeBatch } from '../../../protocol/trade-batch/apply.ts'
import { packTradeData, tradeData } from '../../../protocol/trade-batch/words.ts'
import { toldParameters } from '../../../settlement/constructor-arguments.ts'
import { sampleRiskParameters } from '../../../venue/index.ts'
import {
  CASH,
  commitmentOf,
  createSettlement,
  pointOf,
  type SettlementOptions,
  type SettlementVenue,
  TRADE,
} from './settlement.ts'

export const SHAPE = venueShape('small')
/** Of every account. */
export const VIEW_KEY = 0x1234_5678_90ab_cdef_1234n
export const LOTS = 1_000_000n

const PARAMETERS = {
  ...sampleRiskParameters(BigInt(Math.floor(Date.now() / 1000))).parameters,
  ...{ grace: 900n, auction: 1_800n, lastDiscountBps: 10_000n },
}

/** A chain with a settlement whose batches and risk tables a model makes; only their proofs are a stub's. */
export async function createModelledVenue(options: SettlementOptions = {}) {
  const venue = await createSettlement({
    genesisRoot: stateRoot(emptyState(SHAPE)),
    accountLevels: BigInt(SHAPE.accountLevels),
    viewCommitment: viewCommitment(VIEW_KEY),
    parameters: toldParameters(PARAMETERS),
    ...options,
  })
  return { ...venue, ...modelOf(venue) }
}

export type ModelledVenue = Awaited<ReturnType<typeof createModelledVenue>>

/** What the venue itself knows, and its batches. */
function modelOf(venue: SettlementVenue) {
  const { settlement, signers, as, now, register, deposit, batchOf, postTable, networkHelpers } = venue
  let state = emptyState(SHAPE)
  let vault = new Array<bigint>(SHAPE.collaterals).fill(0n)
  let risk: RiskSnapshot | undefined
  const nonces = new Map<number, bigint>()
  const domainOf = async () => (await settlement.domain()) as bigint
  const settle = async (kind: bigint, words: readonly bigint[], payers: readonly string[] = []) =>
    as(signers.operator).settle(kind, await batchOf(kind, words, { payers }))

  const cash = async (operations: readonly CashOperation[], payers: readonly string[] = []) => {
    const context = {
      ...{
        sizes: CASH_BATCH_SIZES.small,
        timestamp: await now(),
        domain: await domainOf(),
        riskTable: risk?.table,
        vault,
      },
    }
    const batch = applyCashBatch(state, operations, context)
    await settle(CASH, packCashData(cashData(batch)), payers)
    ;({ after: state, vault } = { ...batch, vault: [...batch.vault] })
  }

  /** Orders at 1000, each signed by its account; some trade. */
  const trade = async (orders: readonly Pick<LimitOrder, 'account' | 'side'>[], size = 5n, market = 0) => {
    const [timestamp, domain] = [await now(), await domainOf()]
    const messages = orders.map(({ account, side }) => {
      const nonce = (nonces.get(account) ?? 0n) + 1n
      nonces.set(account, nonce)
      const terms = { market, price: 1_000n, size, timeInForce: 'GTC', reduceOnly: false } as const
      const message = { kind: 'order', ...terms, account, side, nonce, expiry: timestamp + 600n } as const
      return signBundle([message], domain, keyOf(account))
    })
    const salt = state.books.get(market)?.salt ? {} : { newSalt: 5n }
    const context = { market, timestamp, domain, riskTable: risk!.table, sizes: TRADE_BATCH_SIZES.small, ...salt }
    const batch = applyTradeBatch(state, messages, context)
    assert.ok(batch.steps.some((step) => step.trade !== undefined))
    await settle(TRADE, packTradeData(tradeData(batch)))
    state = batch.after
  }

  /** Brings the table that follows from that mark of market 0, now; the parameters are those in force. */
  const reprice = async (mark = 1_000n, parameters: RiskParameters = PARAMETERS) => {
    const prices = {
      indices: [mark * 1_000n, 60_000_000n],
      forwards: [mark, mark, mark, 6_000n],
      volatilities: new Array<bigint>(SHAPE.markets).fill(600_000n),
    }
    const asOf = await now()
    const retired = (await settlement.retiredMarkets()) as bigint
    const { relisted, ...next } = applyRiskUpdate(risk, { asOf, ...prices }, parameters, SHAPE, retired)
    await postTable(hashRiskTable(next.table), asOf, packReportValues(prices), packListings(retired, relisted))
    risk = next
  }

  /** Alice's account 1 and bob's account 2: registered, with deposits and view keys, and a trade in which alice sells to bob. */
  const open = async () => {
    const owners = [signers.alice, signers.bob]
    for (const owner of owners) await register(owner)
    await cash([0, 1, 2].map(registration))
    for (const [i, owner] of owners.entries()) await deposit(owner, i + 1, 0, LOTS)
    const deposits = owners.map((_, i) => ({ kind: 'DEPOSIT', account: i + 1, asset: 0, amount: LOTS }) as const)
    await cash(
      deposits,
      owners.map(({ address }) => address),
    )
    await cash([1, 2].map((account) => ({ kind: 'VIEW', account, viewKey: VIEW_KEY })))
    await reprice()
    await trade([
      { account: 1, side: 'sell' },
      { account: 2, side: 'buy' },
    ])
  }
  /** What leads chain and model back to where they are now. */
  const snapshot = async () => {
    const { restore } = await networkHelpers.takeSnapshot()
    const kept = { state, vault, risk, nonces: [...nonces] }
    return async () => {
      await restore()
      ;({ state, vault, risk } = kept)
      nonces.clear()
      for (const [account, nonce] of kept.nonces) nonces.set(account, nonce)
    }
  }
  return {
    ...{ cash, trade, reprice, open, snapshot },
    state: (): State => state,
    table: (): RiskTable => risk!.table,
    parameters: PARAMETERS,
  }
}

function registration(account: number): CashOperation {
  return { kind: 'REGISTER', account, key: pointOf(account + 1), ownerCommitment: commitmentOf(account) }
}

function keyOf(account: number): Uint8Array {
  return new Uint8Array(32).fill(account + 1)
}
