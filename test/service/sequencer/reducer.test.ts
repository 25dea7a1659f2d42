import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { Random } from '../../../protocol/random.ts'
import { accountAt } from '../../../protocol/state.ts'
import { instanceOf } from '../../../service/sequencer/instance.ts'
import { judgeMessage } from '../../../service/sequencer/judge.ts'
import type { Verdict } from '../../../service/sequencer/record.ts'
import { reduce } from '../../../service/sequencer/reducer.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../service/sequencer/snapshot.ts'
import { currentState } from '../../../service/sequencer/state.ts'
import { Desk, TABLE } from './desk.ts'
import { assertInstance, assertProvable } from './simulation/chain.ts'
import { contentOf } from './simulation/describe.ts'
import { commitmentOf, POINTS, signedWith, viewKeyOf } from './simulation/traders.ts'

const INVALID = { code: 'INPUT_INVALID' }
const DIGEST = `0x${'ab'.repeat(32)}`

suite('a batch is cut', () => {
  test('when it is full', () => {
    const desk = new Desk()
    for (let account = 1; account <= 3; account++) desk.order(account, 1n, 'sell')
    assert.equal(desk.told('executed').length, 0)
    desk.order(4, 1n, 'sell')
    assert.equal(desk.told('executed').length, 4)
  })

  test('when its oldest order has waited half a second, by the clock of the journal', () => {
    const desk = new Desk()
    desk.order(1, 1n, 'sell')
    assert.deepEqual(desk.wait(499n), [])
    desk.order(2, 1n, 'buy')
    assert.deepEqual(
      desk.wait(1n).map(({ kind }) => kind),
      ['executed', 'order', 'executed', 'filled', 'order', 'sealed'],
    )
  })

  test('when the second changes, or the table: each order is executed under those at which it came', () => {
    for (const change of ['second', 'table'] as const) {
      const desk = new Desk()
      desk.wait(600n)
      desk.order(1, 1n, 'sell')
      if (change === 'second') desk.wait(400n)
      else desk.put({ kind: 'table', table: { ...TABLE, asOf: NOW + 1n }, relisted: 0n })
      const [sealed] = desk.told('sealed')
      assert.equal(sealed!.batch.work.transition.context.timestamp, NOW)
      assert.equal(sealed!.batch.work.transition.context.riskTable, TABLE)
      assert.equal(desk.state.timestamp, change === 'second' ? NOW + 1n : NOW)
    }
  })

  test('at a time that never goes back', () => {
    const desk = new Desk()
    desk.wait(5_000n)
    desk.put({ kind: 'tick', clock: 1n })
    assert.equal(desk.state.clock, (NOW + 5n) * 1000n)
    assert.equal(desk.state.timestamp, NOW + 5n)
  })
})

test('traders are told under which number an order rests, when it rests no longer, and what a cancel met', () => {
  const desk = new Desk()
  const first = desk.order(1, 1n, 'sell')
  const cancel = { kind: 'cancel', market: 0, account: 1, side: 'sell', price: 1000n } as const
  const second = desk.send({ ...cancel, sequence: 1n, nonce: 2n })
  const third = desk.send({ ...cancel, sequence: 0n, nonce: 3n })
  desk.put({ kind: 'cut', cash: false })
  const name = (record: number) => ({ record, place: 0 })
  assert.deepEqual(
    desk.told('order').map(({ event }) => event),
    [
      { kind: 'rested', order: name(first), market: 0, sequence: 0n },
      { kind: 'cancel-missed', order: name(second) },
      { kind: 'cancelled', order: name(third) },
      { kind: 'gone', order: name(first) },
    ],
  )
})

