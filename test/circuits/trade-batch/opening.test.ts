import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, type Forgery, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { feeTable, MARKET, Venue } from '../../../lab/instances/venue.ts'
import { batchHeadOf } from '../../../protocol/batch-words.ts'
import { packHand } from '../../../protocol/book.ts'
import { FIELD, toField } from '../../../protocol/numbers.ts'
import { hashRiskTable, riskTableWords } from '../../../protocol/risk-table.ts'
import { EMPTY_SLOT } from '../../../protocol/slot.ts'
import { stateRoot } from '../../../protocol/state.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

const { refuses, attempt } = await dishonestProver()

/** Account 1 rests a bid below one of account 2 and above one of account 3. */
function batchOf(): TradeBatch {
  const venue = new Venue()
  venue.rest([venue.buy(2, 990n, 5n), venue.buy(3, 970n, 5n), venue.sell(2, 1010n, 5n)])
  return venue.batch([venue.buy(1, 980n, 5n)])
}

const BOOK_PATH = /main\.books\.path|main\.books\.children|main\.books\.oldNodes/

suite('protocol.md#rule-roots: what is opened', () => {
  test('refuses a book that is not in the old state', () => {
    const batch = batchOf()
    const book = batch.before.books.get(MARKET)!
    refuses(batch, { forge: { asks: put(0, EMPTY_SLOT) } }, BOOK_PATH)
    refuses(batch, { forge: { bids: put(0, book.bids[0]! - 1n) } }, BOOK_PATH)
    refuses(batch, { forge: { nextSequence: 7n } }, BOOK_PATH)
    refuses(batch, { forge: { fees: 1000n } }, BOOK_PATH)
    refuses(batch, { forge: { messageChain: 5n } }, BOOK_PATH)
  })

  test('refuses an order in hand that the book does not carry', () => {
    const batch = batchOf()
    const hand = packHand({
      account: 1,
      side: 'buy',
      price: 980n,
      remaining: 5n,
      timeInForce: 'GTC',
      reduceOnly: false,
      expiry: 1n << 39n,
    })
    const { broken, signal } = attempt(batch, { forge: { hand } })
    assert.equal(signal('main.step[0].load.inHand'), 1n)
    assert.ok(
      broken.some((signals) => BOOK_PATH.test(signals)),
      broken.join('\n'),
    )
  })

  test('says that it begins from another root where the book has a path of its own', () => {
    const batch = batchOf()
    const book = batch.before.books.get(MARKET)!
    const other = batch.before.books.set(MARKET, { ...book, fees: 1000n })
    const { broken, words } = attempt(batch, { forge: { fees: 1000n, bookChildren: other.path(MARKET).children } })
    assert.deepEqual(broken, [])
    assert.equal(batchHeadOf(words).oldStateRoot, stateRoot({ ...batch.before, books: other }))
  })

  test('refuses another node at the top of the tree of accounts', () => {
    refuses(batchOf(), { forge: { accountNodes: put(0, 1n) } }, 'main.update[0].write.path.node')
  })

  test('refuses a new book that is not what the steps left', () => {
    const batch = batchOf()
    const lie = (signal: string, value: bigint) => [{ signal: `TradeBatch.newBook.${signal}`, value }]
    refuses(batch, { lies: lie('nextSequence', 3n) }, 'main.newBook.nextSequence')
    refuses(batch, { lies: lie('messageChain', 0n) }, 'main.newBook.messageChain')
    refuses(batch, { lies: lie('hand', 1n) }, 'main.newBook.hand')
  })

  test('refuses cash and counts of touched accounts that do not begin at 0', () => {
    const batch = batchOf()
    for (const [name, value] of [
      ['cashChange', 1_000_000n],
      ['touches', FIELD - 2n],
      ['orders', FIELD - 1n],
      ['rests', FIELD - 1n],
    ] as const) {
      refuses(
        batch,
        { lies: [{ signal: `TradeBatch.touched[0].${name}`, element: 0, value }] },
        `main.touched[0].${name}[0]`,
      )
    }
  })

  test('refuses a window in which a slot that was not at work moved', () => {
    const batch = batchOf()
    const { bids } = batch.before.books.get(MARKET)!
    const moved = (element: number, value: bigint) => [{ signal: 'ShiftWindow.newSlots', element, value }]
    refuses(batch, { lies: moved(0, bids[0]! - 1n) }, 'main.step[0].place.shift.newSlots[0]')
    refuses(batch, { lies: moved(2, EMPTY_SLOT) }, 'main.step[0].place.shift.newSlots[2]')
    const asks = [{ signal: 'TurnWindows.second', element: 0, value: EMPTY_SLOT }]
    refuses(batch, { lies: asks }, 'main.step[0].place.turn.second[0]')
  })
})

