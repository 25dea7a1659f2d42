import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { CIRCUIT_NAMES, CIRCUITS } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { dishonestProver } from '../../lab/dishonesty/dishonest-prover.ts'
import {
  type ForgedHints,
  jointLies,
  legalRoots,
  singleLies,
  stopBefore,
  TRIED_HINTS,
} from '../../lab/dishonesty/hint-lies.ts'
import { HINT_BATCHES, pausableBatch } from '../../lab/instances/hint-batches.ts'
import { SMALL } from '../../lab/instances/model.ts'
import { addCash } from '../../lab/instances/venue.ts'
import { sampleOf } from '../../lab/mutation/sample.ts'
import { type Account, hashAccount, statusWord } from '../../protocol/account.ts'
import { toField } from '../../protocol/numbers.ts'
import { PROFILE_NAMES } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { childrenBelowTop, Tree } from '../../protocol/tree.ts'
import { rootWith, tellHints } from '../support/tell-hints.ts'

/** Lies told about each batch; hints.slow.test.ts tells all of them. */
const SINGLE = 10
const JOINT = 5

const prover = await dishonestProver()

/** Inputs that have an element for each account slot and are no hints of the margin rule. */
const OF_ACCOUNT = [
  ...['index', 'keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce', 'collateral'],
  ...['size', 'fundingIndex', 'openBuy', 'openSell', 'accountChildren'],
] as const

/** Inputs with that account in a slot, in a tree of its own. */
function holding(honest: CircuitInput, slot: number, index: number, account: Account): ForgedHints {
  const positions = account.positions
  const values: Readonly<Record<(typeof OF_ACCOUNT)[number], InputValue>> = {
    index: BigInt(index),
    keyX: account.tradingKey.x,
    keyY: account.tradingKey.y,
    ownerCommitment: account.ownerCommitment,
    viewKey: account.viewKey,
    status: statusWord(account),
    nonce: account.nonce,
    collateral: account.collateral.map(toField),
    size: positions.map(({ size }) => toField(size)),
    fundingIndex: positions.map(({ fundingIndex }) => toField(fundingIndex)),
    openBuy: positions.map(({ openBuy }) => openBuy),
    openSell: positions.map(({ openSell }) => openSell),
    accountChildren: childrenBelowTop(
      new Tree(SMALL.accountLevels, hashAccount).set(index, account).path(index).children,
    ),
  }
  const put = (name: keyof typeof values) => (honest[name] as readonly InputValue[]).with(slot, values[name]!)
  return Object.fromEntries(OF_ACCOUNT.map((name) => [name, put(name)]))
}

suite('inputs by what they are to the statement', () => {
  for (const name of CIRCUIT_NAMES) {
    test(`${name}: every input has one role`, () => {
      const described = CIRCUITS[name].review.inputs.flatMap(({ names }) => names)
      for (const profile of PROFILE_NAMES) {
        assert.deepEqual(described.toSorted(), Object.keys(requireCircuit(name).inputShapes(profile)).toSorted())
      }
      const open = CIRCUITS[name].review.inputs.filter(({ role }) => role === 'public').flatMap(({ names }) => names)
      assert.deepEqual(open, requireCircuit(name).publicSignals)
    })
  }

  test('trade-batch: lies are told about every hint', () => {
    const hints = CIRCUITS['trade-batch'].review.inputs
      .filter(({ role }) => role === 'hint')
      .flatMap(({ names }) => names)
    assert.deepEqual(hints.toSorted(), TRIED_HINTS.toSorted())
  })
})

suite('no dishonest hint of trade-batch leads to another state root', () => {
  for (const [name, make] of Object.entries(HINT_BATCHES)) {
    test(`in a batch with ${name}`, () => {
      const batch = make()
      const honest = prover.honestInput(batch)
      const lies = [...sampleOf(singleLies(honest), SINGLE, 1), ...sampleOf(jointLies(honest), JOINT, 2)]
      assert.ok(tellHints(prover, batch, lies) > 0)
    })
  }

  test('but for a pause: with every account slot touched, an order in hand may stay in hand', () => {
    const batch = pausableBatch()
    assert.deepEqual([batch.steps.length, batch.touched.length], [6, accountSlots(SMALL)])
    const honest = prover.honestInput(batch)
    const roots: bigint[] = []
    for (let k = 0; k < batch.steps.length; k++) {
      const stop = stopBefore((hint) => honest[hint] as readonly bigint[], k)
      const root = rootWith(prover, batch, stop)
      assert.equal(root !== 'refused', k >= 3, `pausing before step ${k}`)
      if (root !== 'refused') roots.push(root)
    }
    const legal = legalRoots(batch)
    assert.deepEqual(new Set([...roots, stateRoot(batch.after)]), legal)
    assert.equal(legal.size, 4)
  })
})

suite('what a slot holds that no step touches leads to no other state root', () => {
  test('another account of the state, and one that is in no state', () => {
    const batch = HINT_BATCHES['one order that rests, slots that are not used']!()
    assert.equal(batch.touched.length, 1)
    const honest = prover.honestInput(batch)
    const root = stateRoot(batch.after)
    const other = batch.before.accounts.get(2)!
    const rich = addCash(10n ** 20n)({ ...other, nonce: 7n })
    for (const [index, account] of [[2, other] as const, [1, rich] as const, [77, rich] as const]) {
      const lie = holding(honest, 2, index, account)
      assert.equal(rootWith(prover, batch, lie), root)
    }
  })

  test('a copy of a touched account, at which the order then stands', () => {
    const batch = HINT_BATCHES['one order that rests, slots that are not used']!()
    const honest = prover.honestInput(batch)
    const ofAccount = [
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
    const copied = [...ofAccount, 'openBuy', 'openSell', 'accountChildren'].map((name) => {
      const own = honest[name] as readonly bigint[]
      return [name, own.with(1, own[0]!)]
    })
    const at = (name: string) => ({ [name]: (honest[name] as readonly bigint[]).with(0, 1n) })
    for (const redirected of [at('actor'), at('signer'), { ...at('actor'), ...at('signer') }]) {
      assert.equal(rootWith(prover, batch, { ...Object.fromEntries(copied), ...redirected }), 'refused')
    }
  })
})
