import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { SMALL } from '../../lab/instances/model.ts'
import { hashAccount } from '../../protocol/account.ts'
import { unpackCashData } from '../../protocol/cash-batch/words.ts'
import { exitClaim } from '../../protocol/exit.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { portfolioOf } from '../../protocol/portfolio.ts'
import type { RecoveryCheckpoint } from '../../protocol/recovery/checkpoint.ts'
import {
  type PublishedBatch,
  Recovery,
  type RecoveryFault,
  type RecoveryOptions,
} from '../../protocol/recovery/recovery.ts'
import { marketsRoot as marketsRootOf, stateRoot } from '../../protocol/state.ts'
import { ACCOUNTS, CASH_DOMAIN, CashVenue, viewKeyOf } from '../support/cash-venue.ts'

const optionsOf = (index?: number, viewKey = index === undefined ? 0n : viewKeyOf(index)): RecoveryOptions => ({
  ...{ shape: SMALL, domain: CASH_DOMAIN },
  account: index === undefined ? undefined : { index, viewKey },
})

const recoveryOf = (index?: number, viewKey?: bigint) => new Recovery(optionsOf(index, viewKey))

/** A venue after that many batches of all kinds in random order, and what they published. */
function run(seed: bigint, batches: number) {
  const venue = new CashVenue(seed)
  venue.reprice()
  while (venue.published.length < batches) venue.step()
  return { venue, batches: venue.published.slice(0, batches).map((publish) => publish()) }
}

