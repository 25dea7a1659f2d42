import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { BITS } from '../../../protocol/parameters.ts'
import { type Breaker, FIRST_BREAKER, nextBreaker } from '../../../protocol/risk/breaker.ts'

const INPUTS = [
  'first',
  'index',
  'asOf',
  'outage',
  'oldIndex',
  'oldClosedUntil',
  'oldClosedSince',
  'jumpBps',
  'cooldown',
]
const breaker = await gadget(
  'BreakerProbe',
  [],
  Object.fromEntries(INPUTS.map((name) => [name, []])),
  'risk-update.circom',
)

const AS_OF = 1_700_000_000n
const TOP = (1n << BigInt(BITS.indexPrice)) - 1n
const bit = (flag: boolean) => (flag ? 1n : 0n)

/** What was, and what is. */
interface Moment {
  readonly oldIndex: bigint
  readonly index: bigint
  readonly closedUntil: bigint
  readonly closedSince: bigint
  readonly outage: boolean
  readonly jumpBps: bigint
  readonly cooldown: bigint
}

const QUIET: Moment = {
  ...{ oldIndex: 1_000n, index: 1_000n, closedUntil: 0n, closedSince: 0n },
  ...{ outage: false, jumpBps: 1_000n, cooldown: 600n },
}

function evaluate({ closedUntil, closedSince, outage, ...numbers }: Moment, first = false) {
  const before = { oldClosedUntil: closedUntil, oldClosedSince: closedSince }
  const outcome = breaker.evaluate({ ...numbers, ...before, asOf: AS_OF, outage: bit(outage), first: bit(first) })
  assert.ok(outcome.accepted, outcome.broken[0])
  return outcome
}

function agrees(moment: Moment): void {
  const { oldIndex, index, outage, ...memory } = moment
  const { signal } = evaluate(moment)
  is(signal, nextBreaker({ ...memory, index: oldIndex }, { index, asOf: AS_OF, outage }, moment))
}

function is(signal: (name: string) => bigint, { closedUntil, closedSince, closed, sheltered }: Breaker): void {
  const given = ['closedUntil', 'closedSince', 'closed', 'sheltered'].map(signal)
  assert.deepEqual(given, [closedUntil, closedSince, bit(closed), bit(sheltered)])
}

suite('NextBreaker', () => {
  test('closes at a jump beyond the bound and at none up to it, up and down, as the model does', () => {
    for (const index of [1n, 500n, 899n, 900n, 999n, 1_000n, 1_001n, 1_099n, 1_100n, 1_101n, 3_000n, TOP]) {
      for (const outage of [false, true]) agrees({ ...QUIET, index, outage })
    }
    for (const [oldIndex, index] of [
      [1n, TOP],
      [TOP, 1n],
      [TOP, TOP],
    ] as const) {
      for (const jumpBps of [1n, 9_999n, 10_000n, 65_535n]) agrees({ ...QUIET, oldIndex, index, jumpBps })
    }
  })

  test('is closed until a time and sheltered from the first of a row on, as the model is', () => {
    for (const index of [800n, 1_000n]) {
      for (const closedUntil of [AS_OF - 1n, AS_OF, AS_OF + 1n, AS_OF + 599n]) {
        for (const closedSince of [0n, AS_OF - 601n, AS_OF - 600n, AS_OF - 599n, AS_OF - 1n]) {
          for (const cooldown of [0n, 600n]) agrees({ ...QUIET, index, closedUntil, closedSince, cooldown })
        }
      }
    }
  })

  test('says nothing at the first table, however high the index is', () => {
    for (const index of [1n, 1_000n, TOP]) {
      is(evaluate({ ...QUIET, oldIndex: 0n, index }, true).signal, FIRST_BREAKER)
    }
  })

  test('leaves no number open', () => {
    const moment = { ...QUIET, index: 800n, closedUntil: AS_OF + 1n, closedSince: AS_OF - 1n }
    const { closedUntil, closedSince, outage: _, ...numbers } = moment
    const before = { oldClosedUntil: closedUntil, oldClosedSince: closedSince }
    const free = breaker.freeSignals({ ...numbers, ...before, asOf: AS_OF, outage: 0n, first: 0n })
    for (const name of free) assert.match(name, /\.inv$|before\.(sample\w+|variance|shock)$/)
  })
})
