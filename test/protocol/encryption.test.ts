import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeAccount, NO_HASHES, SMALL, TIGHT } from '../../lab/instances/model.ts'
import { type Account, hashAccount } from '../../protocol/account.ts'
import { applyUpdate, packUpdate, updateOf } from '../../protocol/account-update.ts'
import { decryptUpdate, encryptUpdate } from '../../protocol/encryption.ts'
import { poseidonPair } from '../../protocol/hash.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { type State, stateRoot } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import {
  arbitraryAccount,
  arbitraryLivelyTable,
  arbitraryState,
  arbitraryUpdate,
  arbitraryWish,
  type Wish,
} from '../support/arbitraries.ts'
import { runStream } from '../support/run-stream.ts'

/** Accounts 1 and 4 have one owner, who gave them one view key; so have 2 and 5, 3 and 6. */
const viewKeyOf = (account: number) => 0x9e3779b97f4a7c15f39cc0605cedc834n + BigInt(account % 3)

const VIEW_KEY = viewKeyOf(1)
const refused = (path: string, reason?: string) => ({
  name: 'ZkclearError',
  code: 'INPUT_INVALID',
  path,
  details: reason === undefined ? {} : { reason },
})

const keystreamOf = (cipher: readonly bigint[], plain: readonly bigint[]) =>
  cipher.map((word, i) => (word - plain[i]! + FIELD) % FIELD).join()

