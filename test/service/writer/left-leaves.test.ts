import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tradeBatch } from '../../../circuits/index.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { LeftLeaves } from '../../../service/writer/left-leaves.ts'
import { openingsOf, stateOf } from '../../../venue/files/openings.ts'

const { witness: batch } = tradeBatch.example('small')
const { before, after, touched, context } = batch
const { market } = context
const indices = touched.map(({ index }) => index)
/** As it comes from another thread. */
const opened = (state: typeof after) => structuredClone(openingsOf(state, indices, market))

test('what a batch left is what the next one opens, and anything else is as it came', () => {
  const leaves = new LeftLeaves()
  const first = opened(before)
  assert.deepEqual(leaves.known(first, market), first)
  leaves.keep(batch)
  const next = leaves.known(opened(after), market)
  assert.deepEqual(next, opened(after))
  for (const [i, { account }] of next.accounts.entries()) assert.equal(account, touched[i]!.after)
  assert.equal(next.book.book, after.books.get(market))
  assert.equal(stateRoot(stateOf(next, market, after.shape, 'state')), stateRoot(after))
  // Before the batch they were others.
  const again = leaves.known(opened(before), market)
  assert.deepEqual(again, opened(before))
  assert.ok(
    again.accounts.every(({ account }, i) => touched[i]!.before === touched[i]!.after || account !== touched[i]!.after),
  )
})

test('what opens a leaf as another than its digest says gets the leaf that the digest is of', () => {
  const leaves = new LeftLeaves()
  leaves.keep(batch)
  const lie = opened(after)
  const [first, ...others] = lie.accounts
  const richer = { ...first!.account!, collateral: first!.account!.collateral.map((lots) => lots + 1n) }
  const told = leaves.known({ ...lie, accounts: [{ ...first!, account: richer }, ...others] }, market)
  assert.equal(told.accounts[0]!.account, touched[0]!.after)
})
