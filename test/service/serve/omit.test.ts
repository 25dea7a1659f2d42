import assert from 'node:assert/strict'
import { it } from 'node:test'
import { stateRoot } from '../../../protocol/state.ts'
import { Alerts } from '../../../service/alerts/alerts.ts'
import type { SequencerRecord } from '../../../service/sequencer/record.ts'
import { Venue, type VenueParts } from '../../../service/serve/venue.ts'
import type { TurnSituation } from '../../../service/settler/settler.ts'
import { Desk } from '../sequencer/desk.ts'

it('messages that operators name one after the other, while a settlement is under way, are all left out', async () => {
  const desk = new Desk()
  const [one, other] = [desk.order(1, 1n, 'sell'), desk.order(2, 1n, 'buy', 1)]
  const third = desk.order(3, 1n, 'sell')
  for (let i = 0; i < 2; i++) desk.put({ kind: 'cut', cash: false })
  const { clock, base } = desk.state
  const writer = {
    get state() {
      return desk.state
    },
    get written() {
      return desk.state
    },
    async put(records: readonly SequencerRecord[]) {
      for (const record of records) desk.put(record)
    },
  }
  const chain = {
    ...{ block: { number: 1, hash: '0x' }, time: clock / 1000n, pausedUntil: 0n, frozenAt: 0n },
    ...{ queue: { first: 0n, entries: [] }, owners: new Map(), roots: new Map(), final: 0 },
    settled: { count: 0, root: stateRoot(base.state) },
  }
  let isUnderWay = true
  const settler = {
    async turn({ isRewindDue }: TurnSituation) {
      if (!isRewindDue || isUnderWay) return { kind: 'idle' }
      // While it looks, another is named.
      venue.operations.omit([third])
      return { kind: 'rewind' }
    },
  }
  const venue: Venue = new Venue({
    ...{ database: { query: async () => [{ ms: `${clock}` }] }, writer, settler, alerts: new Alerts(() => undefined) },
    reader: { read: async () => chain, cover: async () => ({ now: 0n, perHour: 0n }), settlement: { address: '0x' } },
    ...{ circuits: {}, journal: {}, sealer: {}, sight: {}, provable: { look: async () => undefined }, feeCap: 1n },
  } as unknown as VenueParts)
  await venue.chainTurn()
  venue.operations.omit([one])
  await venue.chainTurn()
  venue.operations.omit([other])
  await venue.chainTurn()
  isUnderWay = false
  await venue.chainTurn()
  assert.deepEqual(
    desk.told('refused').map(({ record, reason }) => [record, reason]),
    [one, other, third].map((record) => [record, 'QUARANTINED']),
  )
})
