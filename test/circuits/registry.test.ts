import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CIRCUITS, STATE_CIRCUITS, tradeBatch } from '../../circuits/index.ts'

test('the circuits that move the state have kinds from 0 without gaps, and what is deployed keeps its kind', () => {
  assert.deepEqual(
    STATE_CIRCUITS.map(({ settlementKind }) => settlementKind),
    STATE_CIRCUITS.map((_, place) => place),
  )
  assert.equal(tradeBatch.settlementKind, 0)
})

test('each circuit of the registry stands under its own name', () => {
  for (const [name, definition] of Object.entries(CIRCUITS)) assert.equal(definition.name, name)
})
