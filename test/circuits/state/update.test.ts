import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { extremeUpdates, LEAF, UPDATE_SHAPES, updateInput, VIEW_KEY } from '../../../lab/instances/account-update.ts'
import { makeAccount, SMALL } from '../../../lab/instances/model.ts'
import { hashAccount } from '../../../protocol/account.ts'
import { type AccountUpdate, applyUpdate, packUpdate } from '../../../protocol/account-update.ts'
import { decryptUpdate, encryptUpdate } from '../../../protocol/encryption.ts'
import { poseidonPair } from '../../../protocol/hash.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { arbitraryUpdate } from '../../support/arbitraries.ts'
import { auditGadget } from '../../support/audit-gadget.ts'

const circuit = await gadget('EncryptUpdateProbe', [], UPDATE_SHAPES)

const wordsOf = ({ signal }: ReturnType<typeof circuit.evaluate>) => [signal('words[0]'), signal('words[1]')]

suite('state: what a batch publishes of an account', () => {
  test("EncryptUpdate gives the model's packed words under the model's keystream, at the ends of every field and between", () => {
    const agrees = (update: AccountUpdate) => {
      const [head, position] = packUpdate(update)
      const [first, second] = poseidonPair('ENCRYPT', [VIEW_KEY, LEAF, BigInt(update.market)])
      const outcome = circuit.evaluate(updateInput(update))
      assert.ok(outcome.accepted)
      assert.deepEqual(wordsOf(outcome), [(head + first) % FIELD, (position + second) % FIELD])
    }
    for (const update of Object.values(extremeUpdates())) agrees(update)
    fc.assert(fc.property(arbitraryUpdate, agrees), { seed: 1, numRuns: 50 })
  })

  test('what it gives for an account is what encryptUpdate gives, and its owner decrypts it', () => {
    const before = makeAccount(SMALL, { cash: 77n, positions: { 1: { size: 4n } } })
    const update = (market: number, change: AccountUpdate) => ({ ...change, market })
    const opens = (market: number, change: AccountUpdate) => {
      const account = applyUpdate(before, update(market, change))
      const leaf = hashAccount(account)
      const words = wordsOf(circuit.evaluate(updateInput(update(market, change), { leaf }))) as [bigint, bigint]
      assert.deepEqual(words, encryptUpdate(VIEW_KEY, account, market))
      assert.deepEqual(decryptUpdate(VIEW_KEY, before, leaf, words), { account, market })
    }
    fc.assert(fc.property(fc.nat(SMALL.markets - 1), arbitraryUpdate, opens), { seed: 2, numRuns: 20 })
  })

  test('a slot that is not enabled gives zeros, whatever it holds', () => {
    for (const update of Object.values(extremeUpdates())) {
      const outcome = circuit.evaluate(updateInput(update, { enabled: 0n }))
      assert.ok(outcome.accepted)
      assert.deepEqual(wordsOf(outcome), [0n, 0n])
    }
    for (const enabled of [2n, FIELD - 1n]) {
      assert.ok(!circuit.evaluate(updateInput(extremeUpdates().nothing!, { enabled })).accepted)
    }
  })

  test('a prover cannot publish other words: neither the plain ones, nor swapped, nor one more, nor those of another keystream', () => {
    const update = extremeUpdates()['most cash']!
    const honest = circuit.evaluate(updateInput(update))
    const [first, second] = wordsOf(honest) as [bigint, bigint]
    const [head, position] = packUpdate(update)
    const other = poseidonPair('ENCRYPT', [VIEW_KEY + 1n, LEAF, BigInt(update.market)])
    const lies = [
      [head, position],
      [second, first],
      [(first + 1n) % FIELD, second],
      [first, (second + 1n) % FIELD],
      [0n, 0n],
      [(head + other[0]) % FIELD, (position + other[1]) % FIELD],
    ]
    for (const [one, two] of lies) {
      for (const path of ['words', 'encrypt.words']) {
        const { broken } = circuit.evaluate(updateInput(update), { [`${path}[0]`]: one!, [`${path}[1]`]: two! })
        assertBreaks(broken, [/main\.(encrypt\.)?words\[\d\]/])
      }
      const everywhere = Object.fromEntries(
        ['words', 'encrypt.words'].flatMap((path) => [
          [`${path}[0]`, one!],
          [`${path}[1]`, two!],
        ]),
      )
      assertBreaks(circuit.evaluate(updateInput(update), everywhere).broken, [/main\.encrypt\.words\[\d\].*keystream/])
    }
  })

  test('view key, leaf and market each make another keystream', () => {
    const input = updateInput(extremeUpdates().nothing!)
    const honest = wordsOf(circuit.evaluate(input))
    for (const name of ['viewKey', 'leaf'] as const) {
      const changed = wordsOf(circuit.evaluate({ ...input, [name]: 5n }))
      assert.ok(changed.every((word, i) => word !== honest[i]))
    }
    const [, position] = wordsOf(circuit.evaluate({ ...input, market: 1n }))
    assert.notEqual(position, honest[1])
  })

  test('binds every signal', () => {
    for (const enabled of [0n, 1n]) {
      assert.deepEqual(circuit.freeSignals(updateInput(extremeUpdates()['the most of all']!, { enabled })), [])
    }
  })

  test('of one slot takes 264 constraints, that enabled is a bit included, and the inputs determine every signal', async () => {
    const { report, constraints, equivalent } = await auditGadget('EncryptUpdateProbe', [], UPDATE_SHAPES, [])
    const { counts, contradictions, unusedPublicInputs } = report
    assert.deepEqual([counts.HARMLESS, counts.FORGED, counts.UNKNOWN], [0, 0, 0])
    assert.ok(counts.PROVEN > 0)
    assert.deepEqual([contradictions, unusedPublicInputs], [[], []])
    assert.ok(equivalent)
    assert.equal(constraints, 264)
  })
})
