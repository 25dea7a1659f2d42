import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ownTree, unusedAccount, unusedPath } from '../../../circuits/state/account-input.ts'
import { venueShape } from '../../../protocol/shape.ts'

it('the path of an unused account is that of a tree of its own, for each shape', () => {
  for (const profile of ['small', 'standard', 'small'] as const) {
    const shape = venueShape(profile)
    assert.deepEqual(unusedPath(shape), ownTree(unusedAccount(shape), shape))
  }
})
