import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tradeBatch, tradeBatchStatement } from '../../../circuits/trade-batch/index.ts'
import type { InputValue } from '../../../circuits/types.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import type { Lie } from '../../../lab/dishonesty/lie.ts'
import { SMALL } from '../../../lab/instances/model.ts'
import { addCash, feeTable, MARKET, Venue, withAccount } from '../../../lab/instances/venue.ts'
import { FIELD, toField } from '../../../protocol/numbers.ts'
import { MAX_PRICE, TOP_LEVELS } from '../../../protocol/parameters.ts'
import { hashRiskTable, riskTableWords } from '../../../protocol/risk-table.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { childrenBelowTop } from '../../../protocol/tree.ts'

const { refuses, attempt } = await dishonestProver()

/** What is made of the account in a full slot; those of light ones are counted first. */
const made = (signal: string, value: bigint, at = 0, element = 0): Lie => ({
  signal: `ChangeAccount.${signal}`,
  value,
  at: SMALL.lightAccounts + at,
  element,
})

/** Account 1 buys 3 of account 2's lots; both held something before, so that funding is due. */
function trade(): TradeBatch {
  const accounts = {
    1: { positions: { 2: { size: -20n, fundingIndex: 4n } } },
    2: { positions: { 1: { size: 8n, openBuy: 1n }, 2: { size: 20n } } },
    3: { positions: { 2: { size: 7n } } },
  }
  const venue = new Venue({ accounts })
  venue.rest([venue.sell(2, 1003n, 5n)])
  return venue.batch([venue.buy(1, 1003n, 3n, { timeInForce: 'IOC' })])
}

suite('protocol.md#rule-accounts: fills', () => {
  test('refuses a fee that is wrong by one quantum, of either side', () => {
    const batch = trade()
    const { takerFee, makerFee } = batch.steps[0]!.trade!
    assert.deepEqual([takerFee, makerFee], [3n, 1n])
    const division = /main\.step\[0\]\.settle\.MulDivUp\w*\.DivideUp\w*\.AssertBits\w*\.Num2Bits/
    for (const fee of [takerFee - 1n, takerFee + 1n, 0n]) {
      refuses(batch, { lies: [{ signal: 'DivideUp.out', value: fee, at: 0 }] }, division)
    }
    for (const fee of [makerFee - 1n, makerFee + 1n]) {
      refuses(batch, { lies: [{ signal: 'DivideUp.out', value: fee, at: 1 }] }, division)
    }
  })

  test('refuses to collect other fees than were paid', () => {
    const batch = trade()
    refuses(batch, { lies: [{ signal: 'Settle.fees', value: 3n }] }, 'main.step[0].settle.fees')
    refuses(batch, { lies: [{ signal: 'TradeBatch.newBook.fees', value: 0n }] }, 'main.newBook.fees')
    refuses(batch, { lies: [{ signal: 'TradeBatch.newBook.fees', value: 5n }] }, 'main.newBook.fees')
  })

  test('refuses cash that does not match the fill, to the quantum', () => {
    const batch = trade()
    const cash = (value: bigint) => [{ signal: 'ChangeHoldings.paid', value }]
    refuses(batch, { lies: cash(3008n) }, 'main.step[0].settle.change.paid')
    refuses(batch, { lies: cash(3010n) }, 'main.step[0].settle.change.paid')
    const own = { signal: 'ChangeHoldings.newCashChange', element: 0, value: FIELD - 3011n }
    refuses(batch, { lies: [own] }, 'main.step[0].settle.change.newCashChange[0]')
  })

  test('refuses a position that does not match the fill', () => {
    const batch = trade()
    refuses(batch, { lies: [{ signal: 'ChangeHoldings.bought', value: 4n }] }, 'main.step[0].settle.change.bought')
    const lies = [{ signal: 'ChangeHoldings.newSize', element: 1, value: 20n }]
    refuses(batch, { lies }, 'main.step[0].settle.change.newSize[1]')
  })

  test('refuses open lots that do not follow the fill', () => {
    const batch = trade()
    const open = (element: number, value: bigint) => [{ signal: 'ChangeHoldings.newOpenSell', element, value }]
    refuses(batch, { lies: open(1, 5n) }, 'main.step[0].settle.change.newOpenSell[1]')
    const buys = [{ signal: 'ChangeHoldings.newOpenBuy', element: 0, value: 3n }]
    refuses(batch, { lies: buys }, 'main.step[0].settle.change.newOpenBuy[0]')
  })

  test('refuses to charge the fill to another account than the owner of the slot', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n)])
    const touch = [2, 3].map((account) => venue.cancel(account, 'buy', MAX_PRICE, 1n))
    const batch = venue.batch([venue.buy(1, 1000n, 5n), ...touch])
    refuses(batch, { forge: { victim: put(0, slotOf(batch, 3)) } }, 'main.step[0].settle.victimAccount')
  })

  test('refuses another actor than the account of the order', () => {
    const venue = new Venue({ accounts: { 1: { nonce: 0n }, 2: {}, 3: {} } })
    const batch = venue.batch([venue.buy(1, 1000n, 5n), venue.cancel(3, 'buy', MAX_PRICE, 1n)])
    const { signal } = refuses(batch, { forge: { actor: put(0, slotOf(batch, 3)) } }, [
      'main.step[0].load.actorIndex',
      /main\.step\[1\]\.load\.nonceGrows\./,
    ])
    assert.equal(signal('main.step[0].load.work.order.account'), 1n)
  })
})

