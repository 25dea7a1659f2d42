import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { audit } from '../../../audit/audit.ts'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { corpusHarness } from '../../../lab/corpus/compiled.ts'
import { CORPUS, type CorpusCircuit } from '../../../lab/corpus/corpus.ts'

const TIMEOUT = 60_000

async function rangesOf(circuit: CorpusCircuit) {
  const { r1cs, symbols, expectPass } = await corpusHarness(circuit)
  const witness = expectPass(circuit.sample)
  const { ranges, notes } = await audit({ r1cs, symbols, witness, targets: 'outputs', timeout: TIMEOUT })
  return { r1cs, ranges, notes }
}

/** Integers that no small number is. */
const HUGE = 1n << 200n

const DIVIDEND = /^main\.dividend\[\d+\]$/
/** Twins of other bugs that leave the range of inputs to whoever uses them: RANGE is true of them, and of these inputs alone. */
const OPEN_INPUTS: Readonly<Record<string, RegExp>> = {
  LimbRemainderBelow: DIVIDEND,
  LimbsComparedDownward: DIVIDEND,
  LimbRemainderLess: DIVIDEND,
  LimbCarriesBounded: DIVIDEND,
  LimbQuotientTight: DIVIDEND,
}

suite('numbers beyond the range of a gadget', () => {
  for (const circuit of CORPUS.filter(({ shown }) => shown.by === 'range')) {
    if (circuit.kind === 'twin') continue
    test(`are found in ${circuit.name}: ${circuit.planted}`, async () => {
      const { r1cs, ranges } = await rangesOf(circuit)
      assert.ok(ranges.length > 0)
      for (const { witness, unbounded, assumption, shown } of ranges) {
        assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
        assert.ok(witness.some((value) => value > HUGE))
        assert.ok(unbounded.length > 0)
        assert.ok(assumption.includes(unbounded[0]!), assumption)
        assert.match(shown, /every constraint holds/)
      }
    })
  }

  for (const circuit of CORPUS.filter(({ kind }) => kind === 'twin')) {
    const open = OPEN_INPUTS[circuit.name]
    if (open !== undefined) {
      test(`are in ${circuit.name} the inputs alone that it leaves to others`, async () => {
        const { r1cs, ranges } = await rangesOf(circuit)
        assert.ok(ranges.length > 0)
        for (const { witness, unbounded } of ranges) {
          assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
          for (const name of unbounded) assert.match(name, open)
        }
      })
      continue
    }
    test(`are nowhere in ${circuit.name}`, async () => {
      const { ranges, notes } = await rangesOf(circuit)
      assert.deepEqual(
        ranges.map(({ assumption, shown }) => `${assumption}; ${shown}`),
        [],
      )
      assert.deepEqual(
        notes.filter((note) => note.includes('range checks')),
        [],
      )
    })
  }
})

suite('signals that no constraint mentions', () => {
  for (const circuit of CORPUS) {
    const { shown, kind } = circuit
    if (shown.by !== 'unused') continue
    test(`are ${kind === 'bug' ? shown.signal : 'none'} in ${circuit.name}`, async () => {
      const { r1cs, symbols } = await corpusHarness(circuit)
      const { targets, counts } = await audit({ r1cs, symbols, targets: 'all', timeout: TIMEOUT })
      const unused = targets.filter(({ verdict }) => verdict === 'UNUSED').map(({ name }) => name)
      assert.deepEqual(unused, kind === 'bug' ? [`main.${shown.signal}`] : [])
      assert.deepEqual([counts.UNUSED, counts.FORGED], [unused.length, 0])
    })
  }
})
