import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkEquivalence } from '../../circom/equivalence.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { compileSystem } from '../../lab/circuits/compile-cached.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../lab/circuits/gadget.ts'
import { corpusSystem } from '../../lab/corpus/compiled.ts'
import { DETERMINISM } from '../../lab/corpus/corpus.ts'
import { type Constraint, constraintsOf, type Terms, withConstraints } from '../support/constraint-rows.ts'
import { smallSystem } from '../support/small-system.ts'

const LEVELS = ['O0', 'O1', 'O2'] as const

async function compareProbe(): Promise<R1cs[]> {
  const definition = gadgetDefinition('CompareProbe', [40, 41], { a: [], b: [] })
  const compile = async (optimization: (typeof LEVELS)[number]) =>
    readR1cs((await compileSystem(definition, { optimization, sourceRoots: GADGET_ROOTS })).r1cs)
  return Promise.all(LEVELS.map(compile))
}

async function twin(name: string): Promise<R1cs[]> {
  const circuit = DETERMINISM.find((one) => one.name === name)!
  return Promise.all(LEVELS.map(async (level) => (await corpusSystem(circuit, level)).r1cs))
}

const edited = (r1cs: R1cs, edit: (constraints: Constraint[]) => unknown): R1cs => {
  const constraints = constraintsOf(r1cs)
  edit(constraints)
  return withConstraints(r1cs, constraints)
}

/** The names of the lists in which a difference shows. */
function differences(full: R1cs, simplified: R1cs): string[] {
  const { equivalent, ...lists } = checkEquivalence(full, simplified)
  const shown = Object.entries(lists).flatMap(([name, list]) => (list.length > 0 ? [name] : []))
  assert.equal(equivalent, shown.length === 0)
  return shown.sort()
}

/** Systems over the same signals x, y, z (kept) and u, v (which simplification removes). */
function pair(full: readonly string[], simplified: readonly string[]): [R1cs, R1cs] {
  const inputs = ['x', 'y', 'z']
  return [smallSystem({ inputs, constraints: full }).r1cs, smallSystem({ inputs, constraints: simplified }).r1cs]
}

const xMinusY: Terms = [
  [1, 1n],
  [2, -1n],
]

