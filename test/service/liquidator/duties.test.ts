import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { dutiesOf, sweepDuty } from '../../../service/liquidator/duties.ts'
import type { SequencerRecord } from '../../../service/sequencer/record.ts'
import { account, BANKRUPT, BELOW, bid, flagged, open, position, VICTIM, WINNER } from '../sequencer/crisis.ts'
import { type Desk, TABLE } from '../sequencer/desk.ts'

const EVERYBODY = [0, 1, 2, 3, 4]
const FREE = { now: 0n, perHour: 0n }
/** From when on nobody is waited for: a quarter of the auction before its end. */
const LATE = NOW + TABLE.grace + 150n
const CLOSED = NOW + TABLE.grace + TABLE.auction + 1n

const due = (desk: Desk, now = NOW, cover = FREE) => dutiesOf(desk.state, EVERYBODY, { now, cover })
/** Each by its kind and account, and by its market if it is a payout. */
const names = (desk: Desk, now = NOW, cover = FREE) => {
  return due(desk, now, cover).duties.map(({ name, kind }) => (kind === 'payout' ? name : name.split(' ', 2).join(' ')))
}
const table = (table: typeof TABLE): SequencerRecord => ({ kind: 'table', table, relisted: 0n })
const deposit = (askedAt: bigint): SequencerRecord => ({
  ...{ kind: 'queue', first: 0n, blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` },
  entries: [
    { operation: { kind: 'DEPOSIT', account: VICTIM, asset: 1, amount: 1n }, deadline: NOW + 86_400n, askedAt },
  ],
})

suite('what is due of accounts', () => {
  test('is nothing where all meet maintenance', () => assert.deepEqual(due(position()), { duties: [], stuck: [] }))

  test('is a flag of who misses maintenance, and none twice, in a pause, or at old prices', () => {
    const desk = position()
    desk.put(table(BELOW))
    assert.deepEqual(names(desk), [`flag ${VICTIM}`])
    assert.deepEqual(names(flagged()), [])
    assert.deepEqual(names(desk, NOW + 200_000n), [])
    desk.put({ kind: 'pause', until: NOW + 300n })
    assert.deepEqual(names(desk), [])
    assert.deepEqual(names(desk, NOW + 300n), [`flag ${VICTIM}`])
  })

  test('is a flag anew where one lapsed and nobody came', () => {
    assert.deepEqual(names(open(), CLOSED - 1n), [])
    assert.deepEqual(names(open(), CLOSED), [`flag ${VICTIM}`])
  })

  test('is a takeover as soon as the rules allow one of the bids, and as long', () => {
    const desk = flagged()
    desk.put({ kind: 'bid', signed: bid(desk) })
    // 40,000 is 7,650 below what the account is worth, and 50,015 are at risk.
    const from = NOW + TABLE.grace + 34n
    assert.deepEqual(
      [from - 1n, from, CLOSED - 1n].map((now) => names(desk, now)),
      [[], [`takeover ${VICTIM}`], [`takeover ${VICTIM}`]],
    )
    assert.deepEqual(names(desk, CLOSED), [`flag ${VICTIM}`])
  })

  test('is a takeover that the house pays for where it may, less what it pays already', () => {
    const desk = open(BANKRUPT)
    desk.put({ kind: 'bid', signed: bid(desk, { price: -12_350n }) })
    const cover = { now: 12_350n, perHour: 12_350n }
    const now = NOW + TABLE.grace + 100n
    assert.deepEqual(names(desk, now, { ...cover, now: 12_349n }), [])
    const [takeover] = due(desk, now, cover).duties
    assert.deepEqual(takeover!.records, [{ kind: 'takeover', victim: VICTIM, cover }])
    assert.deepEqual(desk.put(takeover!.records[0]!).at(-1)!.kind, 'taken-over')
    assert.deepEqual(names(desk, now, cover), [])
  })

  test('is nothing before a deposit that goes first, and a takeover before one that does not', () => {
    for (const [askedAt, expected] of [
      [NOW, []],
      [NOW + TABLE.grace, [`takeover ${VICTIM}`]],
    ] as const) {
      const desk = open()
      desk.put({ kind: 'bid', signed: bid(desk) })
      desk.put(deposit(askedAt))
      assert.deepEqual(names(desk, NOW + TABLE.grace + 100n), expected)
    }
  })

  test('is a deleveraging of who owes more than he has, in the last quarter of his auction, and fees are swept before', () => {
    const desk = open(BANKRUPT)
    assert.deepEqual(names(desk, LATE - 1n), [])
    const [found] = due(desk, LATE).duties
    assert.deepEqual(found!.records, [{ kind: 'deleverage', victim: VICTIM, mayPay: 0n, most: 8 }])
    desk.put({ kind: 'tick', clock: LATE * 1000n })
    desk.put(found!.records[0]!)
    assert.equal(account(desk, WINNER).positions[0]!.size, 0n)
    assert.deepEqual(due(desk, LATE), { duties: [], stuck: [] })
    const withFees = open(BANKRUPT, makeTable(SMALL, { maxAge: 100_000n, takerFeeBps: 5n }))
    assert.deepEqual(
      due(withFees, LATE).duties[0]!.records.map(({ kind }) => kind),
      ['sweep', 'deleverage'],
    )
  })

  test('is told to a person where nobody bids for who is worth something, and where the house could pay and nobody asks it to', () => {
    assert.deepEqual(due(open(), LATE), { duties: [], stuck: ['NO_BID'] })
    const cover = { now: 1_000_000n, perHour: 1_000_000n }
    assert.deepEqual(due(open(BANKRUPT), LATE, cover), { duties: [], stuck: ['HOUSE'] })
  })

  test('is a payout of every position in a settled market, and its retiring when all are paid', () => {
    const desk = position()
    const settled = makeTable(
      SMALL,
      { maxAge: 100_000n },
      { phase: PHASES.SETTLED, scenarioPrices: Array(SMALL.scenarios).fill(1000n) },
    )
    desk.put(table(settled))
    const { duties } = due(desk)
    assert.deepEqual(
      duties.map(({ name }) => name),
      [`payout ${VICTIM} 0`, `payout ${WINNER} 0`],
    )
    for (const { records } of duties) for (const record of records) desk.put(record)
    assert.deepEqual([names(desk), sweepDuty(desk.state)?.retires], [[], true])
    desk.put({ kind: 'sweep' })
    assert.equal(sweepDuty(desk.state), undefined)
  })
})