test('a bundle that dead orders would keep out has them taken back by cancels that nobody sent, and a snapshot knows them', () => {
  const desk = new Desk()
  const { trade } = desk.state.config.sizes
  const order = { kind: 'order', market: 0, size: 10n, timeInForce: 'GTC', reduceOnly: false } as const
  const dead = Array.from({ length: trade.steps }, (_, i) => {
    const nonce = BigInt(i) + 1n
    return desk.send({ ...order, account: 1, side: 'buy', price: 1000n, nonce, expiry: NOW })
  })
  desk.wait(1_000n)
  desk.order(3, 1n, 'buy', 1)
  const selling = { ...order, account: 2, side: 'sell', expiry: NOW + 60n } as const
  const bundle = signedWith(0, [
    { ...selling, price: 990n, nonce: 1n },
    { ...selling, price: 1010n, nonce: 2n },
  ])
  const told = desk.effects.length
  desk.put({ kind: 'message', bundle, verdict: judgeMessage(desk.state, bundle) })
  desk.put({ kind: 'cut', cash: false })
  assert.deepEqual(desk.told('refused'), [])
  const events = desk.effects.slice(told).flatMap((effect) => (effect.kind === 'order' ? [effect.event] : []))
  const gone = events.flatMap((event) => (event.kind === 'gone' ? [event.order.record] : []))
  assert.deepEqual(gone, dead)
  assert.ok(!events.some(({ kind }) => kind === 'cancelled'))
  const cleared = desk.state.batches.filter(({ items }) => items.length === 0)
  assert.deepEqual(
    cleared.map(({ work: { transition } }) => transition.touched.map(({ index }) => index)),
    [[1], [1]],
  )
  for (const batch of desk.state.batches) {
    assertProvable(batch)
    assertInstance(batch, desk.state.config)
  }
  const restored = decodeSnapshot(encodeSnapshot(desk.state))
  assert.deepEqual(contentOf(restored), contentOf(desk.state))
  // made anew, the orders are there again, and so are the cancels
  desk.put({ kind: 'rewind', to: cleared[0]!.index - 1, cause: 'OPERATOR' })
  assert.equal(desk.state.batches.filter(({ items }) => items.length === 0).length, cleared.length)
})

suite('no message overtakes an earlier one of its account', () => {
  test('in another market, nor a withdrawal an order, nor an order a withdrawal', () => {
    const desk = new Desk()
    const records = [desk.order(1, 1n, 'sell', 1), desk.withdraw(1, 2n, 5n), desk.order(1, 3n, 'sell', 0)]
    for (const [account, nonce] of [
      [2, 1n],
      [2, 2n],
      [3, 1n],
    ] as const)
      desk.order(account, nonce, 'sell', 0)
    desk.put({ kind: 'cut', cash: true })
    const executed = desk.told('executed').map(({ record }) => record)
    assert.deepEqual(
      executed.filter((record) => records.includes(record)),
      records,
    )
    assert.deepEqual(
      desk.told('sealed').map(({ batch }) => batch.work.circuit),
      ['trade-batch', 'cash-batch', 'trade-batch'],
    )
  })
})

suite('a verdict', () => {
  test('that does not follow from what came before is no record', () => {
    const desk = new Desk()
    desk.order(1, 1n, 'sell')
    const bundle = signedWith(0, [
      { kind: 'cancel', market: 0, account: 1, side: 'sell', price: 1n, sequence: 0n, nonce: 1n },
    ])
    assert.equal(judgeMessage(desk.state, bundle), 'OLD_NONCE')
    const record = { kind: 'message', bundle, verdict: 'ACCEPTED' as Verdict } as const
    assert.throws(() => reduce(desk.state, record), { ...INVALID, details: { reason: 'DIVERGED' } })
  })

  test('names what is wrong: another key, an unknown account, a venue that is not open, a pause', () => {
    const desk = new Desk()
    const message = (account: number) =>
      ({ kind: 'cancel', market: 0, account, side: 'buy', price: 1n, sequence: 0n, nonce: 1n }) as const
    assert.equal(judgeMessage(desk.state, signedWith(1, [message(1)])), 'BAD_SIGNATURE')
    assert.equal(judgeMessage(desk.state, signedWith(0, [message(9)])), 'UNKNOWN_ACCOUNT')
    assert.equal(judgeMessage(desk.state, signedWith(0, [])), 'MALFORMED')
    assert.equal(judgeMessage({ ...desk.state, table: undefined }, signedWith(0, [message(1)])), 'NOT_OPEN')
    desk.put({ kind: 'pause', until: NOW + 100n })
    assert.equal(judgeMessage(desk.state, signedWith(0, [message(1)])), 'PAUSED')
  })
})

