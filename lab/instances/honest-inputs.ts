import { exit, exitStatement, exitWitness } from '../../circuits/exit/index.ts'
import { toMontgomery, windowsOf } from '../../circuits/lib/fixed-base-windows.ts'
import { marginStatement, marginSufficiency, marginWitness } from '../../circuits/margin-sufficiency/index.ts'
import { exposureStatement, exposureWitness, portfolioExposure } from '../../circuits/portfolio-exposure/index.ts'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { type Account, ownerCommitment } from '../../protocol/account.ts'
import { packHand } from '../../protocol/book.ts'
import { scenarioProfits } from '../../protocol/exposure.ts'
import { type Message, packMessage } from '../../protocol/message.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { TOP_LEVELS } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { packSlot } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { childrenBelowTop, Tree } from '../../protocol/tree.ts'
import { extremeUpdates, updateInput } from './account-update.ts'
import { busyBatch, carriedBatch, crowdedBatch, firstBatch, quietBatch, sellersBatch } from './busy-batches.ts'
import { CASH_VENUE, cashInput } from './cash.ts'
import { CASH_BATCHES, crowdedInput, KEPT_MARKETS, unreadInput } from './cash-batches.ts'
import { DELEVERAGE_CIRCUIT, DELEVERAGINGS, deleverageInputs } from './deleverage.ts'
import { marginRuleInput } from './margin-rule.ts'
import { LATER, makeAccount, makeState, SMALL } from './model.ts'
import {
  cancelAllBatch,
  cancelAllGoesOnBatch,
  closingOnlyBatch,
  exhaustedBatch,
  fiveStepBatch,
  fullBatch,
  ownEvictionBatch,
  pausedBatch,
  refusalsBatch,
} from './odd-batches.ts'
import { dataWords, publicDataInput, signalsFor } from './public-data.ts'
import { signatureInput, signWith, timesBase } from './raw-signature.ts'
import { RISK_CIRCUIT, RISK_UPDATES, riskInput } from './risk.ts'
import { RISK_GADGET_INPUTS } from './risk-gadgets.ts'
import {
  crowdedTakeover,
  ODD_TAKEOVERS,
  TAKEOVER_CIRCUIT,
  TAKEOVERS,
  takeoverInputs,
  unreadTakeover,
} from './takeover.ts'
import { feeTable, MARKET } from './venue.ts'

const SECRET = 4_321n

const BATCHES: readonly (() => TradeBatch)[] = [
  busyBatch,
  sellersBatch,
  crowdedBatch,
  quietBatch,
  firstBatch,
  carriedBatch,
  exhaustedBatch,
  pausedBatch,
  ownEvictionBatch,
  () => fullBatch(true),
  () => fullBatch(false),
  refusalsBatch,
  fiveStepBatch,
  closingOnlyBatch,
  cancelAllBatch,
  cancelAllGoesOnBatch,
]

const LONG = { 1: { size: 3n, fundingIndex: 7n } }
/** Accounts that pay a debt with a part of their other collateral, or with all of it, that are owed, and that need no prices. */
const LEAVING: readonly (readonly [Account, RiskTable | undefined])[] = [
  [makeAccount(SMALL, { cash: -5_000n, others: [9_000n], positions: LONG }), feeTable()],
  [makeAccount(SMALL, { cash: -5_000_000n, others: [9n], positions: LONG }), feeTable()],
  [makeAccount(SMALL, { cash: 5_000n, others: [9n], positions: { 0: { size: 2n }, 3: { size: -1n } } }), feeTable()],
  [makeAccount(SMALL, { cash: 7n, others: [8n] }), undefined],
]

