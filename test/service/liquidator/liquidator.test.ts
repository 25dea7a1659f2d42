import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { Liquidator } from '../../../service/liquidator/liquidator.ts'
import { Patience } from '../../../service/liquidator/patience.ts'
import { Survey } from '../../../service/liquidator/survey.ts'
import { BELOW, bid, open, position, VICTIM } from '../sequencer/crisis.ts'
import { type Desk, TABLE } from '../sequencer/desk.ts'

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
})

test('a survey looks at all accounts at a new table, after a rewind and every minute, and always at who is flagged', () => {
  const [desk, survey] = [open(), new Survey()]
  const all = [0, 1, 2, 3, 4]
  assert.deepEqual(survey.next(desk.state, NOW), all)
  assert.ok(survey.hasFlagged)
  assert.deepEqual(survey.next(desk.state, NOW + 59n), [VICTIM])
  assert.deepEqual(survey.next(desk.state, NOW + 60n), all)
  desk.put({ kind: 'table', table: { ...BELOW }, relisted: 0n })
  assert.deepEqual(survey.next(desk.state, NOW + 61n), all)
  desk.put({ kind: 'rewind', to: 1, cause: 'AGE' })
  assert.deepEqual(survey.next(desk.state, NOW + 62n), all)
})