suite('a rewind', () => {
  /** Account 1 offers, account 2 takes, in batch 1. */
  function traded(): Desk {
    const desk = new Desk()
    desk.order(1, 1n, 'sell')
    desk.order(2, 1n, 'buy')
    desk.wait(500n)
    assert.equal(desk.told('filled').length, 1)
    return desk
  }

  test('that changes nothing tells of no fill again, and busts none', () => {
    const desk = traded()
    const root = desk.rootOf(1)
    const effects = desk.put({ kind: 'rewind', to: 0, cause: 'WITNESS' })
    assert.deepEqual(
      effects.map(({ kind }) => kind),
      ['dropped', 'rewound', 'executed', 'order', 'executed', 'order', 'sealed'],
    )
    assert.equal(desk.rootOf(1), root)
  })

  test('serves the queue first, and busts the fill of an order that its owner put an end to on chain', () => {
    const desk = traded()
    desk.queue(0n, [{ kind: 'SUSPEND', account: 1 }])
    desk.put({ kind: 'rewind', to: 0, cause: 'AGE' })
    assert.deepEqual(
      desk.state.batches.map(({ work }) => work.circuit),
      ['cash-batch', 'trade-batch'],
    )
    const [busted] = desk.told('busted')
    assert.deepEqual(busted!.fill, desk.told('filled')[0]!.fill)
    assert.equal(accountAt(currentState(desk.state), 2)!.positions[0]!.size, 0n)
  })

  test('looks at signatures again where a key changed: what no batch could prove is refused, and its fill busted', () => {
    const desk = traded()
    desk.queue(0n, [{ kind: 'ROTATE', account: 2, key: POINTS[1]! }])
    desk.put({ kind: 'rewind', to: 0, cause: 'AGE' })
    assert.deepEqual(
      desk.told('refused').map(({ reason }) => reason),
      ['BAD_SIGNATURE'],
    )
    assert.equal(desk.told('busted').length, 1)
  })

  test('in a pause leaves orders waiting, and lets withdrawals of others go', () => {
    const desk = traded()
    desk.put({ kind: 'pause', until: NOW + 50n })
    desk.put({ kind: 'rewind', to: 0, cause: 'PAUSE' })
    const [first, second] = [desk.withdraw(3, 1n, 5n), desk.withdraw(1, 2n, 5n)]
    desk.wait(20_000n)
    const executed = desk.told('executed').map(({ record }) => record)
    assert.ok(executed.includes(first) && !executed.includes(second))
    assert.deepEqual(
      desk.state.waiting.map(({ account }) => account),
      [1, 2, 1],
    )
    desk.wait(40_000n)
    assert.deepEqual(desk.state.waiting, [])
    assert.equal(desk.told('filled').length - desk.told('busted').length, 1)
  })

  test('can leave out a message that no proof gets by: it is refused, and all others go on without it', () => {
    const desk = traded()
    const poison = desk.told('executed')[1]!.record
    desk.put({ kind: 'rewind', to: 0, cause: 'WITNESS', without: [poison] })
    assert.deepEqual(desk.told('refused'), [{ kind: 'refused', record: poison, reason: 'QUARANTINED' }])
    assert.equal(desk.told('busted').length, 1)
    assert.deepEqual(
      desk.state.batches.map(({ items }) => items.length),
      [1],
    )
    const again = { kind: 'rewind', to: 0, cause: 'WITNESS', without: [poison] } as const
    assert.throws(() => desk.put(again), { ...INVALID, path: 'record.without' })
  })

  test('keeps what was sent: a dropped batch that the chain takes after all takes its place, with what it executed and served', () => {
    const desk = new Desk()
    const deposit = (amount: bigint) => ({ kind: 'DEPOSIT', account: 2, asset: 0, amount }) as const
    desk.queue(0n, [deposit(9n)])
    const first = desk.order(1, 1n, 'sell')
    desk.put({ kind: 'cut', cash: true })
    const roots = [1, 2].map((index) => desk.rootOf(index))
    desk.put({ kind: 'sent', index: 2, root: roots[1]! })
    desk.settle(1)
    desk.settle(2)
    // A reorganisation takes both back and changes the deposit; another order meets the first one then.
    desk.put({ kind: 'reorganised', settled: 0 })
    desk.queue(0n, [deposit(7n)])
    const second = desk.order(2, 1n, 'buy')
    desk.put({ kind: 'cut', cash: true })
    assert.notEqual(desk.rootOf(1), roots[0])
    assert.equal(desk.state.dropped.length, 2)
    // It is undone: the batches of before are settled, in their order and as they were.
    assert.throws(() => desk.put({ kind: 'settled', index: 2, root: roots[1]! }), INVALID)
    desk.put({ kind: 'settled', index: 1, root: roots[0]! })
    desk.put({ kind: 'settled', index: 2, root: roots[1]! })
    assert.deepEqual(
      [1, 2].map((index) => desk.rootOf(index)),
      roots,
    )
    const served = desk.state.entries.map(({ operation }) => (operation as { amount?: bigint }).amount)
    assert.deepEqual(served, [9n])
    const records = desk.state.batches.flatMap(({ items }) => items.map(({ record }) => record))
    assert.deepEqual(records, [first, second])
    assert.equal(desk.told('filled').length - desk.told('busted').length, 1)
    assertInstance(desk.state.batches[2]!, desk.state.config)
    desk.put({ kind: 'final', index: 2 })
    assert.deepEqual(desk.state.dropped, [])
  })

  test('keeps nothing of what was never sent', () => {
    const desk = traded()
    const root = desk.rootOf(1)
    desk.wait(2_000n)
    desk.order(3, 1n, 'sell')
    desk.put({ kind: 'rewind', to: 0, cause: 'AGE' })
    assert.deepEqual(desk.state.dropped, [])
    assert.notEqual(desk.rootOf(1), root)
    assert.throws(() => desk.put({ kind: 'settled', index: 1, root }), INVALID)
  })

  test('takes back no batch that the chain took, and makes none that is not there', () => {
    const desk = traded()
    desk.settle(1)
    for (const to of [0, 2]) assert.throws(() => desk.put({ kind: 'rewind', to, cause: 'AGE' }), INVALID)
    desk.put({ kind: 'reorganised', settled: 0 })
    desk.put({ kind: 'rewind', to: 0, cause: 'REORGANISATION' })
    desk.settle(1)
  })
})

