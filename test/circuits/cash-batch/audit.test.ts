import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { assumedKeys } from '../../../audit/assumed-keys.ts'
import { audit } from '../../../audit/audit.ts'
import { createTamperCheck } from '../../../circom/constraint-check.ts'
import { checkEquivalence } from '../../../circom/equivalence.ts'
import { CASH_BATCH_REVIEW } from '../../../circuits/cash-batch/review.ts'
import { compileCached } from '../../../lab/circuits/compile-cached.ts'
import { harnessOf } from '../../../lab/circuits/harness.ts'
import { readNamedSystem } from '../../../lab/circuits/named-system.ts'
import { CASH_VENUE, cashBatchOf, cashCircuit, cashInput, cashMessage } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, TRADING_KEY } from '../../../lab/instances/model.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { keyToRegister } from '../../../protocol/signature.ts'

const definition = cashCircuit(CASH_VENUE)
const full = await readNamedSystem(await compileCached(definition, { optimization: 'O0', inspect: true }))
const shipped = await harnessOf(definition, await compileCached(definition, { optimization: 'O2' }))
const { free, keys } = CASH_BATCH_REVIEW

suite('the audit of cash-batch', async () => {
  const assumed = assumedKeys(keys, full.symbols)
  const report = await audit({ ...full, targets: 'all', keys: assumed, timeout: 3_600_000 })

  test('proves every signal, or the reviewed list excuses it', () => {
    assert.equal(report.stopped, undefined)
    assert.deepEqual([report.contradictions, report.unusedPublicInputs], [[], []])
    assert.deepEqual([report.counts.FORGED, report.counts.UNKNOWN], [0, 0])
    const names = report.targets.map(({ name }) => name)
    const unlisted = names.filter((name) => !free.some(({ pattern }) => pattern.test(name)))
    assert.deepEqual(unlisted, [])
    const { PROVEN, HARMLESS } = report.counts
    assert.ok(PROVEN >= 0.98 * (PROVEN + HARMLESS), JSON.stringify(report.counts))
    const idle = free.filter(({ pattern }) => !names.some((name) => pattern.test(name)))
    assert.deepEqual(idle, [], 'patterns that excuse nothing any more')
  })

  test('takes for granted what the review says, in every slot', () => {
    assert.equal(assumed.length, CASH_VENUE.slots)
    assert.equal(report.lemmas['AssertSignature()'], CASH_VENUE.slots)
  })

  test('holds after simplification, which leaves the solutions as they are', () => {
    assert.ok(shipped.r1cs.nConstraints < full.r1cs.nConstraints)
    const { equivalent, ...differences } = checkEquivalence(full.r1cs, shipped.r1cs)
    assert.deepEqual(differences, { missing: [], extra: [], restricting: [], redundant: [], moved: [] })
    assert.ok(equivalent)
  })
})

suite('every signal of cash-batch is bound', () => {
  const short = makeAccount(CASH_VENUE, { cash: 13_000n, others: [50n], positions: { 0: { size: -10n } } })
  const state = makeState(CASH_VENUE, { 0: makeAccount(CASH_VENUE), 1: short, 2: short }, { 1: { fees: 9n } })
  const forced = { kind: 'FORCED', account: 2, asset: 0, requested: 1n << 79n } as const
  const key = keyToRegister(TRADING_KEY)
  const batches = [
    cashBatchOf(state, [{ kind: 'REGISTER', account: 5, key, ownerCommitment: 4n }, forced, cashMessage()], {}, 1),
    cashBatchOf(state, [forced, cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2 })], {}, 0),
  ]
  for (const [i, batch] of batches.entries()) {
    test(`any one signal of honest witness ${i} changed breaks a constraint`, () => {
      const witness = shipped.expectPass(cashInput(batch))
      const { brokenBy } = createTamperCheck(shipped.r1cs, witness)
      const isFree = (wire: number) =>
        [1n, 0x2545f4914f6cdd1dn].some((by) => brokenBy(new Map([[wire, (witness[wire]! + by) % FIELD]])).length === 0)
      const names = witness.flatMap((_, wire) => (wire > 0 && isFree(wire) ? [shipped.symbols.names(wire)[0]!] : []))
      const read = names.filter((name) => !free.some(({ pattern }) => pattern.test(name)))
      // What a kind does not use of an operation: its inputs are read by nothing.
      const unread =
        /^main\.(slot\[\d+\]\.operation\.)?(messageNonce|expiry|pointX|pointY|newViewKey|nonce|viewKey|keyX|keyY)(\[\d+\])?$/
      assert.deepEqual(
        read.filter((name) => !unread.test(name)),
        [],
      )
    })
  }
})
