import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { type ConnectionLimits, Connections } from '../../../service/http/connections.ts'

const MANY = 1e9

class FakeConnection extends EventEmitter {
  readonly remoteAddress: string
  destroyed = false

  constructor(address: string) {
    super()
    this.remoteAddress = address
  }

  destroy(): this {
    this.destroyed = true
    this.emit('close')
    return this
  }
}

function limited(limits: Partial<ConnectionLimits>) {
  let clock = 0
  const known = new Set<string>()
  const all = { ofAddress: MANY, ofStrangers: MANY, newOfStrangers: MANY, ...limits }
  const connections = new Connections(
    all,
    (caller) => known.has(caller),
    () => clock,
  )
  return {
    known,
    wait(milliseconds: number) {
      clock += milliseconds
    },
    open(address: string, count = 1) {
      const opened = Array.from({ length: count }, () => new FakeConnection(address))
      for (const one of opened) connections.hear(one as never)
      return opened
    },
  }
}

const alive = (connections: readonly FakeConnection[]) => connections.map(({ destroyed }) => !destroyed)

describe('connections', () => {
  it('beyond those of an address are closed, whoever it is, until others of it end', () => {
    const { known, open } = limited({ ofAddress: 2 })
    known.add('a')
    for (const address of ['a', 'b']) {
      const own = open(address, 3)
      assert.deepEqual(alive(own), [true, true, false])
      own[0]!.destroy()
      assert.deepEqual(alive(open(address, 2)), [true, false])
    }
  })

  it('of strangers make room for an address with fewer: the newest of whoever has the most', () => {
    const { open } = limited({ ofStrangers: 4 })
    const [flood, other] = [open('flood', 3), open('other')]
    const [first] = open('new')
    assert.deepEqual([...alive(flood), ...alive(other), ...alive([first!])], [true, true, false, true, true])
    // Both have two then.
    assert.deepEqual(alive(open('new')), [false])
    assert.deepEqual(alive(flood), [true, true, false])
  })

  it('of addresses that are known take no room of strangers, and lose none', () => {
    const { known, open } = limited({ ofStrangers: 2 })
    const own = open('trader', 2)
    known.add('trader')
    assert.deepEqual(alive(open('a')), [true])
    assert.deepEqual(alive(open('b', 2)), [true, false])
    own.push(...open('trader', 5))
    assert.ok(alive(own).every(Boolean))
  })

  it('that are new are shared: of many addresses each gets less, and one that has none gets one', () => {
    const { open, wait } = limited({ newOfStrangers: 100 })
    const counts = ['a', 'b', 'c', 'd', 'e'].map((address) => alive(open(address, 200)).filter(Boolean).length)
    assert.deepEqual(counts, [50, 25, 12, 6, 3])
    assert.deepEqual(alive(open('f', 1)), [true])
    assert.deepEqual(alive(open('a', 1)), [false])
    wait(1_000)
    assert.deepEqual(alive(open('g', 3)), [true, true, true])
    wait(60_000)
    assert.equal(alive(open('a', 200)).filter(Boolean).length, 50)
  })
})
