import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { type Account, hashAccount, viewCommitment } from '../../../protocol/account.ts'
import { newcomer } from '../../../protocol/cash-batch/apply.ts'
import { packAmounts } from '../../../protocol/cash-batch/slot-words.ts'
import { type CashData, packCashData } from '../../../protocol/cash-batch/words.ts'
import { encryptUpdate } from '../../../protocol/encryption.ts'
import { poseidon } from '../../../protocol/hash.ts'
import type { PublishedBatch } from '../../../protocol/recovery/recovery.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { keyToRegister, tradingKey } from '../../../protocol/signature.ts'
import { emptyState, marketsRoot, stateRoot } from '../../../protocol/state.ts'
import { packTradeData } from '../../../protocol/trade-batch/words.ts'
import { Tree } from '../../../protocol/tree.ts'

export const SHAPE = venueShape('standard')
/** The account that is followed. */
export const OWN = 7
export const VIEW_KEY = 0x1234_5678_90ab_cdef_1234_5678_90ab_cdefn
const POINT = keyToRegister(tradingKey(new Uint8Array(32).fill(7)))

type Slot = CashData['slots'][number]
/** What a cash batch says besides its slots. */
const NOTHING_ELSE = {
  ...{ markets: SHAPE.markets, collaterals: SHAPE.collaterals },
  ...{ portfolio: undefined, sweep: undefined },
}
const PLAIN = { counterAccount: 0, asset: 0, a: 0n, b: 0n, c: 0n } as const

/**
 * What a venue of the standard profile publishes whose accounts register, set their view keys, deposit, and are then touched by
 * trade batches `trades` times each. Of one account everything is real; of the others a stranger sees hashes and ciphertexts, so
 * these are any numbers. Nothing is proved.
 */
export class PublishedVenue {
  #accounts = new Tree<{ readonly digest: bigint }>(SHAPE.accountLevels, ({ digest }) => digest)
  #own: Account | undefined
  #root = stateRoot(emptyState(SHAPE))
  #random = 1n
  readonly #marketsRoot = marketsRoot(emptyState(SHAPE))
  readonly #domain: bigint

  constructor(domain: bigint) {
    this.#domain = domain
  }

  get stateRoot(): bigint {
    return this.#root
  }

  *batches(accounts: number, trades: number): Generator<PublishedBatch> {
    const operations = ['REGISTER', 'VIEW', 'DEPOSIT'] as const
    const { slots } = CASH_BATCH_SIZES.standard
    const all = Array.from({ length: accounts }, (_, account) => operations.map((kind) => ({ kind, account }))).flat()
    for (let i = 0; i < all.length; i += slots) {
      yield this.#cash(all.slice(i, i + slots).map(({ kind, account }) => this.#slot(kind, account)))
    }
    const { accounts: touched } = TRADE_BATCH_SIZES.standard
    for (let i = 0; i + touched <= accounts * trades; i += touched) {
      const indices = Array.from({ length: touched }, (_, j) => (i + j) % accounts).sort((a, b) => a - b)
      yield this.#trade(indices)
    }
  }

  #slot(kind: 'REGISTER' | 'VIEW' | 'DEPOSIT', account: number): Slot {
    const lots = 1_000_000n
    const words = {
      REGISTER: { a: POINT.x, b: POINT.y, c: 5n },
      VIEW: { a: viewCommitment(VIEW_KEY) },
      DEPOSIT: { a: packAmounts({ requested: lots, paid: 0n, available: 0n }) },
    }[kind]
    if (account === OWN) {
      const before = this.#own ?? newcomer({ key: POINT, ownerCommitment: 5n }, SHAPE)
      const collateral = before.collateral.with(0, before.collateral[0]! + (kind === 'DEPOSIT' ? lots : 0n))
      this.#own = { ...before, collateral, viewKey: kind === 'VIEW' ? VIEW_KEY : before.viewKey }
    }
    return { ...PLAIN, ...words, kind, account, leaf: this.#write(account) }
  }

  #cash(used: readonly Slot[]): PublishedBatch {
    const unused: Slot = { ...PLAIN, kind: 'NONE', account: 0, leaf: 0n }
    const slots = [...used, ...new Array<Slot>(CASH_BATCH_SIZES.standard.slots - used.length).fill(unused)]
    return { circuit: 'cash-batch', words: packCashData({ ...this.#head(), slots, ...NOTHING_ELSE }) }
  }

  #trade(indices: readonly number[]): PublishedBatch {
    const accounts = indices.map((index) => {
      if (index !== OWN) return { index, leaf: this.#write(index), update: [this.#any(), this.#any()] as const }
      this.#own = { ...this.#own!, nonce: this.#own!.nonce + 1n }
      return { index, leaf: this.#write(index), update: encryptUpdate(VIEW_KEY, this.#own, 0) }
    })
    const { accounts: slots } = TRADE_BATCH_SIZES.standard
    return { circuit: 'trade-batch', words: packTradeData({ ...this.#head(), accounts, slots, closingOnly: false }) }
  }

  #write(index: number): bigint {
    const digest = index === OWN ? hashAccount(this.#own!) : this.#any()
    this.#accounts = this.#accounts.set(index, { digest })
    return digest
  }

  #head() {
    const oldStateRoot = this.#root
    this.#root = poseidon('STATE', [this.#accounts.root, this.#marketsRoot])
    const roots = { oldStateRoot, newStateRoot: this.#root, newMarketsRoot: this.#marketsRoot }
    return { domain: this.#domain, timestamp: 1_700_000_000n, riskRoot: 0n, ...roots }
  }

  /** Some field element, another one each time. */
  #any(): bigint {
    this.#random = (this.#random * 6364136223846793005n + 1442695040888963407n) % (1n << 250n)
    return this.#random
  }
}