suite('finality', () => {
  test('comes to each batch once, in order, and to the batch that is meant', () => {
    const desk = new Desk()
    for (let nonce = 1n; nonce <= 3n; nonce++) {
      desk.order(1, nonce, 'sell')
      desk.put({ kind: 'cut', cash: false })
    }
    const root = desk.rootOf(1)
    assert.throws(() => desk.put({ kind: 'settled', index: 2, root: desk.rootOf(2) }), INVALID)
    assert.throws(() => desk.put({ kind: 'settled', index: 1, root: root + 1n }), INVALID)
    assert.throws(() => desk.put({ kind: 'proved', index: 4, root }), INVALID)
    assert.throws(() => desk.put({ kind: 'final', index: 1 }), INVALID)
    desk.settle(1)
    assert.throws(() => desk.settle(1), INVALID)
    desk.settle(2)
    desk.put({ kind: 'final', index: 1 })
    assert.throws(() => desk.put({ kind: 'final', index: 1 }), INVALID)
    assert.throws(() => desk.put({ kind: 'reorganised', settled: 0 }), INVALID)
    assert.throws(() => desk.put({ kind: 'proved', index: 1, root }), INVALID)
  })

  test('of a proof ends with its verification key: what is not settled is to be proved again', () => {
    const desk = new Desk()
    desk.put({ kind: 'circuit', circuit: 'trade-batch', digest: DIGEST })
    desk.order(1, 1n, 'sell')
    desk.put({ kind: 'cut', cash: false })
    desk.put({ kind: 'proved', index: 1, root: desk.rootOf(1) })
    assert.deepEqual(desk.put({ kind: 'circuit', circuit: 'trade-batch', digest: DIGEST }), [])
    desk.put({ kind: 'circuit', circuit: 'trade-batch', digest: DIGEST.replace('ab', 'cd') })
    assert.equal(desk.told('reproved').length, 1)
    assert.equal(desk.state.batches[0]!.proved, false)
  })
})

