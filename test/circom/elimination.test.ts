import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Elimination } from '../../circom/elimination.ts'
import { evaluate, type LinearForm } from '../../circom/linear-form.ts'
import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

const form = (constant: bigint, terms: readonly (readonly [number, bigint])[]): LinearForm => ({
  constant: reduce(constant),
  terms: new Map(terms.map(([wire, k]) => [wire, reduce(k)] as const).filter(([, k]) => k !== 0n)),
})

/** Keeps what an equation adds, with its first wire as the pivot; returns what is left of it. */
function add(elimination: Elimination, equation: LinearForm): LinearForm {
  const rest = elimination.reduce(equation)
  const [pivot] = rest.terms.keys()
  if (pivot !== undefined) elimination.keep(rest, pivot)
  return rest
}

const coefficient = fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(0n, FIELD - 1n))
const WIRES = 6
const values = fc.array(fc.bigInt(0n, FIELD - 1n), { minLength: WIRES + 1, maxLength: WIRES + 1 })
const rows = fc.array(fc.array(coefficient, { minLength: WIRES, maxLength: WIRES }), { maxLength: 9 })

/** The equation with these coefficients of wires 1 and up that the values satisfy. */
const through = (coefficients: readonly bigint[], own: readonly bigint[]) => {
  const terms = coefficients.map((k, i) => [i + 1, k] as const)
  return form(
    terms.reduce((sum, [wire, k]) => sum - k * own[wire]!, 0n),
    terms,
  )
}

suite('elimination', () => {
  test('solves for the pivots, given all other wires, whatever the equations', () => {
    fc.assert(
      fc.property(rows, values, (coefficients, own) => {
        const elimination = new Elimination()
        const equations = coefficients.map((row) => through(row, own))
        for (const equation of equations) {
          const rest = add(elimination, equation)
          if (rest.terms.size === 0) assert.equal(rest.constant, 0n)
        }
        const solution = elimination.solve((wire) => own[wire])
        assert.equal(solution.size, elimination.size)
        for (const [wire, value] of solution) assert.equal(value, own[wire])
        for (const equation of equations) assert.equal(elimination.reduce(equation).terms.size, 0)
      }),
    )
  })

  test('names as determined exactly the pivots that no other wire can move', () => {
    fc.assert(
      fc.property(rows, values, (coefficients, own) => {
        const elimination = new Elimination()
        for (const row of coefficients) add(elimination, through(row, own))
        const still = elimination.solve((wire) => own[wire])
        const others = own.map((_, wire) => wire).filter((wire) => wire > 0 && !still.has(wire))
        for (const other of others) {
          const moved = elimination.solve((wire) => (wire === other ? own[wire]! + 1n : own[wire]))
          for (const [pivot, value] of moved) if (value !== own[pivot]) still.delete(pivot)
        }
        assert.deepEqual(elimination.determined().toSorted(), [...still.keys()].toSorted())
      }),
    )
  })

  test('leaves a constant other than 0 of an equation that contradicts the others', () => {
    const elimination = new Elimination()
    add(
      elimination,
      form(-5n, [
        [1, 1n],
        [2, 1n],
      ]),
    )
    add(
      elimination,
      form(-1n, [
        [1, 1n],
        [2, -1n],
      ]),
    )
    const { constant, terms } = elimination.reduce(form(-4n, [[1, 1n]]))
    assert.deepEqual([constant, terms.size], [FIELD - 1n, 0])
    assert.deepEqual(
      [...elimination.solve(() => undefined)],
      [
        [2, 2n],
        [1, 3n],
      ],
    )
  })

  test('returns the same object for an equation without pivots, and gives no value that hangs on an unknown one', () => {
    const elimination = new Elimination()
    add(
      elimination,
      form(0n, [
        [1, 1n],
        [2, 3n],
      ]),
    )
    const other = form(7n, [
      [2, 1n],
      [3, 1n],
    ])
    assert.equal(elimination.reduce(other), other)
    assert.equal(elimination.solve(() => undefined).size, 0)
    assert.equal(evaluate(other, [1n, 0n, 1n, 1n]), 9n)
  })
})