suite('recovery from what batches publish', () => {
  let venue: CashVenue
  let batches: PublishedBatch[]
  before(() => {
    ;({ venue, batches } = run(1n, 200))
  })

  test('rebuilds every account after 200 batches in random order, and what opens it in the state root', () => {
    for (const [seed, accounts] of [
      [1n, Array.from({ length: ACCOUNTS }, (_, index) => index)],
      [2n, [0, 3]],
    ] as const) {
      const { venue, batches } = run(seed, 200)
      assert.equal(new Set(batches.map(({ circuit }) => circuit)).size, 2)
      for (const index of accounts) {
        const recovery = recoveryOf(index)
        for (const batch of batches) recovery.take(batch)
        const { account, children, accountsRoot, marketsRoot, stateRoot: root } = recovery.recovered()
        assert.deepEqual(account, venue.state.accounts.get(index))
        assert.deepEqual(children, venue.state.accounts.path(index).children)
        assert.deepEqual([accountsRoot, marketsRoot], [venue.state.accounts.root, marketsRootOf(venue.state)])
        assert.equal(root, stateRoot(venue.state))
        assert.deepEqual(exitClaim(account, venue.table), exitClaim(venue.state.accounts.get(index)!, venue.table))
      }
    }
  })

  test('follows the account batch by batch: it never holds what the state does not open to', () => {
    const recovery = recoveryOf(2)
    for (const [i, batch] of batches.entries()) {
      recovery.take(batch)
      assert.equal(recovery.batches, i + 1)
      if (i < 8) continue // accounts 0 and 1 come first, with four batches each
      const { account, children } = recovery.recovered()
      assert.ok(children[0]!.includes(hashAccount(account)))
    }
  })

  test('takes many batches at once as one by one, and names the first that is wrong as it does', () => {
    const [single, many] = [recoveryOf(2), recoveryOf(2)]
    for (const batch of batches) single.take(batch)
    for (let i = 0; i < batches.length; i += 37) many.takeAll(batches.slice(i, i + 37))
    many.takeAll([])
    assert.deepEqual(many.recovered(), single.recovered())
    assert.equal(many.riskRoot, single.riskRoot)
    assert.equal(many.riskRoot, batches.at(-1)!.words[2])
    // The fourth batch is the last one of account 0 among the first eight.
    const corrupt = { ...batches[3]!, words: batches[3]!.words.with(10, 1n) }
    for (const [list, wrong, reason] of [
      [batches.slice(0, 8).with(3, corrupt), 3, 'CORRUPT'],
      [batches.toSpliced(60, 1), 60, 'OUT_OF_ORDER'],
      [[{ ...batches[0]!, words: [] }], 0, 'MALFORMED'],
    ] as const) {
      const recovery = recoveryOf(2)
      const details = { reason, batch: wrong + 1 }
      assert.throws(() => recovery.takeAll(list), { code: 'INPUT_INVALID', path: `batches[${wrong}]`, details })
      assert.equal(recovery.batches, wrong)
      recovery.takeAll(batches.slice(wrong))
      assert.equal(recovery.stateRoot, single.stateRoot)
    }
  })

  test('goes on from a checkpoint as if there had been none', () => {
    const whole = recoveryOf(2)
    whole.takeAll(batches)
    for (const place of [0, 1, 9, 100, batches.length]) {
      const first = recoveryOf(2)
      first.takeAll(batches.slice(0, place))
      const next = new Recovery(optionsOf(2), first.checkpoint())
      assert.deepEqual([next.batches, next.stateRoot, next.riskRoot], [place, first.stateRoot, first.riskRoot])
      next.takeAll(batches.slice(place))
      assert.deepEqual(next.recovered(), whole.recovered())
      assert.deepEqual(next.checkpoint(), whole.checkpoint())
    }
  })

  test('refuses a checkpoint that contradicts itself, or is of another account or key', () => {
    const recovery = recoveryOf(2)
    recovery.takeAll(batches)
    const checkpoint = recovery.checkpoint()
    const { leaves, account } = checkpoint
    const room = 4 ** SMALL.accountLevels
    const refused = (changes: Partial<RecoveryCheckpoint>, path: string, options = optionsOf(2)) =>
      assert.throws(() => new Recovery(options, { ...checkpoint, ...changes }), {
        code: 'INPUT_INVALID',
        path: `checkpoint.${path}`,
      })
    refused({ stateRoot: 1n }, 'stateRoot')
    refused({ marketsRoot: 1n }, 'stateRoot')
    refused({ leaves: leaves.with(3, 5n) }, 'stateRoot')
    refused({ leaves: leaves.slice(1) }, 'stateRoot')
    refused({ leaves: new Array(room + 1).fill(1n) }, 'leaves')
    refused({ leaves: leaves.with(3, FIELD) }, 'leaves[3]')
    refused({ account: { ...account!, nonce: 99n } }, 'account')
    refused({ account: undefined }, 'account')
    refused({}, 'account', optionsOf(1))
    refused({}, 'account', { ...optionsOf(2), account: { index: 2, viewKey: 7n } })
    // The tree alone is anybody's.
    assert.equal(new Recovery(optionsOf(), checkpoint).stateRoot, recovery.stateRoot)
  })

  test('follows flags and cures, and says that what a flag publishes is not what its account holds', () => {
    const { batches } = run(5n, 300)
    const kindsAt = ({ circuit, words }: PublishedBatch) =>
      circuit === 'cash-batch' ? unpackCashData(words).slots.map(({ kind, account, b }) => ({ kind, account, b })) : []
    const flags = batches.findIndex((batch) => kindsAt(batch)[0]?.kind === 'FLAG')
    const all = batches.flatMap(kindsAt)
    for (const curing of ['DEPOSIT', 'CURE'] as const) assert.ok(all.some(({ kind, b }) => kind === curing && b === 1n))
    const { account } = kindsAt(batches[flags]!)[0]!
    const recovery = recoveryOf(account)
    for (const batch of batches.slice(0, flags + 1)) recovery.take(batch)
    const { portfolio, timestamp } = unpackCashData(batches[flags]!.words)
    const held = recovery.recovered().account
    assert.equal(held.flaggedAt, timestamp)
    assert.deepEqual(portfolio, portfolioOf(held))
    const place = 6 + 5 * 2 // of the first word of the portfolio, behind two slots
    const { words } = batches[flags]!
    const other = { ...batches[flags]!, words: words.with(place, words[place]! + 1n) }
    refuses([...batches.slice(0, flags), other], flags, 'ACCOUNT', recoveryOf(account))
  })

  test('needs no view key for the tree', () => {
    const recovery = recoveryOf()
    for (const batch of batches) recovery.take(batch)
    assert.equal(recovery.stateRoot, stateRoot(venue.state))
    assert.throws(() => recovery.recovered(), { code: 'INPUT_INVALID', message: /no account is followed/ })
    assert.throws(() => recoveryOf(9).recovered(), { message: /no batch so far registered account 9/ })
  })

  /** Takes the batches; the one at that place is refused for that fault, and those before it stay. */
  function refuses(list: readonly PublishedBatch[], place: number, reason: RecoveryFault, recovery = recoveryOf(1)) {
    for (const batch of list.slice(0, place)) recovery.take(batch)
    const root = recovery.stateRoot
    assert.throws(() => recovery.take(list[place]!), {
      code: 'INPUT_INVALID',
      path: `batches[${place}]`,
      details: { reason, batch: place + 1 },
    })
    assert.deepEqual([recovery.stateRoot, recovery.batches], [root, place])
  }

  test('says that a batch is missing, comes twice or in another order', () => {
    refuses([...batches.slice(0, 50), ...batches.slice(51)], 50, 'OUT_OF_ORDER')
    refuses([...batches.slice(0, 50), batches[49]!], 50, 'OUT_OF_ORDER')
    refuses([...batches.slice(0, 50), batches[51]!, batches[50]!], 50, 'OUT_OF_ORDER')
    refuses(batches.slice(1), 0, 'OUT_OF_ORDER')
  })

  test('says that a batch is another venue’s, also one that starts from the same root', () => {
    const [first, ...rest] = batches
    refuses([{ ...first!, words: first!.words.with(0, 2n) }, ...rest], 0, 'FOREIGN')
  })

  test('says that a batch is corrupt, whichever of its words that tell something is another', () => {
    const deposit = 2
    const trade = batches.findIndex(({ circuit }) => circuit === 'trade-batch')
    const [entry] = batches[trade]!.words.slice(7)
    // The contract compares time, risk root and closingOnly with its own; the circuit makes what a slot does not need 0, such as what is
    // available to a deposit, the lowest part of word 7.
    for (const [place, index, untold] of [
      [deposit, 0, [1, 2, 7, 8, 9, 11, 12, 13, 14, 15]],
      [trade, (Number(entry! % (1n << 25n)) - 1) / 2, [1, 2, 6]],
    ] as const) {
      const batch = batches[place]!
      const taken = batch.words.flatMap((word, i) => {
        const recovery = recoveryOf(index)
        for (const one of batches.slice(0, place)) recovery.take(one)
        try {
          recovery.take({ ...batch, words: batch.words.with(i, (word + 1n) % FIELD) })
          return [i]
        } catch (error) {
          assert.equal((error as { code: string }).code, 'INPUT_INVALID')
          return []
        }
      })
      assert.deepEqual(taken, untold)
    }
    const more = batches[deposit]!.words.with(7, batches[deposit]!.words[7]! + (1n << 160n))
    refuses([...batches.slice(0, deposit), { circuit: 'cash-batch', words: more }], deposit, 'ACCOUNT', recoveryOf(0))
  })

  test('says that words are no batch’s, or of another circuit', () => {
    const [first, ...rest] = batches
    refuses([{ ...first!, words: first!.words.slice(1) }, ...rest], 0, 'MALFORMED')
    refuses([{ ...first!, circuit: 'trade-batch' }, ...rest], 0, 'MALFORMED')
    refuses([{ ...first!, words: first!.words.with(6, FIELD) }, ...rest], 0, 'MALFORMED')
    for (const other of [null, undefined, 5, {}, { ...first!, circuit: 'exit' }, { ...first!, circuit: '__proto__' }]) {
      refuses([other as unknown as PublishedBatch, ...rest], 0, 'MALFORMED')
    }
    for (const words of [undefined, null, 'words', [undefined], [...first!.words.slice(1), '5']]) {
      refuses([{ ...first!, words: words as unknown as bigint[] }, ...rest], 0, 'MALFORMED')
    }
  })

  test('says that words name an asset or a market that the venue does not have', () => {
    const deposit = 2
    const sweep = batches.findIndex(({ circuit, words }) => circuit === 'cash-batch' && words.at(-2) !== 0n)
    const inAsset = (asset: bigint) => batches[deposit]!.words.with(6, batches[deposit]!.words[6]! + asset)
    const inMarket = (market: bigint) => batches[sweep]!.words.with(-2, (1n << 88n) | (market << 80n))
    for (const [place, words] of [
      [deposit, inAsset(2n)],
      [deposit, inAsset(255n)],
      [sweep, inMarket(BigInt(SMALL.markets))],
      [sweep, inMarket(255n)],
    ] as const) {
      for (const recovery of [recoveryOf(0), recoveryOf()]) {
        refuses([...batches.slice(0, place), { circuit: 'cash-batch', words }], place, 'MALFORMED', recovery)
      }
    }
  })

  test('refuses to follow an account that cannot be, or with what is no view key', () => {
    for (const index of [-1, 1.5, 4 ** SMALL.accountLevels, '1' as never]) {
      assert.throws(() => recoveryOf(index, 7n), { code: 'INPUT_INVALID', path: 'account.index' })
    }
    for (const viewKey of [0n, -1n, FIELD, FIELD + 7n, '7' as never, 7 as never]) {
      assert.throws(() => recoveryOf(1, viewKey), { code: 'INPUT_INVALID', path: 'account.viewKey' })
    }
  })

  test('says that a view key is wrong as soon as the chain shows it', () => {
    const place = batches.findIndex(({ circuit }, i) => circuit === 'cash-batch' && i === 5)
    assert.equal(place, 5)
    refuses(batches, 5, 'VIEW_KEY', recoveryOf(1, 999n))
  })

  test('says that an account does not come out as published', () => {
    const place = batches.findIndex(({ circuit }) => circuit === 'trade-batch')
    const batch = batches[place]!
    const index = Number(batch.words[7]! >> 1n) % 2 ** 24
    const other = { ...batch, words: batch.words.with(9, (batch.words[9]! + 1n) % FIELD) }
    refuses([...batches.slice(0, place), other], place, 'ACCOUNT', recoveryOf(index))
  })
})
