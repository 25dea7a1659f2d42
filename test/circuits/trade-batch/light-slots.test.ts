import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tradeBatchStatement } from '../../../circuits/trade-batch/index.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { dishonestProver, type Forgery, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import type { Lie } from '../../../lab/dishonesty/lie.ts'
import { SMALL } from '../../../lab/instances/model.ts'
import { addCash, MARKET, Venue, withAccount } from '../../../lab/instances/venue.ts'
import type { Account } from '../../../protocol/account.ts'
import { inSlots } from '../../../protocol/trade-batch/account-slots.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

const { refuses, attempt, expectHonest, honestInput } = await dishonestProver()

const LIGHT = SMALL.accounts
const slots = (batch: TradeBatch) => inSlots(batch).map(({ index }) => index)

/** Account 1 buys of 2, 3 and 4, who hold something in all markets: 4 has the light slot. */
function sweep(edit: (account: Account) => Account = (account) => account, lots = 6n): TradeBatch {
  const positions = Object.fromEntries([0, 1, 2, 3].map((m) => [m, { size: 5n, fundingIndex: BigInt(m) }]))
  const venue = new Venue({ accounts: { 1: {}, 2: {}, 3: {}, 4: { positions } } })
  venue.rest([2, 3, 4].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
  venue.edit(4, edit)
  return venue.batch([venue.buy(1, 1002n, lots, { timeInForce: 'IOC' })])
}

const light = (signal: string, value: bigint, element = 0): Lie => ({
  signal: `ChangeAccount.${signal}`,
  value,
  at: 0,
  element,
})

suite('protocol.md#account-slots: a light slot', () => {
  test('holds an account whose orders are met and no more, also one that lacks all margin', () => {
    const batch = sweep()
    assert.deepEqual(slots(batch), [1, 2, 3, 4])
    expectHonest(batch)
    const poor = withAccount(batch, 4, addCash(-(10n ** 12n)))
    assert.deepEqual(attempt(poor).broken, [])
    assert.ok(attempt(poor).shippedAccepts())
  })

  test('holds whoever comes last of those who do not act, whatever the order of indices', () => {
    const venue = new Venue()
    venue.rest([1, 2, 3].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
    const batch = venue.batch([venue.buy(6, 1002n, 6n), venue.buy(3, 900n, 1n)])
    assert.deepEqual(slots(batch), [1, 3, 6, 2])
    expectHonest(batch)
  })

  test('refuses to lose what its account is paid, its lots or its open orders', () => {
    const batch = sweep()
    const { signal } = attempt(batch)
    const before = signal('main.nodes[3][0]')
    assert.notEqual(signal('main.nodes[4][0]'), before)
    refuses(batch, { lies: [light('after.collateral', 0n)] }, 'main.lightUpdate[0].made.after.collateral[0]')
    for (const name of ['size', 'openBuy', 'openSell']) {
      refuses(batch, { lies: [light(`new.${name}`, 9n)] }, `main.lightUpdate[0].made.new.${name}`)
    }
    refuses(batch, { lies: [light('funding', 1n)] }, 'main.lightUpdate[0].made.funding')
    refuses(
      batch,
      { lies: [{ signal: 'UpdateLightAccount.newNodes', value: before }] },
      'main.lightUpdate[0].newNodes[0]',
    )
    const root = { signal: 'TopRoot.nodes', at: 1, value: before }
    refuses(batch, { lies: [root] }, /main\.TopRoot\S*\.nodes\[0\]$/)
    const change = (name: string, value: bigint) => [{ signal: `TradeBatch.change.${name}`, element: LIGHT, value }]
    for (const name of ['nonce', 'size', 'openBuy', 'openSell', 'cash']) {
      refuses(batch, { lies: change(name, 77n) }, `main.change[${LIGHT}].${name}`)
    }
  })

  test('refuses anything else of its account to change', () => {
    const batch = sweep()
    for (const name of ['keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce']) {
      refuses(batch, { lies: [light(`after.${name}`, 5n)] }, `main.lightUpdate[0].made.after.${name}`)
    }
    refuses(batch, { lies: [light('after.collateral', 5n, 1)] }, 'main.lightUpdate[0].made.after.collateral[1]')
    const other = { signal: 'ReplacePosition.replaced.size', element: 1, at: 0, value: 0n }
    refuses(batch, { lies: [other] }, 'main.lightUpdate[0].made.replace.replaced[1].size')
  })

  test('refuses positions, and digests of them, that the account does not have', () => {
    const batch = sweep()
    const path = [/main\.lightUpdate\[0\]\.write\.path/]
    const digest = 'main.lightUpdate[0].replace.digests[0]'
    const [digests] = honestInput(batch).lightDigests as bigint[][]
    refuses(batch, { forge: { lightDigests: [[digests![0]! + 1n]] } }, [digest, ...path])
    const richer = (all: readonly (readonly bigint[])[]) => [all[0]!.with(1, 500n)]
    refuses(batch, { forge: { lightSize: richer as never } }, digest)
    // both together open another leaf
    const { signal } = attempt(batch, { forge: { lightSize: richer as never } })
    const other = signal('main.lightUpdate[0].made.oldDigests[0]')
    refuses(batch, { forge: { lightSize: richer as never, lightDigests: [[other]] } }, path)
    const told = [{ signal: 'WriteAccount.oldDigests', value: digests![0]! }]
    const forge = { lightSize: richer as never, lightDigests: [[other]] }
    refuses(batch, { forge, lies: told }, 'main.lightUpdate[0].write.oldDigests[0]')
    const taken = [{ signal: 'ReplaceDigest.digests', value: other }]
    refuses(batch, { forge: { lightSize: richer as never }, lies: taken }, 'main.lightUpdate[0].replace.digests[0]')
    const lies = [{ signal: 'ReplaceDigest.newDigests', value: digests![0]! }]
    refuses(batch, { lies }, 'main.lightUpdate[0].replace.newDigests[0]')
  })

  test('refuses a head to live whose account, in a light slot, is barred', () => {
    const barred = sweep((account) => ({ ...account, suspended: true }), 7n)
    assert.equal(barred.steps[2]!.kind, 'head-removed')
    assert.deepEqual(slots(barred), [1, 2, 3, 4])
    refuses(barred, { lies: [{ signal: 'TradeBatch.barred', element: LIGHT, value: 0n }] }, `main.barred[${LIGHT}]`)
  })

  test('refuses a light slot without a view key', () => {
    const batch = withAccount(sweep(), 4, (account) => ({ ...account, viewKey: 0n }))
    // no model makes the words of it
    const made = attempt(sweep(), { forge: { viewKey: put(LIGHT, 0n) } })
    assert.ok(
      made.broken.some((signals) => signals.includes(`main.viewless[${LIGHT}].out`)),
      made.broken.join('\n'),
    )
    assert.equal(batch.touched.at(-1)!.before.viewKey, 0n)
  })
})

suite('protocol.md#account-slots: who acts has a full slot', () => {
  /** The batch as if account 4 acted and 1 did not: their kinds of slots are exchanged. */
  function exchanged(batch: TradeBatch): TradeBatch {
    return { ...batch, touched: batch.touched.map((entry) => ({ ...entry, acted: entry.index !== 1 })) }
  }

  test('refuses an order of an account in a light slot, whose margin nobody would ask for', () => {
    const venue = new Venue()
    venue.rest([2, 3, 4].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
    const honest = venue.batch([venue.buy(1, 1002n, 6n, { timeInForce: 'IOC' })])
    const batch = exchanged(honest)
    assert.deepEqual(slots(batch), [2, 3, 4, 1])
    const acting = /^main\.(admit\[0\]|step\[\d\]\.load)\.OneHot/
    const own = [acting, 'main.admit[0].signerIndex', /^main\.step\[\d\]\.load\.actorIndex/]
    const made = attempt(batch, {})
    assertBreaks(
      made.broken.filter((signals) => acting.test(signals)),
      acting,
    )
    assert.ok(!made.shippedAccepts())
    // nor does another full slot stand for it
    const elsewhere = attempt(batch, { forge: { actor: [0n, 0n, 0n, 0n, 0n, 0n], signer: [0n, 0n, 0n, 0n] } })
    assert.ok(elsewhere.broken.some((signals) => /actorIndex|signerIndex/.test(signals)))
    assert.ok(!elsewhere.shippedAccepts())
    assert.ok(own.length > 0)
  })

  test('refuses to say of a light slot that it is the one at work', () => {
    const batch = sweep()
    for (let step = 0; step < 3; step++) {
      const lies = [{ signal: 'Load.actor', at: step, element: LIGHT, value: 1n }]
      const { broken, shippedAccepts } = attempt(batch, { lies })
      assert.ok(broken.some((signals) => signals.includes(`main.step[${step}].load.actor[${LIGHT}]`)))
      assert.ok(!shippedAccepts())
    }
  })
})

suite('protocol.md#account-slots: each account has one slot', () => {
  /** Account 1 takes two asks of 2 and one of 3, and more if there is any. */
  function twice(lots: bigint) {
    const venue = new Venue()
    venue.rest([2, 3, 2, 3].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
    return { venue, batch: venue.batch([venue.buy(1, 1010n, lots, { timeInForce: 'IOC', nonce: 1n })]) }
  }

  /** The light slot opens account 2 as the first two trades left it, and the third is of that slot. */
  function doubled(lots: bigint): { batch: TradeBatch; forge: Forgery } {
    const { venue, batch } = twice(lots)
    const { after } = venue.batch([venue.buy(1, 1001n, 4n, { timeInForce: 'IOC', nonce: 1n })])
    const account = after.accounts.get(2)!
    venue.state = after
    const second = venue.batch([venue.buy(1, 1002n, 2n, { timeInForce: 'IOC', nonce: 2n })])
    const opened = honestInput(second) as Record<string, readonly (readonly bigint[])[] & readonly bigint[]>
    const at = slots(second).indexOf(2)
    const names = ['index', 'keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce', 'collateral']
    const leaf = names.map((name) => [name, (all: readonly bigint[]) => all.with(LIGHT, opened[name]![at] as never)])
    const group = [
      ['lightSize', 'size'],
      ['lightFundingIndex', 'fundingIndex'],
      ['lightOpenBuy', 'openBuy'],
      ['lightOpenSell', 'openSell'],
    ].map(([to, from]) => [to!, [opened[from!]![at]]])
    assert.equal(account.positions.length, SMALL.markets)
    const digests = attempt(second).signal(`main.update[${at}].made.oldDigests[0]`)
    const forge = {
      ...Object.fromEntries([...leaf, ...group]),
      lightDigests: [[digests]],
      victim: put(2, BigInt(LIGHT)),
    }
    return { batch, forge }
  }

  const repeated = /main\.distinct\[0\]\./

  test('refuses an account in a full and in a light slot, though it comes to the same state', () => {
    const { batch, forge } = doubled(6n)
    assert.deepEqual(slots(batch), [1, 2, 3])
    const { newStateRoot } = refuses(batch, { forge }, repeated)
    assert.equal(newStateRoot, tradeBatchStatement(batch).newStateRoot)
  })

  test('refuses it where a batch of three accounts would pause as if it had none left', () => {
    const { batch, forge } = doubled(8n)
    const pause = { idle: [0n, 0n, 0n, 1n, 1n, 1n], actor: [0n, 0n, 0n, 0n, 0n, 0n], victim: [1n, 2n, 3n, 0n, 0n, 0n] }
    const { newStateRoot, signal } = refuses(batch, { forge: { ...forge, ...pause } }, repeated)
    assert.equal(signal('main.pausing'), 1n)
    assert.notEqual(newStateRoot, tradeBatchStatement(batch).newStateRoot)
    // and honestly it may not
    const { broken } = attempt(batch, { forge: { ...pause, victim: [1n, 2n, 1n, 0n, 0n, 0n] } })
    assert.ok(broken.some((signals) => signals.includes('main.pausing')))
  })

  test('refuses to say that no two are the same', () => {
    const { batch, forge } = doubled(6n)
    for (const [name, value] of [
      ['repeated', 0n],
      ['entry', 99n],
      ['enabled', 0n],
    ] as const) {
      refuses(batch, { forge, lies: [{ signal: `AssertInNoFullSlot.${name}`, value }] }, repeated)
    }
    const entries = [{ signal: 'SlotEntries.entry', element: LIGHT, value: 99n }]
    assert.ok(attempt(batch, { forge, lies: entries }).broken.some((signals) => signals.includes('main.entries.entry')))
  })

  test('refuses a light slot while a full one is free', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 2n)])
    const batch = venue.batch([venue.buy(1, 1000n, 2n, { timeInForce: 'IOC' })])
    const honest = honestInput(batch) as Record<string, readonly (readonly bigint[])[] & readonly bigint[]>
    const names = [
      'index',
      'keyX',
      'keyY',
      'ownerCommitment',
      'viewKey',
      'status',
      'nonce',
      'collateral',
      'accountChildren',
    ]
    const moved = names.map((name) => {
      const all = honest[name]!
      return [name, all.with(1, all[2] as never).with(LIGHT, all[1] as never)]
    })
    const unused = ['size', 'fundingIndex', 'openBuy', 'openSell'].map((name) => {
      return [name, honest[name]!.with(1, honest[name]![2] as never)]
    })
    const group = [
      ['lightSize', 'size'],
      ['lightFundingIndex', 'fundingIndex'],
      ['lightOpenBuy', 'openBuy'],
      ['lightOpenSell', 'openSell'],
    ].map(([to, from]) => [to!, [honest[from!]![1]]])
    const digest = attempt(batch).signal('main.update[1].made.oldDigests[0]')
    const forge = {
      ...Object.fromEntries([...moved, ...unused, ...group]),
      lightDigests: [[digest]],
      victim: put(0, BigInt(LIGHT)),
    }
    const { newStateRoot } = refuses(batch, { forge }, `main.enabled[${LIGHT}]`)
    assert.equal(newStateRoot, tradeBatchStatement(batch).newStateRoot)
  })
})

test('protocol.md#account-slots: a head in any market is met through a light slot', () => {
  for (const market of [0, 1, 2, 3].filter((m) => m !== MARKET)) {
    const venue = new Venue({ market })
    venue.rest([2, 3, 4].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
    const batch = venue.batch([venue.buy(1, 1002n, 6n, { timeInForce: 'IOC' })])
    assert.deepEqual(slots(batch), [1, 2, 3, 4])
    assert.deepEqual(attempt(batch).broken, [])
  }
})
