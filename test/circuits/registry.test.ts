import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXIT_KIND } from '../../circuits/exit/statement.ts'
import {
  CIRCUITS,
  cashBatch,
  deleverage,
  EXPOSURE_KIND,
  RISK_UPDATE_KIND,
  STATE_CIRCUITS,
  takeover,
  tradeBatch,
} from '../../circuits/index.ts'

test('the circuits that move the state have kinds from 0 without gaps, and what is deployed keeps its kind', () => {
  assert.deepEqual(
    STATE_CIRCUITS.map(({ settlementKind }) => settlementKind),
    STATE_CIRCUITS.map((_, place) => place),
  )
  assert.deepEqual(
    [tradeBatch, cashBatch, takeover, deleverage].map((circuit) => circuit.settlementKind),
    [0, 1, 2, 3],
  )
  const others = [EXPOSURE_KIND, RISK_UPDATE_KIND, EXIT_KIND]
  assert.deepEqual(others, [253, 254, 255])
  assert.ok(EXPOSURE_KIND > STATE_CIRCUITS.length, 'no batch has the number of another list of words')
})

test('each circuit of the registry stands under its own name', () => {
  for (const [name, definition] of Object.entries(CIRCUITS)) assert.equal(definition.name, name)
})