describe('encryption of what a batch changed', () => {
  const accounts = fc.tuple(arbitraryAccount(SMALL), arbitraryUpdate, fc.nat(SMALL.markets - 1))

  it('is opened with the view key, whatever changed and in whichever market', () => {
    const opens = ([before, change, market]: [Account, ReturnType<typeof updateOf>, number]) => {
      const after = applyUpdate(before, { ...change, market })
      const words = encryptUpdate(VIEW_KEY, after, market)
      assert.ok(words.every((word) => word >= 0n && word < FIELD))
      assert.deepEqual(decryptUpdate(VIEW_KEY, before, hashAccount(after), words), { account: after, market })
    }
    fc.assert(fc.property(accounts, opens), { seed: 1, numRuns: 100 })
  })

  it('adds two words of one permutation of view key, new leaf and market to the packed update', () => {
    const account = makeAccount(SMALL, { cash: -5n, nonce: 3n, positions: { 1: { size: 7n } } })
    const [head, position] = packUpdate(updateOf(account, 1))
    const [first, second] = poseidonPair('ENCRYPT', [VIEW_KEY, hashAccount(account), 1n])
    assert.deepEqual(encryptUpdate(VIEW_KEY, account, 1), [(head + first) % FIELD, (position + second) % FIELD])
  })

  it('holds everything that a trade batch changes: the account before and the words give the account after', () => {
    const stream = [
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(arbitraryWish({ markets: 3 }), { minLength: 5, maxLength: 30 }),
    ] as const
    let opened = 0
    const rebuilds = (state: State, table: RiskTable, wishes: readonly Wish[]) => {
      for (const batch of runStream(state, wishes, table, { unchecked: NO_HASHES }).batches) {
        const { market } = batch.context
        for (const { index, before, after } of batch.touched) {
          const words = encryptUpdate(viewKeyOf(index), after, market)
          const decrypted = decryptUpdate(viewKeyOf(index), before, hashAccount(after), words)
          assert.deepEqual(decrypted, { account: after, market })
          opened++
        }
      }
    }
    fc.assert(fc.property(...stream, rebuilds), { seed: 2, numRuns: 40 })
    assert.ok(opened > 200, `${opened}`)
  })

  it('says whether the words do not open or an earlier change is missing', () => {
    const before = makeAccount(SMALL, { cash: 100n })
    const middle = { ...before, nonce: 1n, collateral: [90n, 0n] }
    const after = applyUpdate(middle, {
      ...updateOf(middle, 2),
      nonce: 2n,
      position: { ...middle.positions[2]!, size: 5n },
    })
    const leaf = hashAccount(after)
    const words = encryptUpdate(VIEW_KEY, after, 2)
    assert.deepEqual(decryptUpdate(VIEW_KEY, middle, leaf, words).account, after)
    const closed = refused('words', 'WORDS_DO_NOT_OPEN')
    assert.throws(() => decryptUpdate(VIEW_KEY + 1n, middle, leaf, words), closed)
    assert.throws(() => decryptUpdate(VIEW_KEY, middle, hashAccount(middle), words), closed)
    for (const i of [0, 1]) {
      for (const change of [1n, 1n << 100n, 1n << 240n]) {
        const changed = words.map((word, k) => (k === i ? (word + change) % FIELD : word)) as [bigint, bigint]
        const call = () => decryptUpdate(VIEW_KEY, middle, leaf, changed)
        assert.throws(call, (error: { details?: { reason?: string } }) => error.details?.reason !== undefined)
      }
    }
    assert.throws(() => decryptUpdate(VIEW_KEY, middle, leaf, [words[1], words[0]]), closed)
    // What else the account has is not in the words: another position must be right before.
    const elsewhere = { ...middle, positions: middle.positions.with(0, { ...middle.positions[0]!, size: 1n }) }
    assert.throws(() => decryptUpdate(VIEW_KEY, elsewhere, leaf, words), refused('account', 'LEAF_DIFFERS'))
  })

  it('refuses a view key of 0, which everybody has, and what is no field element', () => {
    const account = makeAccount(SMALL)
    const words = encryptUpdate(VIEW_KEY, account, 0)
    for (const key of [0n, -1n, FIELD, undefined, '5']) {
      assert.throws(() => encryptUpdate(key as bigint, account, 0), refused('viewKey'))
      assert.throws(() => decryptUpdate(key as bigint, account, 1n, words), refused('viewKey'))
    }
    assert.throws(() => decryptUpdate(VIEW_KEY, account, FIELD, words), refused('leaf'))
    assert.throws(() => decryptUpdate(VIEW_KEY, account, 1n, [FIELD, 0n]), refused('words[0]'))
    assert.throws(() => decryptUpdate(VIEW_KEY, account, 1n, [0n, -1n]), refused('words[1]'))
    for (const wrong of [null, undefined, 'ab', [], [1n], [1n, 2n, 3n]] as never[]) {
      assert.throws(() => decryptUpdate(VIEW_KEY, account, 1n, wrong), refused('words'))
    }
    assert.throws(() => decryptUpdate(VIEW_KEY, account, '1' as never, words), refused('leaf'))
    for (const market of [-1, SMALL.markets, 0.5]) {
      assert.throws(() => encryptUpdate(VIEW_KEY, account, market), refused('market'))
    }
  })

  /**
   * Batches with the same messages or others after each of them was given up, for which the chain's state went back. Calls
   * `publish` with what each batch publishes of each account.
   */
  function reorganise(publish: (batch: TradeBatch, index: number, fresh: Account) => void, numRuns: number): void {
    const wishes = fc.array(arbitraryWish({ markets: 2 }), { minLength: 3, maxLength: 9 })
    const scenario = [
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(fc.record({ wishes, returns: fc.nat(3), again: fc.boolean() }), { minLength: 2, maxLength: 5 }),
    ] as const
    const run = fc.property(...scenario, (state, table, parts) => {
      const history = [state]
      for (const { wishes, returns, again } of parts) {
        const from = history.at(-1)!
        const { batches } = runStream(from, wishes, table, { unchecked: NO_HASHES })
        const repeated = again ? runStream(from, wishes, table, { unchecked: NO_HASHES }).batches : []
        for (const batch of [...batches, ...repeated]) {
          for (const { index, after } of batch.touched) publish(batch, index, after)
        }
        history.push(...batches.map(({ after }) => after))
        // The last batches are reverted; what comes next is proved from where the state was before them.
        history.length = Math.max(1, history.length - returns)
      }
    })
    fc.assert(run, { seed: 3, numRuns })
  }

  it('is no two-time pad: one keystream never meets two plaintexts, over batches that revert and are proved again', () => {
    const plaintexts = new Map<string, string>()
    let again = 0
    reorganise((batch, index, fresh) => {
      const { market } = batch.context
      const plain = packUpdate(updateOf(fresh, market))
      const key = keystreamOf(encryptUpdate(viewKeyOf(index), fresh, market), plain)
      const known = plaintexts.get(key)
      if (known !== undefined) again++
      assert.ok(known === undefined || known === plain.join())
      plaintexts.set(key, plain.join())
    }, 25)
    assert.ok(plaintexts.size > 200 && again > 100, `${plaintexts.size} keystreams, ${again} of them again`)
  })

  it('would be one, if the keystream hung on the old state root instead of the new leaf', () => {
    const plaintexts = new Map<string, string>()
    let twice = 0
    reorganise((batch, index, fresh) => {
      const { market } = batch.context
      const plain = packUpdate(updateOf(fresh, market)).join()
      const root = stateRoot(batch.before)
      const key = poseidonPair('ENCRYPT', [viewKeyOf(index), root, BigInt(market)]).join()
      if (plaintexts.has(key) && plaintexts.get(key) !== plain) twice++
      plaintexts.set(key, plain)
    }, 10)
    assert.ok(twice > 10, `${twice}`)
  })

  it('of one account state in another market has another keystream, though its leaf is the same', () => {
    const account = makeAccount(SMALL, { cash: 5n })
    const keystreams = account.positions.map((_, market) =>
      keystreamOf(encryptUpdate(VIEW_KEY, account, market), packUpdate(updateOf(account, market))),
    )
    assert.equal(new Set(keystreams).size, SMALL.markets)
  })
})
