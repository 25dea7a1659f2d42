import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { TRADE_BATCH_KIND } from '../../../circuits/trade-batch/statement.ts'
import { dishonestProver } from '../../../lab/dishonesty/dishonest-prover.ts'
import { busyBatch, quietBatch } from '../../../lab/instances/busy-batches.ts'
import { closingOnlyBatch, fullBatch } from '../../../lab/instances/odd-batches.ts'
import { MARKET, Venue } from '../../../lab/instances/venue.ts'
import { decryptUpdate } from '../../../protocol/encryption.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { dataChallenge, dataCommitment, dataValue, publicData } from '../../../protocol/public-data.ts'
import { packTradeData, tradeData, unpackTradeData } from '../../../protocol/trade-batch/words.ts'

const { refuses, attempt } = await dishonestProver()

/** Accounts 1 and 2 of four slots. */
function pair() {
  const venue = new Venue()
  venue.rest([venue.sell(2, 1000n, 5n)])
  return venue.batch([venue.buy(1, 1000n, 5n)])
}
const batch = pair()
const honest = attempt(batch)
/** Words before those of the accounts. */
const FIRST = 8

suite('protocol.md#trade-words', () => {
  test('are those of the model, with zeros for the slots that are not touched', () => {
    for (const one of [batch, busyBatch(), quietBatch(), fullBatch(true), closingOnlyBatch()]) {
      const made = attempt(one)
      assert.deepEqual(made.broken, [])
      assert.deepEqual(made.words, packTradeData(tradeData(one)))
    }
    assert.deepEqual(honest.words.slice(FIRST + 6), new Array(6).fill(0n))
  })

  test('tell each touched account’s owner all that the batch changed of it', () => {
    const { accounts } = unpackTradeData(honest.words)
    assert.deepEqual(
      accounts.map(({ index }) => index),
      batch.touched.map(({ index }) => index),
    )
    for (const [t, { leaf, update }] of accounts.entries()) {
      const { before, after } = batch.touched[t]!
      assert.deepEqual(decryptUpdate(before.viewKey, before, leaf, update), { account: after, market: MARKET })
    }
  })

  test('cannot be others: each word is tied to what it tells', () => {
    for (const [i, word] of honest.words.entries()) {
      const value = (word + 1n) % FIELD
      const made = refuses(
        batch,
        { lies: [{ signal: 'TradeWords.words', element: i, value }] },
        new RegExp(`main\\.words\\.words\\[${i}\\]`),
      )
      assert.equal(made.words[i], value)
    }
  })

  test('cannot leave out a touched account, name another or tell of one that was not touched', () => {
    const entry = (element: number, value: bigint) => [{ signal: 'TradeWords.entry', element, value }]
    refuses(batch, { lies: entry(0, 0n) }, 'main.words.entry[0]')
    refuses(batch, { lies: entry(1, 2n * 3n + 1n) }, 'main.words.entry[1]')
    refuses(batch, { lies: entry(2, 2n * 3n + 1n) }, 'main.words.entry[2]')
    for (const t of [0, 1, 2, 3]) {
      refuses(
        batch,
        { lies: [{ signal: 'TradeWords.words', element: FIRST + 3 * t, value: 1n }] },
        `main.words.words[${FIRST + 3 * t}]`,
      )
    }
  })

  test('cannot be encrypted with another key, for another leaf or market, or tell another account', () => {
    for (const signal of ['viewKey', 'leaf', 'market', 'nonce', 'cash', 'position.size', 'position.fundingIndex']) {
      const path = `main.encrypt[0].${signal}`
      refuses(batch, { lies: [{ signal: `EncryptUpdate.${signal}`, value: honest.signal(path) + 1n }] }, path)
    }
  })

  test('are committed to, and compared at the challenge: nothing else fits', () => {
    const { words } = honest
    const { commitment, challenge, value } = publicData(words[0]!, TRADE_BATCH_KIND, words)
    refuses(batch, { forge: { dataCommitment: commitment + 1n } }, /main\.data\.commitment|main\.dataCommitment/)
    refuses(batch, { forge: { dataValue: value + 1n } }, /main\.data\.value|main\.dataValue/)
    refuses(batch, { forge: { dataChallenge: challenge + 1n, dataValue: value } }, /main\.data\.value|main\.dataValue/)
    // what the contract would compute of a list with one word changed, and of the list of another kind of batch
    for (const [list, kind] of [
      ...words.map((word, i) => [words.with(i, (word + 1n) % FIELD), TRADE_BATCH_KIND] as const),
      [words.with(7, words[8]!).with(8, words[7]!), TRADE_BATCH_KIND],
      [words, 1],
    ] as const) {
      const point = dataChallenge(words[0]!, kind, dataCommitment(words), list)
      const forge = { dataChallenge: point, dataValue: dataValue(list, point) }
      if (kind === TRADE_BATCH_KIND) refuses(batch, { forge }, /main\.data\.value|main\.dataValue/)
      else assert.notEqual(point, challenge)
    }
  })
})