suite('protocol.md#rule-accounts: funding', () => {
  test('refuses funding that is not realised, or in other amount', () => {
    const batch = trade()
    // 20 short at index 4, the record's is 11: -20 * (4 - 11) = 140
    assert.equal(attempt(batch).signal('main.update[0].made.funding'), 140n)
    refuses(batch, { lies: [made('funding', 0n)] }, 'main.update[0].made.funding')
    refuses(batch, { lies: [made('funding', 141n)] }, 'main.update[0].made.funding')
  })

  test("refuses an account whose funding index is not the record's afterwards", () => {
    const batch = trade()
    const lies = [made('new.fundingIndex', 4n)]
    refuses(batch, { lies }, 'main.update[0].made.new.fundingIndex')
  })
})

suite('protocol.md#rule-accounts: what an account may come to', () => {
  test('refuses cash of 2^80 quanta, and accepts one less', () => {
    const batch = trade()
    const { after } = batch.touched[1]!
    const most = withAccount(batch, 2, addCash((1n << 80n) - 1n - after.collateral[0]!))
    assert.deepEqual(attempt(most).broken, [])
    // No model makes the words of more: a table that pays a quantum of funding for each of its 20 lots brings it there.
    const almost = withAccount(most, 2, addCash(-19n))
    const dearer = feeTable({}, { fundingIndex: batch.context.riskTable.markets[MARKET]!.fundingIndex - 1n })
    const table = { riskRoot: hashRiskTable(dearer), riskWords: riskTableWords(dearer).map(toField) }
    const more = attempt(almost, { forge: table })
    assert.equal(more.signal('main.update[1].made.after.collateral[0]'), 1n << 80n)
    assertBreaks(more.broken, /^main\.update\[1\]\.made\.IsNegative\S*\.Num2Bits/)
    assert.ok(!more.shippedAccepts())
    assert.deepEqual(attempt(withAccount(almost, 2, addCash(-1n)), { forge: table }).broken, [])
  })
})

/** The path of account slot 1, behind those of light slots. */
const UNDER_TOP = SMALL.lightAccounts + 1

