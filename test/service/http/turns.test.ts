import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Turns } from '../../../service/http/turns.ts'

const here = () => false

/** What had its turn, and what was turned away, in order; each piece takes so many milliseconds of a clock. */
function line({ most }: { readonly most?: number } = {}) {
  let clock = 0
  const told: string[] = []
  const turns = new Turns({ ...(most !== undefined && { most }), now: () => clock })
  const take = async (caller: string, name: string, milliseconds = 1, isGone = here, expected = 0) => {
    await turns.take(caller, isGone, expected).then(
      () => {
        told.push(name)
        clock += milliseconds
      },
      ({ status, code, retryAfter }) => told.push(`${name} ${status} ${code} ${retryAfter}`),
    )
  }
  return { told, take }
}

describe("strangers' turns", () => {
  it('come one in each turn of the loop, so that all else has its turn in between', async () => {
    const { told, take } = line()
    const all = Promise.all(Array.from({ length: 10 }, (_, i) => take(`${i}`, `${i}`)))
    for (let had = 0; had < 10; ) {
      await setImmediate()
      assert.ok(told.length - had <= 1, `${told.length - had} in one turn`)
      had = told.length
    }
    await all
  })

  it('are first of who took the least, and of each caller in the order in which he came', async () => {
    const { told, take } = line()
    await take('flood', 'before', 50)
    await Promise.all([
      ...[1, 2, 3].map((i) => take('flood', `flood ${i}`, 50)),
      ...[1, 2].map((i) => take('other', `other ${i}`, 40)),
      take('new', 'new 1', 40),
    ])
    assert.deepEqual(told, ['before', 'other 1', 'new 1', 'other 2', 'flood 1', 'flood 2', 'flood 3'])
  })

  it('are of a short request before all long ones of who took as little', async () => {
    const { told, take } = line()
    await Promise.all([
      ...[1, 2, 3].map((i) => take(`long ${i}`, `long ${i}`, 30, here, 30)),
      take('short', 'short', 1, here, 1),
    ])
    assert.deepEqual(told, ['short', 'long 1', 'long 2', 'long 3'])
  })

  it('are had anew by who took many a while ago', async () => {
    let clock = 0
    const turns = new Turns({ now: () => clock })
    const told: string[] = []
    const take = async (caller: string, milliseconds: number) => {
      await turns.take(caller, here)
      told.push(caller)
      clock += milliseconds
    }
    await take('one', 100)
    await setImmediate()
    clock += 1_200_000
    await take('other', 1)
    await Promise.all([take('other', 1), take('one', 1)])
    assert.deepEqual(told, ['one', 'other', 'one', 'other'])
  })

  it('are lost by who has the most, his newest first, where no more may wait; none is lost to who has as many', async () => {
    const { told, take } = line({ most: 4 })
    await Promise.all([
      ...[1, 2, 3].map((i) => take('flood', `flood ${i}`)),
      take('a', 'a 1'),
      take('b', 'b 1'),
      take('a', 'a 2'),
      take('a', 'a 3'),
    ])
    const turnedAway = told.filter((name) => name.includes('BUSY'))
    assert.deepEqual(turnedAway.toSorted(), ['a 2 503 BUSY 1', 'a 3 503 BUSY 1', 'flood 3 503 BUSY 1'])
    assert.deepEqual(told.filter((name) => !name.includes('BUSY')).toSorted(), ['a 1', 'b 1', 'flood 1', 'flood 2'])
  })

  it('are not kept for who has gone', async () => {
    const { told, take } = line({ most: 2 })
    void take('gone', 'gone', 1, () => true)
    await take('a', 'a')
    await Promise.all([take('a', 'again'), take('b', 'b')])
    assert.deepEqual(told.toSorted(), ['a', 'again', 'b'])
  })
})
