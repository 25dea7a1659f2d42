import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Announcements } from '../../../service/dispatcher/announcements.ts'
import type { Database } from '../../../service/postgres/database.ts'

/** Announcements of a database that is none: what it would tell is told by `tell`. */
async function announced(count: number) {
  let tell: (job: string) => void = assert.fail
  const listen = async (_: string, hear: (payload: string) => void) => {
    tell = hear
    return { [Symbol.asyncDispose]: async () => undefined }
  }
  const announcements = await Announcements.open({ listen } as unknown as Database)
  const places = Array.from({ length: count }, () => announcements.standInLine())
  return { announcements, places, tell: (job: string) => tell(job) }
}

const heardBy = (places: Awaited<ReturnType<typeof announced>>['places']) => places.map((place) => place.take())

test('what is announced goes from one to the next who waits until each has looked for it once', async () => {
  const { places, tell } = await announced(3)
  tell('a')
  const order: number[] = []
  for (let i = 0; i < 4; i++) {
    const heard = heardBy(places)
    const who = heard.findIndex((turns) => turns.length > 0)
    if (who >= 0) order.push(who)
    for (const [place, turns] of heard.entries()) places[place]!.handOn(turns)
  }
  assert.deepEqual(order, [0, 1, 2])
})

test('nobody looks any more for a job that somebody has, whoever that is', async () => {
  const { announcements, places, tell } = await announced(3)
  tell('a')
  tell('b')
  const [first, second] = heardBy(places)
  // Who found the other job looks for this one no more, and one who was not asked has that.
  announcements.taken('b')
  places[0]!.handOn(first!)
  assert.deepEqual(
    heardBy(places).map((turns) => turns.map(({ job }) => job)),
    [[], [], ['a']],
  )
  places[1]!.handOn(second!)
  assert.deepEqual(heardBy(places), [[], [], []])
})

test('a job that comes back is announced anew, and goes to all', async () => {
  const { announcements, places, tell } = await announced(2)
  tell('a')
  const [old] = heardBy(places)
  announcements.taken('a')
  tell('a')
  places[0]!.handOn(old!)
  const [, heard] = heardBy(places)
  assert.deepEqual(
    heard!.map(({ job }) => job),
    ['a'],
  )
  places[1]!.handOn(heard!)
  assert.equal(heardBy(places)[0]!.length, 1)
})

test('who waits is woken by a turn, by the time and by what ends the wait, and not at all where a turn came before', async () => {
  const { places, tell } = await announced(1)
  const [place] = places
  const never = new AbortController()
  const woken = place!.next(1e6, never.signal)
  tell('a')
  await woken
  await place!.next(1e6, never.signal)
  assert.equal(place!.take().length, 1)
  await place!.next(1, never.signal)
  const ended = place!.next(1e6, never.signal)
  never.abort()
  await ended
  await place!.next(1e6, never.signal)
})
