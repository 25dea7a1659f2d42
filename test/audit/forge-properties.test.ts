import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { forge } from '../../audit/forge.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { smallSystem } from '../support/small-system.ts'

const NAMES = ['x', 'y', 'u', 'v', 'w', 'z']
const INPUTS = 2
const FIRST_FREE = 1 + INPUTS

/** Wires of small systems in order of NAMES, their coefficients, and values that satisfy them. */
const sums = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: NAMES.length, maxLength: NAMES.length })
const values = fc.array(fc.bigInt({ min: 0n, max: 9n }), { minLength: NAMES.length, maxLength: NAMES.length })

function text(sum: readonly number[], constant = 0n): string {
  const terms = sum.map((factor, i) => `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${NAMES[i]}`)
  return `${terms.join(' ')} ${constant < 0n ? '-' : '+'} ${constant < 0n ? -constant : constant}`
}

function evaluate(sum: readonly number[], at: readonly bigint[]): bigint {
  return sum.reduce((total, factor, i) => total + BigInt(factor) * at[i]!, 0n)
}

/** A system over all NAMES. The first, empty constraint gives every name its wire. */
function systemOf(constraints: readonly string[]) {
  const mention = `0 * (${NAMES.join(' + ')}) = 0`
  return smallSystem({ inputs: NAMES.slice(0, INPUTS), constraints: [mention, ...constraints] })
}

async function forgeFrom(r1cs: R1cs, at: readonly bigint[], target: number, steps: number) {
  const proven = new Uint8Array(r1cs.nWires)
  return forge({ r1cs, proven, target, witness: [1n, ...at], timeout: 60_000, steps })
}

test('whatever is forged satisfies every constraint, with equal inputs and another target', async () => {
  const product = fc.tuple(sums, sums, sums)
  await fc.assert(
    fc.asyncProperty(values, fc.array(product, { minLength: 1, maxLength: 5 }), async (at, rows) => {
      const { r1cs } = systemOf(
        rows.map(([a, b, c]) => {
          const rest = evaluate(a, at) * evaluate(b, at) - evaluate(c, at)
          return `(${text(a)}) * (${text(b)}) = ${text(c, rest)}`
        }),
      )
      for (let target = FIRST_FREE; target <= NAMES.length; target++) {
        const forgery = await forgeFrom(r1cs, at, target, 100)
        if (forgery === undefined) continue
        const { first, second } = forgery
        assert.deepEqual(findBrokenConstraints(r1cs, first), [])
        assert.deepEqual(findBrokenConstraints(r1cs, second), [])
        const { from, to } = inputWires(r1cs)
        assert.deepEqual(second.slice(from, to), first.slice(from, to))
        assert.notEqual(second[target], first[target])
      }
    }),
    { numRuns: 15 },
  )
})

test('of linear systems, forges exactly the wires that the inputs do not determine', async () => {
  await fc.assert(
    fc.asyncProperty(values, fc.array(sums, { minLength: 1, maxLength: 4 }), async (at, rows) => {
      const { r1cs } = systemOf(rows.map((sum) => `${text(sum, -evaluate(sum, at))} = 0`))
      const free = rows.map((sum) => sum.slice(INPUTS).map((x) => reduce(BigInt(x))))
      for (let target = FIRST_FREE; target <= NAMES.length; target++) {
        const forgery = await forgeFrom(r1cs, at, target, 300)
        assert.equal(forgery === undefined, isDetermined(free, target - FIRST_FREE), `wire ${target}`)
      }
    }),
    { numRuns: 25 },
  )
})

/** Whether the homogeneous system forces the column to be zero: eliminates the others and looks for a row with only it. */
function isDetermined(rows: readonly (readonly bigint[])[], column: number): boolean {
  const left = rows.map((row) => [...row])
  for (let at = 0; at < NAMES.length - INPUTS; at++) {
    if (at === column) continue
    const pivot = left.findIndex((row) => row[at] !== 0n)
    if (pivot < 0) continue
    const [row] = left.splice(pivot, 1) as [bigint[]]
    for (const other of left) {
      const factor = (other[at]! * invert(row[at]!)) % FIELD
      for (const [i, value] of other.entries()) other[i] = reduce(value - factor * row[i]!)
    }
  }
  return left.some((row) => row[column] !== 0n)
}
