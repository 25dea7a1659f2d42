import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { errorBound, errorOf, randomOptions } from '../../../lab/pricing/option-points.ts'

const POINTS = 1_000_000

test(`prices are within the bound at ${POINTS.toLocaleString('en-US')} random points`, (t) => {
  let worst = 0
  for (const option of randomOptions(POINTS, 9)) {
    const error = errorOf(option)
    assert.ok(error <= errorBound(option), inspect(option))
    // beyond the quantum that rounding may take
    worst = Math.max(worst, (Number(error) / 2 ** 64 - 1) / Number(option.forward))
  }
  t.diagnostic(`worst error: a quantum and ${worst.toExponential(2)} of the forward`)
  assert.ok(worst < 1e-7)
})