/** Honest inputs of every circuit that tests of single templates compile, and of the product's: what attacks start from. */
export const HONEST_INPUTS: Readonly<Record<string, readonly (() => CircuitInput)[]>> = {
  'RangeProbe-48': [
    () => ({ bit: 1n, bits: 12_345n, widest: 1n << 252n, signed: 77n }),
    () => ({ bit: 0n, bits: 0n, widest: 0n, signed: FIELD - 77n }),
  ],
  'CompareProbe-40-41': [() => ({ a: 5n, b: 9n }), () => ({ a: 9n, b: 9n }), () => ({ a: 9n, b: 5n })],
  LogicProbe: [() => ({ a: 1n, b: 0n }), () => ({ a: 1n, b: 1n })],
  'SelectProbe-4': [
    () => ({ index: 2n, enabled: 1n, values: [10n, 20n, 40n, 80n] }),
    () => ({ index: 0n, enabled: 0n, values: [10n, 20n, 40n, 80n] }),
  ],
  'WithinProbe-1-4': [() => ({ in: 1n }), () => ({ in: 3n })],
  'WithinProbe-3-1048576': [() => ({ in: 3n }), () => ({ in: 1_000_000n })],
  'DivideProbe-10000-66': [() => ({ in: 123_456_789n }), () => ({ in: 20_000n })],
  'QuotientProbe-40-20': [() => ({ in: 123_456_789n, divisor: 1_000n }), () => ({ in: 0n, divisor: 1n })],
  'HashProbe-5': [
    () => ({ one: words(1), sixteen: words(16), seventeen: words(17), thirtyThree: words(33), fortySeven: words(47) }),
  ],
  'PublicDataProbe-19': [1n, 2n].map((seed) => () => honestData(dataWords(seed))),
  FixedBaseProbe: [7n, 8n].map((scalar) => () => ({ window: windowsOf(scalar) })),
  TimesChallengeProbe: [FIELD / 2n, FIELD / 3n].map((h) => () => ({ h, key: toMontgomery(timesBase(5n)) })),
  SignatureProbe: [1n, 1n, 0n].map((enabled, i) => () => signatureInput(signWith(2n, 3n, BigInt(i)), enabled)),
  'MerkleProbe-2': [() => merkle(5, 'leaf'), () => merkle(10, 'leaf')],
  'MerkleUpdateProbe-2': [() => merkle(5, 'oldLeaf'), () => merkle(10, 'oldLeaf')],
  'SharedTopProbe-3': [1n, 0n].map((enabled) => () => underTop(37, enabled)),
  WordsProbe: (['order', 'cancel', 'cancel-all'] as const).map((kind) => () => packed(kind)),
  EncryptUpdateProbe: [1n, 0n].map((enabled) => () => updateInput(extremeUpdates()['the most of all']!, { enabled })),
  CheckLoadProbe: [
    () => ({
      load: 1n,
      sell: 1n,
      orderSize: 9n,
      reduceOnly: 1n,
      size: 5n,
      openBuy: 2n,
      openSell: 3n,
      ...{ maxPosition: 100n, postOnly: 0n, openInterest: 7n, maxOpenInterest: 9n },
    }),
    () => ({
      load: 1n,
      sell: 0n,
      orderSize: 9n,
      reduceOnly: 1n,
      size: 5n,
      openBuy: 2n,
      openSell: 3n,
      ...{ maxPosition: 100n, postOnly: 0n, openInterest: 7n, maxOpenInterest: 9n },
    }),
    () => ({
      load: 0n,
      sell: 0n,
      orderSize: 9n,
      reduceOnly: 0n,
      size: 5n,
      openBuy: 2n,
      openSell: 3n,
      ...{ maxPosition: 15n, postOnly: 1n, openInterest: 7n, maxOpenInterest: 20n },
    }),
  ],
  'ReplaceProbe-8': [() => replacement(2n), () => replacement(7n)],
  'LightDigestsProbe-8': [
    () => ({ market: 2n, digests: [5n, 6n], oldDigest: 5n, newDigest: 7n }),
    () => ({ market: 7n, digests: [5n, 6n], oldDigest: 6n, newDigest: 9n }),
  ],
  'MarginRuleProbe-4-2-8': [busyBatch, sellersBatch].map((batch) => () => marginRule(batch())),
  PayProbe: [
    () => ({ lots: 10n, unit: 300n, debt: 901n, sold: 4n, covers: 1n }),
    () => ({ lots: 3n, unit: 300n, debt: 901n, sold: 3n, covers: 0n }),
    () => ({ lots: 3n, unit: 0n, debt: 0n, sold: 0n, covers: 1n }),
  ],
  ...RISK_GADGET_INPUTS,
  'trade-batch': BATCHES.map((make) => () => tradeBatchInput(make())),
  'margin-sufficiency': [() => sufficiency(1), () => sufficiency(3)],
  'portfolio-exposure': [() => exposure(1, 0n), () => exposure(3, 1_000n)],
  [`cash-batch-${CASH_VENUE.name}`]: [
    ...CASH_BATCHES.map((make) => () => cashInput(make())),
    unreadInput,
    ...KEPT_MARKETS.map((make) => () => cashInput(make())),
    crowdedInput,
  ],
  [RISK_CIRCUIT.name]: RISK_UPDATES.map((make) => () => riskInput(make())),
  [DELEVERAGE_CIRCUIT.name]: DELEVERAGINGS.map((make) => () => deleverageInputs(make())),
  [TAKEOVER_CIRCUIT.name]: [
    ...TAKEOVERS.map((make) => () => takeoverInputs(make())),
    crowdedTakeover,
    ...ODD_TAKEOVERS.map((make) => () => takeoverInputs(make())),
    unreadTakeover,
  ],
  exit: LEAVING.map(
    ([account, table]) =>
      () =>
        leaving(account, table),
  ),
}

