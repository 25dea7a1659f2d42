import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { Liquidator } from '../../../service/liquidator/liquidator.ts'
import { Patience } from '../../../service/liquidator/patience.ts'
import { Survey } from '../../../service/liquidator/survey.ts'
import { account, BELOW, bid, flagged, OTHER, open, position, SIZE, VICTIM } from '../sequencer/crisis.ts'
import { type Desk, TABLE } from '../sequencer/desk.ts'

const deposit = {
  operation: { kind: 'DEPOSIT', account: VICTIM, asset: 1, amount: 1n },
  ...{ deadline: NOW + 86_400n, askedAt: NOW + 100_000n },
} as const
const free = async () => ({ now: 0n, perHour: 0n })

/** Writes what is asked for at that second; gives the kinds of the records. */
async function turn(liquidator: Liquidator, desk: Desk, now: bigint) {
  const { records, alert } = await liquidator.turn(desk.state, now, free)
  for (const record of records) desk.put(record)
  return { kinds: records.map(({ kind }) => kind), alert }
}

suite('the liquidator', () => {
  test('flags, waits for the auction, and lets the best bid take the account over', async () => {
    const [desk, liquidator] = [position(), new Liquidator()]
    assert.deepEqual(await turn(liquidator, desk, NOW), { kinds: [], alert: undefined })
    desk.put({ kind: 'table', table: BELOW, relisted: 0n })
    assert.deepEqual((await turn(liquidator, desk, NOW)).kinds, ['operations'])
    desk.put({ kind: 'bid', signed: bid(desk) })
    assert.deepEqual((await turn(liquidator, desk, NOW + 1n)).kinds, [])
    desk.wait((TABLE.grace + 100n) * 1000n)
    assert.deepEqual((await turn(liquidator, desk, NOW + TABLE.grace + 100n)).kinds, ['takeover'])
    assert.equal(desk.told('taken-over').length, 1)
    assert.deepEqual((await turn(liquidator, desk, NOW + TABLE.grace + 101n)).kinds, [])
  })

  test('asks again for what a rewind dropped, each time after a longer while, and tells a person in the end', async () => {
    const [desk, liquidator] = [open(), new Liquidator()]
    desk.put({ kind: 'bid', signed: bid(desk) })
    const asked: bigint[] = []
    const alerts: (string | undefined)[] = []
    for (let second = 200n; second < 300n; second++) {
      const { kinds, alert } = await turn(liquidator, desk, NOW + second)
      if (kinds.includes('takeover')) {
        asked.push(second)
        desk.put({ kind: 'rewind', to: 2, cause: 'AGE' })
      }
      alerts.push(alert)
    }
    assert.deepEqual(asked, [200n, 230n, 290n])
    assert.equal(alerts.at(-1), undefined)
  })

  test('does not wait after a trade of the account that voids its bids, and takes the next one', async () => {
    const [desk, liquidator] = [flagged(), new Liquidator()]
    const head = { kind: 'order', market: 0, price: 790n, expiry: NOW + 3_600n } as const
    desk.send({ ...head, account: OTHER, side: 'buy', size: 40n, nonce: 1n, timeInForce: 'GTC', reduceOnly: false })
    desk.put({ kind: 'cut', cash: false })
    desk.wait((TABLE.grace + 100n) * 1000n)
    for (const nonce of [10n, 11n, 12n]) {
      desk.put({ kind: 'bid', signed: bid(desk, { nonce }) })
      desk.send({ ...head, account: VICTIM, side: 'sell', size: 1n, nonce, timeInForce: 'IOC', reduceOnly: true })
      assert.deepEqual((await turn(liquidator, desk, desk.state.timestamp)).kinds, [])
      desk.wait(1_000n)
    }
    assert.equal(account(desk, VICTIM).positions[0]!.size, SIZE - 3n)
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 13n }) })
    assert.deepEqual((await turn(liquidator, desk, desk.state.timestamp)).kinds, ['takeover'])
    assert.equal(desk.told('taken-over').length, 1)
  })

  test('asks at once for a takeover of what is held now, whatever became of one of what was held before', async () => {
    const [desk, liquidator] = [flagged(), new Liquidator()]
    desk.wait((TABLE.grace + 100n) * 1000n)
    desk.put({ kind: 'bid', signed: bid(desk) })
    const { timestamp } = desk.state
    assert.equal((await liquidator.turn(desk.state, timestamp, free)).records.length, 1)
    // Its record came too late.
    assert.equal((await liquidator.turn(desk.state, timestamp, free)).records.length, 0)
    desk.put({ kind: 'queue', first: 0n, entries: [deposit], blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` })
    desk.put({ kind: 'cut', cash: true })
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 2n }) })
    assert.deepEqual((await turn(liquidator, desk, timestamp)).kinds, ['takeover'])
  })

  test('flags without delay who was flagged and cured again and again, and tells nobody', async () => {
    const [desk, liquidator] = [position(), new Liquidator()]
    for (let entry = 0n; entry < 6n; entry++) {
      desk.put({ kind: 'table', table: { ...BELOW }, relisted: 0n })
      const { kinds, alert } = await turn(liquidator, desk, desk.state.timestamp)
      assert.deepEqual([kinds, alert], [['operations'], undefined])
      desk.put({ kind: 'table', table: { ...TABLE }, relisted: 0n })
      desk.queue(entry, [{ kind: 'CURE', account: VICTIM }])
      desk.put({ kind: 'cut', cash: true })
      while (desk.state.settledIndex < desk.state.batches.length) desk.settle(desk.state.settledIndex + 1)
      assert.deepEqual(await turn(liquidator, desk, desk.state.timestamp), { kinds: [], alert: undefined })
      desk.wait(5_000n)
    }
  })

  test('tells without a name where an auction ends and nobody bids', async () => {
    const { alert } = await turn(new Liquidator(), open(), NOW + TABLE.grace + 199n)
    assert.match(alert!, /^auctions that end soon .*: 1 \(NO_BID\)$/)
    assert.doesNotMatch(alert!, new RegExp(`account ${VICTIM}`))
  })
})

test('patience doubles, is bounded, and forgets after an hour', () => {
  const patience = new Patience()
  assert.ok(patience.may('a', 0n))
  const asked: bigint[] = []
  for (let now = 0n; now < 4_000n; now++) {
    if (!patience.may('a', now)) continue
    patience.note('a', now)
    asked.push(now)
  }
  assert.deepEqual(asked, [0n, 30n, 90n, 210n, 450n, 930n, 1_890n, 2_850n, 3_810n])
  assert.equal(patience.vain, 1)
  assert.ok(patience.may('b', 0n))
  patience.note('b', 7_410n)
  assert.equal(patience.vain, 0)
  assert.equal(patience.may('b', 7_411n), false)
  patience.forget('b')
  assert.ok(patience.may('b', 7_411n))
})

test('a survey looks at all accounts at a new table, after a rewind and every minute, and always at who is flagged', () => {
  const [desk, survey] = [open(), new Survey()]
  const all = [0, 1, 2, 3, 4]
  assert.deepEqual(survey.next(desk.state, NOW), all)
  assert.ok(survey.flagged > 0)
  assert.deepEqual(survey.next(desk.state, NOW + 59n), [VICTIM])
  assert.deepEqual(survey.next(desk.state, NOW + 60n), all)
  desk.put({ kind: 'table', table: { ...BELOW }, relisted: 0n })
  assert.deepEqual(survey.next(desk.state, NOW + 61n), all)
  desk.put({ kind: 'rewind', to: 1, cause: 'AGE' })
  assert.deepEqual(survey.next(desk.state, NOW + 62n), all)
})