test('what owners share and the venue decides becomes cash batches, and what no batch takes is told', () => {
  const desk = new Desk()
  const register = { kind: 'REGISTER', account: 5, key: POINTS[0]!, ownerCommitment: 3n } as const
  const entry = { operation: register, deadline: NOW + 9n, viewCommitment: commitmentOf(5) }
  desk.put({ kind: 'queue', first: 0n, entries: [entry], blockNumber: 1n, blockHash: DIGEST })
  desk.put({ kind: 'view', account: 5, viewKey: viewKeyOf(6) })
  desk.put({ kind: 'view', account: 5, viewKey: viewKeyOf(5) })
  desk.put({ kind: 'operations', operations: [{ kind: 'FLAG', account: 1 }] })
  desk.put({ kind: 'sweep' })
  assert.equal(accountAt(currentState(desk.state), 5)!.viewKey, viewKeyOf(5))
  assert.deepEqual(
    [desk.told('view-refused').length, desk.told('operation-refused').map(({ reason }) => reason)],
    [1, ['MARGIN']],
  )
  assert.throws(() => desk.put({ kind: 'book-salt', secret: 8n }), INVALID)
})

suite('state and snapshots', () => {
  /** With a batch of each kind, one that is final, an unfinished one, and messages that wait. */
  function busy(): Desk {
    const desk = new Desk()
    desk.order(1, 1n, 'sell')
    desk.put({ kind: 'cut', cash: false })
    desk.settle(1)
    desk.put({ kind: 'final', index: 1 })
    desk.queue(0n, [{ kind: 'DEPOSIT', account: 2, asset: 0, amount: 9n }])
    desk.withdraw(3, 1n, 4n)
    desk.put({ kind: 'cut', cash: true })
    for (let account = 1; account <= 4; account++) desk.order(account, 2n, account === 2 ? 'buy' : 'sell')
    desk.order(2, 3n, 'buy', 1)
    desk.withdraw(4, 3n, 1n)
    return desk
  }

  test('a record leaves the state as it was from which it is reduced', () => {
    const { state } = busy()
    const before = encodeSnapshot(state)
    const record = { kind: 'rewind', to: 1, cause: 'AGE' } as const
    assert.deepEqual(reduce(state, record).effects, reduce(state, record).effects)
    reduce(state, { kind: 'cut', cash: true })
    assert.deepEqual(encodeSnapshot(state), before)
  })

  test('what a prover is handed of each batch is what its circuit claims', () => {
    const desk = busy()
    desk.put({ kind: 'cut', cash: true })
    assert.ok(desk.state.batches.length >= 3)
    for (const batch of desk.state.batches) {
      assertInstance(batch, desk.state.config)
      assert.equal(instanceOf(batch, 'small').statement.newStateRoot, desk.rootOf(batch.index))
    }
  })

  test('a snapshot with some bytes changed is another one, or refused', () => {
    const bytes = encodeSnapshot(busy().state)
    const random = new Random(3n)
    for (let i = 0; i < 150; i++) {
      const changed = Uint8Array.from(bytes)
      changed[Number(random.between(0n, BigInt(bytes.length - 1)))] = Number(random.between(48n, 57n))
      try {
        decodeSnapshot(changed)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'INPUT_INVALID', (error as Error).stack)
      }
    }
  })
})
