import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { marginStatement, marginSufficiency, marginWitness } from '../../circuits/margin-sufficiency/index.ts'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { createTamperCheck } from '../../prover/constraint-check.ts'
import { busyBatch } from '../support/busy-batches.ts'
import { type Harness, shippedHarness, type TestCircuit } from '../support/circuit-harness.ts'
import { feeTable } from '../support/venue.ts'

/** Signals that may change while all others stay, and why that proves nothing false. */
interface FreeSignals {
  readonly pattern: RegExp
  readonly reason: string
}

const INVERSE_OF_ZERO =
  'the hint of a test for zero whose input is 0: `in * inv = 1 - out` and `in * out = 0` make out 1 whatever inv is, and nothing else reads inv'

const TRADE_BATCH: readonly FreeSignals[] = [
  { pattern: /^main\.step\[\d\]\.IsSame\w*\.IsZero\w*\.inv$/, reason: INVERSE_OF_ZERO },
  { pattern: /^main\.unpackTaker\.IsZero\w*\.inv$/, reason: INVERSE_OF_ZERO },
  {
    pattern: /^main\.admit\[\d\]\.signature\.EdDSAPoseidonVerifier\w*\.eqCheck[XY]\.isz\.inv$/,
    reason: INVERSE_OF_ZERO,
  },
]

const MARGIN_SUFFICIENCY: readonly FreeSignals[] = []

/** At most this share of a circuit's signals may be on its list. */
const MOST = 0.02

/** The signals of which some change breaks no constraint of the shipped circuit, by name. */
function freeSignals(harness: Harness, input: CircuitInput): string[] {
  const witness = harness.expectPass(input)
  const { brokenBy } = createTamperCheck(harness.r1cs, witness)
  const free: string[] = []
  let random = 0x2545f4914f6cdd1dn
  for (let wire = 1; wire < witness.length; wire++) {
    random = (random * 6364136223846793005n + 1442695040888963407n) % FIELD
    const honest = witness[wire]!
    const values = [(honest + 1n) % FIELD, random].filter((value) => value !== honest)
    if (values.some((value) => brokenBy(new Map([[wire, value]])).length === 0)) {
      free.push(harness.symbols.names(wire)[0]!)
    }
  }
  return free
}

function assertBound(harness: Harness, input: CircuitInput, list: readonly FreeSignals[]) {
  const free = freeSignals(harness, input)
  const unlisted = free.filter((name) => !list.some(({ pattern }) => pattern.test(name)))
  assert.deepEqual(unlisted, [], 'signals that nothing binds and no reason excuses')
  for (const { pattern } of list) {
    assert.ok(
      free.some((name) => pattern.test(name)),
      `${pattern} excuses nothing any more`,
    )
  }
  assert.ok(free.length <= MOST * harness.r1cs.nWires, `${free.length} free signals`)
}

suite('every signal of the shipped circuits is bound', () => {
  test('trade-batch: any one signal of a busy honest witness changed breaks a constraint', async () => {
    const batch = busyBatch()
    assert.deepEqual([batch.steps.length, batch.touched.length, batch.messages.length], [6, 4, 4])
    const harness = await shippedHarness(tradeBatch as TestCircuit)
    assertBound(harness, tradeBatch.buildInput(tradeBatchStatement(batch), batch, 'small'), TRADE_BATCH)
  })

  test('margin-sufficiency: any one signal of an honest witness changed breaks a constraint', async () => {
    const { after } = busyBatch()
    const account = { ...after.accounts.get(1)!, ownerCommitment: ownerCommitment(4_321n) }
    const state = { ...after, accounts: after.accounts.set(1, account) }
    const witness = marginWitness(state, 1, 4_321n, feeTable())
    const statement = marginStatement(state, witness, { domain: 77n, ratioBps: 12_345n, context: 99n })
    const harness = await shippedHarness(marginSufficiency as TestCircuit)
    assertBound(harness, marginSufficiency.buildInput(statement, witness, 'small'), MARGIN_SUFFICIENCY)
  })
})