describe('equivalence of a system and its simplified form', async () => {
  const [full, mild, simplified] = (await compareProbe()) as [R1cs, R1cs, R1cs]

  it('holds for what the compiler makes of a comparator at -O1 and -O2', () => {
    assert.ok(simplified.nConstraints < mild.nConstraints && mild.nConstraints < full.nConstraints)
    assert.deepEqual(differences(full, full), [])
    assert.deepEqual(differences(full, mild), [])
    assert.deepEqual(differences(full, simplified), [])
    assert.deepEqual(differences(mild, simplified), [])
  })

  for (const name of ['TightDecoder', 'FirstIndex']) {
    it(`holds for ${name}, whose outputs are inputs, constants or sums of outputs at times`, async () => {
      const [full, mild, simplified] = (await twin(name)) as [R1cs, R1cs, R1cs]
      assert.deepEqual(differences(full, mild), [])
      assert.deepEqual(differences(full, simplified), [])
    })
  }

  it('names what is missing, whichever constraint the simplified system lacks', () => {
    for (let row = 0; row < simplified.nConstraints; row++) {
      const { equivalent, missing } = checkEquivalence(
        full,
        edited(simplified, (all) => all.splice(row, 1)),
      )
      assert.ok(!equivalent && missing.length > 0, `without constraint ${row}`)
    }
  })

  it('notices whichever constraint the full system lacks, except those that only define a signal that nothing reads', () => {
    const kept = new Set(simplified.labelOf)
    for (const [row, constraint] of constraintsOf(full).entries()) {
      const others = edited(full, (all) => all.splice(row, 1))
      const read = new Set(others.wires)
      const isIdle = constraint.flat().some(([wire]) => !kept.has(full.labelOf[wire]!) && !read.has(wire))
      const shown = differences(others, simplified)
      assert.equal(shown.length === 0, isIdle, `without constraint ${row}: ${shown}`)
    }
  })

  it('notices every coefficient of the simplified system that is another', () => {
    const constraints = constraintsOf(simplified)
    for (const [row, constraint] of constraints.entries()) {
      for (const [part, terms] of constraint.entries()) {
        // k x * (..) = 0 means the same for every k.
        if (terms.length === 1 && constraint[2].length === 0) continue
        for (const at of [0, terms.length - 1].filter((one) => one in terms)) {
          const [wire, coefficient] = terms[at]!
          const other = [...constraint] as [Terms, Terms, Terms]
          other[part as 0 | 1 | 2] = terms.with(at, [wire, coefficient + 1n])
          const changed = withConstraints(simplified, constraints.with(row, other))
          assert.deepEqual(differences(full, changed), ['extra', 'missing'], `term ${at} of ${part} of ${row}`)
        }
      }
    }
  })

  it('names what is extra if the simplified system has one more constraint, linear or not', () => {
    const more = [
      [xMinusY, [[3, 1n]], []],
      [[], [], xMinusY],
    ] as const
    for (const one of more) {
      const restricted = edited(simplified, (all) => all.push(one))
      assert.deepEqual(differences(full, restricted), ['extra'])
    }
  })

  it('takes a strengthened constraint for another one', () => {
    const [loose] = pair(['x * x = x', 'y * z = 3'], [])
    const [, strict] = pair([], ['x = 0', 'y * z = 3'])
    assert.deepEqual(differences(loose, strict), ['extra', 'missing'])
    assert.ok(differences(strict, loose).includes('redundant'))
  })

  it('finds linear constraints that restrict what was kept, also where removed signals stand between', () => {
    const product = 'x * y = z'
    assert.deepEqual(differences(...pair([product, 'x + y - 2 z = 0'], [product])), ['restricting'])
    assert.deepEqual(differences(...pair([product, 'u - x = 0', 'u - 2 y = 0'], [product])), ['restricting'])
    assert.deepEqual(differences(...pair([product, 'u + v - x = 0', 'u + v - y - 5 = 0'], [product])), ['restricting'])
    const three = ['u + v - x = 0', 'u - v - y = 0', '3 u + v - z = 0']
    assert.deepEqual(differences(...pair([product, ...three], [product])), ['restricting'])
    assert.deepEqual(differences(...pair([product, ...three], [product, '2 x + y - z = 0'])), [])
  })

  it('takes no signal for kept that the full system alone makes constant or equal to another one', () => {
    const product = 'x * y = z'
    assert.deepEqual(differences(...pair([product, 'x - y = 0'], [product])), ['redundant'])
    assert.deepEqual(differences(...pair([product, 'x - 7 = 0'], [product])), ['redundant'])
    assert.deepEqual(differences(...pair([product, 'x - y = 0'], [product, 'x - y = 0'])), [])
    assert.deepEqual(differences(...pair([product, 'x - 7 = 0'], [product, 'x - 7 = 0'])), [])
    assert.ok(differences(...pair([product, 'x - 7 = 0'], [product, 'x - 8 = 0'])).length > 0)
    assert.ok(differences(...pair([product, 'x - y = 0'], [product, 'x - z = 0'])).length > 0)
  })

  it('counts a full system that nothing satisfies as restricting', () => {
    assert.deepEqual(differences(...pair(['x * y = z', '1 - 2 = 0'], ['x * y = z'])), ['restricting'])
  })

  it('follows linear chains and factors that come out constant', () => {
    const full = ['u - x - y = 0', 'v - u + y + x = 0', 'w - v - 3 = 0', 'w * y = t', 't - u - z = 0']
    assert.deepEqual(differences(...pair(full, ['(3) * y = x + y + z'])), [])
    assert.deepEqual(differences(...pair(full, ['(2) * y = x + y + z'])), ['extra', 'missing'])
  })

  it('notices public signals that are no longer public, or at another place', () => {
    const [full] = pair(['x * y = z'], [])
    const publicXY = { ...full, nPublic: 2, nPublicInputs: 2, nPrivateInputs: 1 }
    const swapped = {
      ...withConstraints(full, [[[[2, 1n]], [[1, 1n]], [[3, 1n]]]]),
      labelOf: Uint32Array.of(0, 2, 1, 3),
    }
    assert.deepEqual(differences(publicXY, publicXY), [])
    assert.deepEqual(differences(publicXY, full), ['moved'])
    assert.deepEqual(differences(full, swapped), [])
    const { equivalent, moved } = checkEquivalence(publicXY, { ...publicXY, ...swapped, nPublic: 2, nPublicInputs: 2 })
    assert.deepEqual([equivalent, moved], [false, [1, 2]])
    assert.deepEqual(differences({ ...publicXY, nOutputs: 1, nPublicInputs: 1 }, publicXY), ['moved'])
  })

  it('refuses systems in which two signals share a label', () => {
    const [full] = pair(['x * y = z'], [])
    for (const labels of [
      [0, 1, 1, 3],
      [0, 0, 0, 0],
      [4, 1, 2, 3],
    ]) {
      const other = { ...full, labelOf: Uint32Array.from(labels) }
      assert.throws(() => checkEquivalence(full, other), { code: 'INPUT_INVALID', message: /labels/ })
      assert.throws(() => checkEquivalence(other, full), { code: 'INPUT_INVALID', message: /labels/ })
    }
  })

  it('refuses systems of different circuits', () => {
    const [small] = pair(['x * y = z'], [])
    assert.throws(() => checkEquivalence(small, simplified), { code: 'INPUT_INVALID' })
  })
})
