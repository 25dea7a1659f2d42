import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { Alerts } from '../../../service/alerts/alerts.ts'
import { currentState, type SequencerState } from '../../../service/sequencer/state.ts'
import { isTickDue, SharedClock } from '../../../service/serve/clock.ts'
import { Venue, type VenueParts } from '../../../service/serve/venue.ts'
import { orderOf, signed } from '../../support/service/trading-venue.ts'
import { Desk } from '../sequencer/desk.ts'

const hasHand = ({ books }: ReturnType<typeof currentState>) => books.get(0)!.hand !== undefined

test('time is let pass for a mass cancel that a pause stopped in its middle, once the pause has ended', () => {
  const desk = new Desk()
  for (let nonce = 1n; nonce <= 8n; nonce++) desk.order(1, nonce, 'sell')
  desk.put({ kind: 'cut', cash: false })
  desk.send({ kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 9n })
  desk.put({ kind: 'cut', cash: false })
  const middle = desk.state.batches.find(({ after }) => hasHand(after.state))!
  assert.ok(middle !== undefined, 'the cancel takes more than one batch')
  for (let index = 1; index <= middle.index; index++) desk.settle(index)
  desk.put({ kind: 'pause', until: NOW + 10n })
  desk.put({ kind: 'rewind', to: middle.index, cause: 'PAUSE' })
  const due = (state: SequencerState, seconds: bigint) => isTickDue(state, (NOW + seconds) * 1000n)
  assert.equal(due(desk.state, 9n), false)
  assert.equal(due(desk.state, 10n), true)
  for (let i = 0; due(desk.state, 12n); i++) {
    assert.ok(i < 3, 'it comes to an end')
    desk.wait(12_000n)
  }
  assert.equal(hasHand(currentState(desk.state)), false)
})

test('a clock that differs from the next block by over a minute, on either side, halts the venue, and by a minute does not', async () => {
  const desk = new Desk()
  const { clock, base } = desk.state
  const now = clock / 1000n
  const venueAt = async (blockTime: bigint) => {
    const chain = {
      ...{ block: { number: 1, hash: '0x' }, time: blockTime, pausedUntil: 0n, frozenAt: 0n },
      ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0 },
      settled: { count: 0, root: stateRoot(base.state) },
    }
    const alerts = new Alerts(() => undefined)
    const writer = {
      state: desk.state,
      written: desk.state,
      isAgain: () => false,
      put: async () => [],
      take: async () => [],
    }
    const venue = new Venue({
      ...{ database: { query: async () => [{ ms: `${clock}` }] }, writer, alerts, feeCap: 1n },
      signatures: { check: async () => undefined },
      reader: { read: async () => chain, cover: async () => ({ now: 0n, perHour: 0n }), settlement: { address: '0x' } },
      settler: { turn: async () => ({ kind: 'idle' }) },
      ...{ circuits: {}, journal: {}, sealer: {}, sight: {}, provable: { look: async () => undefined } },
    } as unknown as VenueParts)
    await venue.chainTurn()
    return { taken: venue.take([signed(1, orderOf(1, 1n))]), codes: alerts.list.map(({ code }) => code) }
  }
  for (const apart of [61n, -61n]) {
    const { taken, codes } = await venueAt(now + apart)
    await assert.rejects(taken, { status: 503, code: 'VENUE_HALTED', message: /61 s apart, and 60 are allowed/ })
    assert.ok(codes.includes('CLOCK_SKEWED'))
  }
  for (const apart of [60n, -60n]) {
    const { taken, codes } = await venueAt(now + apart)
    await taken
    assert.ok(!codes.includes('CLOCK_SKEWED'))
  }
})

test("who asks for the clock within ten milliseconds, or while it is asked for, shares the answer; one that fails is nobody else's", async () => {
  const asked: PromiseWithResolvers<object[]>[] = []
  const query = () => {
    const answer = Promise.withResolvers<object[]>()
    asked.push(answer)
    return answer.promise as Promise<never[]>
  }
  let now = 0
  const clock = new SharedClock({ query }, () => now)
  const [first, second] = [clock.read(), clock.read()]
  now = 9
  asked[0]!.resolve([{ ms: '1000' }])
  assert.deepEqual(await Promise.all([first, second, clock.read()]), [1000n, 1000n, 1000n])
  // It is as old as the question.
  now = 10
  const [later, beside] = [clock.read(), clock.read()]
  now = 100
  asked[1]!.reject(new Error('gone'))
  for (const read of [later, beside]) await assert.rejects(read, /gone/)
  const again = clock.read()
  asked[2]!.resolve([{ ms: '1100' }])
  assert.equal(await again, 1100n)
  assert.equal(asked.length, 3)
})
