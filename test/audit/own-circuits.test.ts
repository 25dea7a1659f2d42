import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { assumedKeys } from '../../audit/assumed-keys.ts'
import { type AuditReport, audit } from '../../audit/audit.ts'
import { LEMMAS } from '../../audit/lemmas.ts'
import { checkEquivalence } from '../../circom/equivalence.ts'
import { CIRCUIT_NAMES, CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { compileSystem } from '../../lab/circuits/compile-cached.ts'
import { shippedHarness, type TestCircuit } from '../../lab/circuits/harness.ts'
import { type NamedSystem, readNamedSystem } from '../../lab/circuits/named-system.ts'

/** What a circuit must come to. Numbers of lemmas are those of its gadgets, at the small profile. */
const EXPECTED: Readonly<Record<CircuitName, { leastProven: number; lemmas: Readonly<Record<string, number>> }>> = {
  'margin-sufficiency': { leastProven: 0.999, lemmas: {} },
  exit: { leastProven: 0.999, lemmas: {} },
  'portfolio-exposure': { leastProven: 1, lemmas: {} },
  'cash-batch': {
    leastProven: 0.98,
    // Of a point of a registration, three doublings.
    lemmas: { ...ofSignatures(4), 'BabyAdd()': 4 + 12 },
  },
  takeover: { leastProven: 0.999, lemmas: ofSignatures(1) },
  deleverage: { leastProven: 0.999, lemmas: {} },
  'risk-update': {
    leastProven: 0.98,
    // By market: logarithms of five forwards and a strike; by underlying: those of an index and a sample.
    lemmas: {
      ...ofSignatures(3),
      'Logarithm()': 28,
      'OutOfTheMoney()': 32,
      'Deviation()': 4,
      'SquareRoot(48)': 2,
    },
  },
  'trade-batch': {
    leastProven: 0.98,
    lemmas: ofSignatures(4),
  },
}

/** The lemmas of signature checks: of each as a whole, and of the steps on the curve that it is made of. */
function ofSignatures(count: number): Record<string, number> {
  return {
    'AssertSignature()': count,
    'BabyAdd()': count,
    'Edwards2Montgomery()': count,
    'Montgomery2Edwards()': 2 * count,
    'MontgomeryAdd()': 84 * count,
    'MontgomeryDouble()': count,
  }
}

for (const name of CIRCUIT_NAMES) {
  const definition = requireCircuit(name) as TestCircuit
  const { leastProven, lemmas } = EXPECTED[name]

  suite(`the audit of ${name}, small`, async () => {
    const files = await compileSystem(definition, { optimization: 'O0', inspect: true })
    const full: NamedSystem = await readNamedSystem(files)
    const keys = assumedKeys(CIRCUITS[name].review.keys, full.symbols)
    const report: AuditReport = await audit({
      ...{ r1cs: full.r1cs, symbols: full.symbols, targets: 'all', keys },
      timeout: 3_600_000,
    })

    test('ends with no signal FORGED or UNKNOWN', () => {
      assert.equal(report.stopped, undefined)
      assert.deepEqual(report.contradictions, [])
      assert.deepEqual(report.unusedPublicInputs, [])
      assert.deepEqual([report.counts.FORGED, report.counts.UNKNOWN], [0, 0])
    })

    test(`proves at least ${100 * leastProven} % of all signals`, () => {
      const all = Object.values(report.counts).reduce((sum, count) => sum + count, 0)
      assert.equal(all, full.r1cs.nWires - 1 - (full.r1cs.nPublicInputs + full.r1cs.nPrivateInputs))
      assert.ok(report.counts.PROVEN >= leastProven * all, `${report.counts.PROVEN} of ${all}`)
    })

    test('finds nothing free but what the reviewed list excuses, and all of the list', () => {
      const free = report.targets.map((target) => target.name)
      const list = CIRCUITS[name].review.free
      const unlisted = free.filter((signal) => !list.some(({ pattern }) => pattern.test(signal)))
      assert.deepEqual(unlisted, [])
      const idle = list.filter(({ pattern }) => !free.some((signal) => pattern.test(signal)))
      assert.deepEqual(idle, [], 'patterns that excuse nothing any more')
    })

    test('uses the lemmas and assumptions that are known, and no other', () => {
      assert.deepEqual({ ...report.lemmas }, { ...lemmas })
      assert.ok(Object.keys(report.lemmas).every((template) => LEMMAS.some((lemma) => lemma.template === template)))
      assert.equal(keys.length, (lemmas['AssertSignature()'] ?? 0) * CIRCUITS[name].review.keys.length)
    })

    test('holds for the circuit that ships, which has the same solutions', async () => {
      const shipped = await shippedHarness(definition)
      assert.ok(shipped.r1cs.nConstraints < full.r1cs.nConstraints)
      const { equivalent, ...differences } = checkEquivalence(full.r1cs, shipped.r1cs)
      assert.deepEqual(differences, { missing: [], extra: [], restricting: [], redundant: [], moved: [] })
      assert.ok(equivalent)
    })
  })
}