suite('protocol.md#rule-roots: the statement', () => {
  test('refuses a risk table that riskRoot does not commit to', () => {
    const batch = batchOf()
    const cheap = feeTable({ takerFeeBps: 0n })
    const forge: Forgery = { riskWords: riskTableWords(cheap).map(toField) }
    refuses(batch, { forge }, 'main.riskRoot')
    const honest = attempt(batch)
    assert.deepEqual(honest.broken, [])
    refuses(batch, { forge: { riskRoot: hashRiskTable(cheap) } }, 'main.riskRoot')
  })

  test('refuses timestamps of 2^40 and more', () => {
    const batch = batchOf()
    for (const timestamp of [1n << 40n, (1n << 40n) + batch.context.timestamp, FIELD - 1n]) {
      const { broken } = attempt(batch, { forge: { timestamp } })
      assert.ok(
        broken.some((signals) => /main\.AssertBits_\d+_\d+\.Num2Bits/.test(signals)),
        broken.join('\n'),
      )
    }
  })

  test('refuses a market that does not exist, or another one', () => {
    const batch = batchOf()
    for (const market of [4n, FIELD - 1n]) {
      const { broken } = attempt(batch, { forge: { market } })
      assert.ok(
        broken.some((signals) => /main\.OneHot_\d+_\d+\.index/.test(signals)),
        broken.join('\n'),
      )
    }
    const { broken } = attempt(batch, { forge: { market: BigInt(MARKET + 1) } })
    assert.ok(broken.some((signals) => signals.split(' ').includes('main.admit[0].unpack.messageMarket.out')))
  })
})

suite('selectors', () => {
  const wild = [2n, 9n, FIELD - 1n, 0x1234567890abcdef1234567890abcdefn]

  test('refuses hints of idle steps that are not 0', () => {
    const batch = batchOf()
    for (const value of [1n, ...wild]) {
      refuses(batch, { forge: { actor: put(5, value) } }, /main\.step\[5\]\.load\.OneHot/)
    }
    // where no slot of the book is worked on, some account slot is named, and nothing comes of it
    for (const value of [1n, 2n]) assert.deepEqual(attempt(batch, { forge: { victim: put(5, value) } }).broken, [])
    for (const value of wild.slice(1)) refuses(batch, { forge: { victim: put(5, value) } }, /main\.step\[5\]\.OneHot/)
    for (const value of [1n, 8n]) refuses(batch, { forge: { place: put(5, value) } }, 'main.step[5].place.place[0]')
    refuses(batch, { forge: { place: put(5, 9n) } }, [/main\.step\[5\]\.place\.OneHot/, 'main.step[5].place.place[0]'])
  })

  test('refuses a signer for a signature slot that is not used', () => {
    const batch = batchOf()
    for (const value of [1n, ...wild]) refuses(batch, { forge: { signer: put(3, value) } }, /main\.sign\[3\]\.OneHot/)
  })

  test('refuses signer, actor, victim and place where no slot stands', () => {
    const batch = batchOf()
    for (const value of [9n, 10n, FIELD - 1n]) {
      for (const [name, pattern] of [
        ['signer', /main\.sign\[0\]\.OneHot\S*\.index/],
        ['actor', /main\.step\[0\]\.load\.OneHot\S*\.index/],
        ['place', /main\.step\[0\]\.place\.OneHot\S*\.index/],
      ] as const) {
        const { broken } = attempt(batch, { forge: { [name]: put(0, value) } })
        assert.ok(
          broken.some((signals) => pattern.test(signals)),
          `${name} ${value}: ${broken.join('\n')}`,
        )
      }
    }
  })

  test('refuses bits that are not 0 or 1, of accounts too that no rule asks about', () => {
    const batch = batchOf()
    for (const value of wild) {
      refuses(batch, { forge: { closing: put(2, value) } }, /main\.closingBit\[2\]/)
      refuses(batch, { forge: { wasLarge: put(2, value) } }, /main\.wasLargeBit\[2\]/)
      if (value >= 8n) refuses(batch, { forge: { scenario: put(2, value) } }, /main\.margin\[2\]\.(OneHot|scenario)/)
      const { broken } = attempt(batch, { forge: { idle: put(5, value) } })
      assert.ok(
        broken.some((signals) => /main\.idleBit\[5\]/.test(signals)),
        broken.join('\n'),
      )
    }
  })
})
