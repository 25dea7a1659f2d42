import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { hashRiskTable } from '../../../protocol/risk-table.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { ledgerAt } from '../../../service/sequencer/state.ts'
import { type KnownRoot, ProvableStates } from '../../../service/traders/provable-states.ts'
import { Desk, TABLE } from '../sequencer/desk.ts'

const NEXT = makeTable(SMALL, { maxAge: 100_000n, asOf: NOW + 200n })
const KEPT: KnownRoot = { since: NOW, isKept: true, made: 1n }
const ASKED: KnownRoot = { ...KEPT, isKept: false }

describe('the states that owners prove something of', () => {
  let desk: Desk
  let states: ProvableStates
  let relistings: Map<bigint, bigint>
  let asked: number
  beforeEach(() => {
    desk = new Desk()
    states = new ProvableStates()
    relistings = new Map([[hashRiskTable(TABLE), 0n]])
    asked = 0
  })

  /** Makes a batch and settles it; gives its number and root. */
  const settle = () => {
    const count = desk.state.batches.length + desk.state.finalIndex + 1
    desk.order(1, BigInt(count), 'buy')
    desk.put({ kind: 'cut', cash: false })
    const root = stateRoot(ledgerAt(desk.state, count).state)
    desk.put({ kind: 'settled', index: count, root })
    return { count, root }
  }
  const look = (settled: { count: number; root: bigint }, known: KnownRoot | undefined = KEPT) =>
    states.look(settled, desk.state, {
      async knownRoot() {
        asked++
        return known
      },
      relistingOf: async (root) => relistings.get(root),
    })

  it('are none before a batch is settled', async () => {
    await look({ count: 0, root: stateRoot(desk.state.base.state) })
    assert.equal(states.best, undefined)
  })

  it('are the newest settled one, with the newest table; the chain is asked once for each root', async () => {
    const first = settle()
    await look(first)
    await look(first)
    assert.deepEqual([states.best!.batch, states.best!.table, asked], [1, TABLE, 1])
    const second = settle()
    await look(second)
    assert.deepEqual([states.best!.batch, stateRoot(states.best!.state), asked], [2, second.root, 2])
  })

  it('are those whose root the chain keeps by time, before a newer one that it forgets after 64 settlements', async () => {
    await look(settle(), ASKED)
    assert.deepEqual([states.best!.batch, states.best!.isKept], [1, false])
    await look(settle(), KEPT)
    await look(settle(), ASKED)
    assert.deepEqual([states.best!.batch, states.best!.isKept], [2, true])
    await look(settle(), KEPT)
    assert.equal(states.best!.batch, 4)
  })

  it('are none that the sequencer does not have as the chain has it, or that the chain does not know', async () => {
    const { count, root } = settle()
    await look({ count, root: root + 1n })
    await look({ count: count + 1, root })
    assert.equal(asked, 0)
    await states.look({ count, root }, desk.state, { knownRoot: async () => undefined, relistingOf: async () => 0n })
    assert.equal(states.best, undefined)
  })

  it('keep their table where the next one relists a market, and take it once they were made at it', async () => {
    const first = settle()
    await look(first)
    desk.put({ kind: 'table', table: NEXT, relisted: 1n })
    relistings.set(hashRiskTable(NEXT), 2n)
    await look(first)
    assert.deepEqual(states.best!.table, TABLE)
    await look(settle(), { ...KEPT, made: 2n })
    assert.deepEqual([states.best!.batch, states.best!.table], [2, NEXT])
  })

  it('take a newer table that relists nothing, also without another batch, once the contract has it', async () => {
    const first = settle()
    await look(first)
    desk.put({ kind: 'table', table: NEXT, relisted: 0n })
    await look(first)
    assert.deepEqual(states.best!.table, TABLE)
    relistings.set(hashRiskTable(NEXT), 0n)
    await look(first)
    assert.deepEqual(states.best!.table, NEXT)
  })

  it('are forgotten when a reorganisation takes their batch back', async () => {
    const first = settle()
    await look(first)
    await look(settle())
    desk.put({ kind: 'reorganised', settled: 1 })
    await look(first)
    assert.equal(states.best!.batch, 1)
    desk.put({ kind: 'reorganised', settled: 0 })
    await look({ count: 0, root: stateRoot(desk.state.base.state) })
    assert.equal(states.best, undefined)
  })
})