/** The inputs of trade-batch for a batch. */
export function tradeBatchInput(batch: TradeBatch): CircuitInput {
  return tradeBatch.buildInput(tradeBatchStatement(batch), batch, 'small')
}

function words(n: number): bigint[] {
  return Array.from({ length: n }, (_, i) => 1_000n + BigInt(i))
}

function honestData(list: readonly bigint[]): CircuitInput {
  return publicDataInput(list, signalsFor(list, list))
}

function merkle(index: number, leaf: 'leaf' | 'oldLeaf'): CircuitInput {
  let tree = new Tree<{ digest: bigint }>(2, ({ digest }) => digest)
  for (let i = 0; i < tree.capacity; i++) tree = tree.set(i, { digest: 100n + BigInt(i) })
  return { index: BigInt(index), [leaf]: 100n + BigInt(index), newLeaf: 7n, children: tree.path(index).children }
}

function underTop(index: number, enabled: bigint): CircuitInput {
  let tree = new Tree<{ digest: bigint }>(3, ({ digest }) => digest)
  for (let i = 0; i < tree.capacity; i++) tree = tree.set(i, { digest: 100n + BigInt(i) })
  const children = childrenBelowTop(tree.path(index).children)
  const leaves = { oldLeaf: 100n + BigInt(index), newLeaf: 7n }
  return { enabled, index: BigInt(index), ...leaves, children, nodes: tree.row(TOP_LEVELS) }
}

function packed(kind: Message['kind']): CircuitInput {
  const head = { market: 3, account: 9, side: 'sell', price: 1_000n, nonce: 5n } as const
  const terms = { size: 77n, timeInForce: 'IOC', reduceOnly: true, expiry: LATER } as const
  return {
    slot: packSlot({ priority: 1n, sequence: 2n, account: 3, expiry: 4n, size: 5n }),
    hand: packHand({ account: 9, side: 'sell', price: 1_000n, remaining: 5n, ...terms }),
    message: packMessage(
      kind === 'order'
        ? { kind, ...head, ...terms }
        : kind === 'cancel'
          ? { kind, ...head, sequence: 4n }
          : { kind, market: 3, account: 9, side: 'both', nonce: 5n },
    ),
    market: 3n,
  }
}

function replacement(market: bigint): CircuitInput {
  return { market, words: Array.from({ length: 8 }, (_, m) => words(4 + m).slice(m)), newWords: [1n, 2n, 3n, 4n] }
}

function marginRule({ touched, context }: ReturnType<typeof busyBatch>): CircuitInput {
  const { before, after } = touched[0]!
  const margin = { table: context.riskTable, market: MARKET, leavesOrder: false }
  return marginRuleInput(before, after, margin, 0n, { closing: 0n, scenario: 0n })
}

/** The state after a busy batch, in which an account is the owner's. */
function ownedState(index: number): State {
  const { after } = busyBatch()
  const account = { ...after.accounts.get(index)!, ownerCommitment: ownerCommitment(SECRET) }
  return { ...after, accounts: after.accounts.set(index, account) }
}

/** The exposure of an account, by bounds so far from what it wins. */
function exposure(index: number, margin: bigint): CircuitInput {
  const state = ownedState(index)
  const witness = exposureWitness(state, index, SECRET, feeTable())
  const profits = scenarioProfits(witness.account, witness.riskTable)
  const [low, high] = [-margin, margin].map((by) => profits.map((profit) => profit + by))
  const terms = { domain: 77n, context: 99n, memo: 98n, low: low!, high: high! }
  return portfolioExposure.buildInput(exposureStatement(state, witness, terms), witness, 'small')
}

function sufficiency(index: number): CircuitInput {
  const state = ownedState(index)
  const witness = marginWitness(state, index, SECRET, feeTable())
  const statement = marginStatement(state, witness, { domain: 77n, ratioBps: 12_345n, context: 99n })
  return marginSufficiency.buildInput(statement, witness, 'small')
}

/** The exit of an account, at a table or without one. */
function leaving(account: Account, table: RiskTable | undefined): CircuitInput {
  const state = makeState(SMALL, { 2: account })
  const witness = exitWitness(state, 2, table)
  return exit.buildInput(exitStatement(state, 2, witness, { domain: 77n }), witness, 'small')
}
