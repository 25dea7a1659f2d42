import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Forger } from '../../audit/forge.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { findLemmas } from '../../audit/lemmas.ts'
import { propagate } from '../../audit/propagate.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { Symbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import { corpusHarness } from '../../lab/corpus/compiled.ts'
import { type CorpusCircuit, DETERMINISM } from '../../lab/corpus/corpus.ts'
import { Random } from '../../protocol/random.ts'
import { constraintsOf, withConstraints } from '../support/constraint-rows.ts'

/** Wires that the inputs determine, as the audit believes. */
async function provenWires(r1cs: R1cs, symbols: Symbols): Promise<number[]> {
  const system = buildSystem(r1cs)
  const { from, to } = inputWires(r1cs)
  const inputs = Array.from({ length: to - from }, (_, i) => from + i)
  const { facts } = await propagate(system, inputs, { lemmas: findLemmas(r1cs, symbols, system) })
  return Array.from(system.representative.keys()).filter((wire) => facts.isKnown(system.representative[wire]!))
}

/** The honest witness of a planted bug, and another one with equal inputs. */
async function twoWitnesses(circuit: CorpusCircuit) {
  const { shown } = circuit
  assert.ok(shown.by === 'determinism')
  const { r1cs, symbols, expectPass } = await corpusHarness(circuit)
  const { representative } = buildSystem(r1cs)
  const first = expectPass(shown.input ?? circuit.sample)
  const changes = Object.entries(shown.changes).map(([name, value]) => {
    return [representative[symbols.wireOf(`main.${name}`)!]!, value] as const
  })
  const changed = new Map(changes)
  const second = first.map((value, wire) => changed.get(representative[wire]!) ?? value)
  for (const witness of [first, second]) assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
  return { r1cs, symbols, first, second }
}

const differing = (first: readonly bigint[], second: readonly bigint[], wires: readonly number[]) =>
  wires.filter((wire) => first[wire] !== second[wire])

describe('propagation over the corpus', () => {
  for (const circuit of DETERMINISM.filter(({ kind }) => kind === 'bug')) {
    it(`proves no signal of ${circuit.name} in which its two witnesses differ, whatever constraints are dropped`, async () => {
      const { r1cs, symbols, first, second } = await twoWitnesses(circuit)
      const random = new Random(11n)
      const rounds = r1cs.nConstraints > 1000 ? 3 : 10
      for (let round = 0; round < rounds; round++) {
        const kept = constraintsOf(r1cs).filter(() => round === 0 || random.chance(100 - 4 * round))
        const proven = await provenWires(withConstraints(r1cs, kept), symbols)
        assert.deepEqual(differing(first, second, proven), [])
      }
    })
  }

  for (const circuit of DETERMINISM.filter(({ kind }) => kind === 'twin')) {
    it(`proves no signal of ${circuit.name} that the forger changes once a constraint is dropped`, async () => {
      const { r1cs, symbols, expectPass } = await corpusHarness(circuit)
      const witness = expectPass(circuit.sample)
      const random = new Random(12n)
      const free = inputWires(r1cs).to
      let forged = 0
      const rounds = r1cs.nConstraints > 1000 ? 2 : 10
      for (let round = 0; round < rounds; round++) {
        const dropped = Number(random.between(0n, BigInt(r1cs.nConstraints - 1)))
        const fewer = withConstraints(r1cs, constraintsOf(r1cs).toSpliced(dropped, 1))
        const proven = await provenWires(fewer, symbols)
        // Nothing is held fixed but the inputs, so that the forger does not believe what is tested.
        const forger = new Forger({ r1cs: fewer, proven: new Uint8Array(r1cs.nWires), witness, seed: BigInt(round) })
        const targets = [1, Number(random.between(1n, BigInt(r1cs.nWires - 1)))]
        for (const target of targets.filter((wire) => wire <= r1cs.nOutputs || wire >= free)) {
          const { forgery } = await forger.forge(target, { timeout: 60_000, steps: 300 })
          if (forgery === undefined) continue
          forged++
          assert.deepEqual(differing(forgery.first, forgery.second, proven), [])
        }
      }
      assert.ok(forged > 0 || rounds < 10, 'no dropped constraint set anything free')
    })
  }
})