suite('protocol.md#rule-accounts: which accounts change', () => {
  /** Inputs in which account slot `slot` holds what slot `from` of another batch holds. */
  function withSlot(other: TradeBatch, slot: number, from = 0) {
    const names = [
      'index',
      'keyX',
      'keyY',
      'ownerCommitment',
      'viewKey',
      'status',
      'nonce',
      'collateral',
      'size',
      'fundingIndex',
    ] as const
    const input = tradeBatch.buildInput(tradeBatchStatement(other), other, 'small') as Record<string, bigint[]>
    return Object.fromEntries(
      [...names, 'openBuy', 'openSell', 'accountChildren'].map((name) => [
        name,
        (honest: readonly bigint[]) => honest.with(slot, input[name]![from]!),
      ]),
    )
  }

  test('refuses an account that is twice in the table', () => {
    const venue = new Venue()
    const messages = [venue.buy(1, 1000n, 5n), venue.buy(1, 999n, 5n)]
    const batch = venue.batch(messages)
    const first = venue.batch(messages.slice(0, 1))
    venue.state = first.after
    const second = venue.batch(messages.slice(1))
    const forge = { ...withSlot(second, 1), actor: put(1, 1n), signer: put(1, 1n) }
    const { newStateRoot } = refuses(batch, { forge }, /main\.ascending\[1\]\./)
    assert.equal(newStateRoot, tradeBatchStatement(batch).newStateRoot)
  })

  test('refuses accounts in another order than ascending', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n), venue.buy(2, 999n, 5n)])
    const swap = ([first, second, ...rest]: readonly bigint[]) => [second!, first!, ...rest]
    const names = [
      'index',
      'keyX',
      'keyY',
      'ownerCommitment',
      'viewKey',
      'status',
      'nonce',
      'collateral',
      'size',
      'fundingIndex',
      'openBuy',
    ]
    const forge = {
      ...Object.fromEntries([...names, 'openSell'].map((name) => [name, swap])),
      actor: [1n, 0n, 0n, 0n, 0n, 0n],
      signer: [1n, 0n, 0n, 0n],
    }
    refuses(batch, { forge }, /main\.ascending\[1\]\./)
  })

  /** Slot 1 of a batch that touches account 1 only opens account 3, whose funding would be realised. */
  function bystander() {
    const accounts = { 1: {}, 3: { positions: { 2: { size: 7n } } }, 4: { positions: { 2: { size: -7n } } } }
    const venue = new Venue({ accounts })
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const stranger = venue.batch([venue.buy(3, 1000n, 5n)])
    const forge = withSlot(stranger, 1)
    return { batch, forge: { ...forge, nonce: put(1, 0n) } }
  }

  test('refuses to change an account that was not touched', () => {
    const { batch, forge } = bystander()
    const free: Forgery = Object.fromEntries(Object.entries(forge).filter(([name]) => name !== 'accountChildren'))
    const lies = [{ signal: 'TradeBatch.enabled', element: 1, value: 1n }]
    const { signal } = refuses(batch, { forge: free, lies }, 'main.enabled[1]')
    assert.equal(signal('main.update[1].made.funding'), FIELD - 77n)
  })

  test('refuses a disabled account slot that changes the tree', () => {
    const { batch, forge } = bystander()
    const honest = attempt(batch, { forge })
    assert.deepEqual(honest.broken, [])
    assert.equal(honest.newStateRoot, tradeBatchStatement(batch).newStateRoot)
    const changed = honest.signal('main.update[1].write.path.path.newRoot')
    const lie = (signal: string, at: number) => [{ signal, at, value: changed }]
    refuses(batch, { forge, lies: lie('UpdateUnderTop.newNodes', UNDER_TOP) }, 'main.update[1].write.path.newNodes[0]')
    refuses(batch, { forge, lies: lie('UpdateAccount.newNodes', 1) }, 'main.update[1].newNodes[0]')
    const { signal } = refuses(
      batch,
      { forge, lies: [{ signal: 'UpdateUnderTop.change', at: UNDER_TOP, value: 1n }] },
      'main.update[1].write.path.change',
    )
    assert.notEqual(signal('newRoot'), honest.newStateRoot)
  })

  test('refuses to disable the slot of an account that was touched', () => {
    const batch = trade()
    const lies = [{ signal: 'TradeBatch.enabled', element: 1, value: 0n }]
    refuses(batch, { lies }, 'main.enabled[1]')
  })

  test('refuses an enabled slot behind a disabled one', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const [unused, used] = [withSlot(batch, 0, 2), withSlot(batch, 1)]
    const both = Object.keys(used).map((name) => [
      name,
      (honest: readonly bigint[]) => used[name]!(unused[name]!(honest)),
    ])
    const forge = { ...Object.fromEntries(both), actor: put(0, 1n), signer: put(0, 1n) }
    refuses(batch, { forge }, /^main\.enabled\[0\] main\.enabled\[1\]$/)
  })

  test('refuses an account that is opened at another index, or at one beyond the tree', () => {
    const batch = trade()
    const forge = { index: put(0, 5n) }
    refuses(batch, { forge }, [
      'main.sign[0].signerIndex',
      'main.step[0].load.actorIndex',
      /main\.update\[0\]\.write\.path\./,
      /main\.ascending\[1\]\./,
      'main.update[1].write.path.node',
    ])
    refuses(batch, { forge: { index: put(1, 258n) } }, [
      'main.step[0].settle.victimIndex',
      /main\.update\[1\]\.write\.path\.Num2Bits/,
      /main\.ascending\[1\]\./,
    ])
  })

  test("refuses an account of a tree of its own, which is not the old state's", () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const richer = withAccount(batch, 1, addCash(1_000_000n))
    const { newStateRoot } = refuses(batch, { forge: withSlot(richer, 0) }, 'main.update[0].write.path.node')
    assert.notEqual(newStateRoot, tradeBatchStatement(batch).newStateRoot)
  })

  test('refuses another node at the top of the tree than that of the index, to open or to change', () => {
    const batch = trade()
    const nodes = batch.before.accounts.row(TOP_LEVELS)
    assert.notEqual(nodes[0], nodes[9])
    const other = [0n, 1n].map((value, i) => ({ signal: 'UpdateUnderTop.hot', at: UNDER_TOP, element: 9 * i, value }))
    refuses(batch, { lies: other }, [/^main\.update\[1\]\.write\.path\.(row|hot)/, 'main.update[1].write.path.node'])
    const { signal } = attempt(batch)
    const change = signal('main.update[1].write.path.change')
    const moved = [
      { signal: 'UpdateUnderTop.newNodes', at: UNDER_TOP, element: 0, value: signal('main.nodes[1][0]') },
      { signal: 'UpdateUnderTop.newNodes', at: UNDER_TOP, element: 9, value: (nodes[9]! + change) % FIELD },
    ]
    refuses(
      batch,
      { lies: moved },
      [0, 9].map((n) => `main.update[1].write.path.newNodes[${n}]`),
    )
  })

  test('refuses nodes that are not those which the slot before left, and a root of others than the last', () => {
    const batch = trade()
    const [node] = batch.before.accounts.row(TOP_LEVELS) as [bigint]
    // all that the first slot did would be undone
    const paths = batch.touched.map(({ index }) => childrenBelowTop(batch.before.accounts.path(index).children))
    const accountChildren = (honest: readonly InputValue[]) => honest.with(1, paths[1]!)
    const stale = { signal: 'UpdateAccount.nodes', at: 1, element: 0, value: node }
    refuses(batch, { forge: { accountChildren }, lies: [stale] }, 'main.update[1].nodes[0]')
    const root = { signal: 'TopRoot.nodes', at: 1, element: 0, value: node }
    const { newStateRoot } = refuses(batch, { lies: [root] }, /main\.TopRoot\S*\.nodes\[0\]$/)
    assert.notEqual(newStateRoot, tradeBatchStatement(batch).newStateRoot)
  })

  test('refuses to work for a touched account that did not send the message', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n)])
    const batch = venue.batch([venue.buy(1, 1000n, 3n, { timeInForce: 'IOC', nonce: 9n })])
    refuses(batch, { forge: { actor: put(0, slotOf(batch, 2)) } }, 'main.step[0].load.actorIndex')
  })

  test('refuses a touched account of which anything else changes', () => {
    const batch = trade()
    refuses(batch, { lies: [made('after.keyX', 5n)] }, 'main.update[0].made.after.keyX')
    refuses(batch, { lies: [made('after.ownerCommitment', 5n)] }, 'main.update[0].made.after.ownerCommitment')
    refuses(batch, { lies: [made('after.viewKey', 5n)] }, 'main.update[0].made.after.viewKey')
    refuses(batch, { lies: [made('after.status', 1n)] }, 'main.update[0].made.after.status')
    refuses(batch, { lies: [made('after.collateral', 5n, 0, 1)] }, 'main.update[0].made.after.collateral[1]')
    refuses(batch, { lies: [made('after.nonce', 0n)] }, 'main.update[0].made.after.nonce')
    const other = { signal: 'ReplacePosition.replaced.openBuy', at: SMALL.lightAccounts + 1, element: 1, value: 0n }
    refuses(batch, { lies: [other] }, 'main.update[1].made.replace.replaced[1].openBuy')
  })

  test('refuses an account that is not as the old state has it', () => {
    const batch = trade()
    const path = [/main\.update\[0\]\.write\.path\.path\.children\[0\]\[3\]/, 'main.update[1].write.path.node']
    refuses(batch, { forge: { ownerCommitment: put(0, 1n) } }, path)
    refuses(batch, { forge: { collateral: (all: bigint[][]) => all.with(0, [2n ** 70n, 0n]) as never } }, path)
    refuses(batch, { forge: { size: (all: bigint[][]) => all.with(0, [0n, 0n, 100n, 0n]) as never } }, path)
  })
})
