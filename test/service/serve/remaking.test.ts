import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { batchWithoutWitness, bothWanted, helpsToRemake, stillWanted, Tries } from '../../../service/serve/remaking.ts'
import { isFatal } from '../../../service/serve/transient.ts'
import { toldByNode } from '../../../service/watcher/told-by-node.ts'
import { Desk, TABLE } from '../sequencer/desk.ts'

describe('making a refused batch anew', () => {
  it('has an end, for each batch', () => {
    const all = new Tries()
    const tries = (batch: number) => Array.from({ length: 5 }, () => all.mayTry(batch))
    assert.deepEqual(tries(4), [true, true, true, false, false])
    assert.deepEqual(tries(5), [true, true, true, false, false])
  })

  it('is due for the next batch alone of which no witness was found, once it would be of another time', () => {
    const desk = new Desk()
    desk.order(1, 1n, 'sell')
    desk.put({ kind: 'cut', cash: false })
    desk.order(1, 2n, 'sell')
    desk.put({ kind: 'cut', cash: false })
    const [first, second] = desk.state.batches
    const told = (...states: ('failed' | 'dead' | 'ready')[]) =>
      states.map((state, i) => ({ state, batch: [first!, second!][i]! }))
    const found = (reports: ReturnType<typeof told>, now = NOW + 1n) => {
      return batchWithoutWitness(reports, { settledIndex: desk.state.settledIndex, now })
    }
    assert.equal(found(told('failed', 'ready'), NOW), undefined)
    assert.equal(found(told('failed', 'ready')), first)
    for (const others of [told('ready', 'failed'), told('dead', 'failed'), []]) {
      assert.equal(found(others), undefined)
    }
    desk.settle(1)
    assert.equal(found(told('ready', 'failed').slice(1)), second)
  })

  it('does not help where its table is out of force and no newer one is known', () => {
    const desk = new Desk()
    desk.order(1, 1n, 'sell')
    desk.put({ kind: 'cut', cash: false })
    assert.equal(helpsToRemake('RiskTableNotInForce', desk.state), false)
    assert.equal(helpsToRemake('TimestampOutOfRange', desk.state), true)
    desk.put({ kind: 'table', table: { ...TABLE, asOf: NOW + 1n }, relisted: 0n })
    assert.equal(helpsToRemake('RiskTableNotInForce', desk.state), true)
  })
})

describe('what is wanted of a rewind', () => {
  const omit = (...without: number[]) => ({ cause: 'OPERATOR', without }) as const
  const age = { cause: 'AGE', root: 1n } as const

  it('leaves out all that operators named, whatever else is asked for', () => {
    assert.deepEqual(bothWanted(omit(5), omit(6, 5)), omit(5, 6))
    assert.deepEqual(bothWanted(omit(5), age), omit(5))
    assert.deepEqual(bothWanted(age, omit(5)), omit(5))
    assert.deepEqual(bothWanted(undefined, age), age)
  })

  it('names no message that is settled meanwhile', () => {
    const desk = new Desk()
    const settled = desk.order(1, 1n, 'sell')
    desk.put({ kind: 'cut', cash: false })
    const waits = desk.order(1, 2n, 'sell')
    desk.settle(1)
    assert.deepEqual(stillWanted(omit(settled, waits), desk.state), omit(waits))
    assert.equal(stillWanted(omit(settled), desk.state), undefined)
    assert.equal(stillWanted(age, desk.state), age)
  })
})

describe('an error of the loops', () => {
  const rows: readonly (readonly [string, unknown, boolean])[] = [
    ['of a node that answers nonsense is tried again', Object.assign(new Error('x'), { code: 'BAD_DATA' }), false],
    ['of the network is tried again', Object.assign(new Error('x'), { code: 'ECONNRESET' }), false],
    ['of the chain is tried again', new ZkclearError('CHAIN_UNREACHABLE', 'x'), false],
    ['of the contract that refuses is tried again', new ZkclearError('CONTRACT_REFUSED', 'x'), false],
    ['of a node that takes no transaction is tried again', new ZkclearError('TRANSACTION_FAILED', 'x'), false],
    ['of a record that cannot come ends the process', new ZkclearError('INPUT_INVALID', 'x'), true],
    ['of what is sealed ends it', new ZkclearError('SEAL_BROKEN', 'x'), true],
    ['of a statement of ours ends it', new ZkclearError('STATEMENT_INVALID', 'x'), true],
    ['of our own ends the process', new TypeError('x'), true],
    ['of a caller of ethers ends it', Object.assign(new TypeError('x'), { code: 'INVALID_ARGUMENT' }), true],
    ['of the database that breaks a rule ends it', Object.assign(new Error('x'), { code: '23505' }), true],
    ['of lost leadership ends it', new ZkclearError('LEADERSHIP_LOST', 'x'), true],
  ]
  for (const [name, error, fatal] of rows) it(name, () => assert.equal(isFatal(error), fatal))

  it('of a node whose answers cannot be is one of the chain, and of nothing else', async () => {
    const thrown = (path: string) => toldByNode(Promise.reject(new ZkclearError('INPUT_INVALID', 'x', { path })))
    await assert.rejects(thrown('settlement'), { code: 'CHAIN_UNREACHABLE' })
    await assert.rejects(thrown('record.first'), { code: 'INPUT_INVALID' })
  })
})
