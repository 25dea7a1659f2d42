import { coefficientOf } from '../../circom/affine.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { System } from '../../circom/system.ts'
import { divide, reduce } from '../../protocol/field.ts'
import type { Assignment } from '../alternatives.ts'
import type { Facts } from '../facts.ts'
import type { InputWires } from '../input-wires.ts'
import type { OperandChoice } from './false-claims.ts'
import type { Gadget } from './gadgets.ts'
import { without } from './integers.ts'

/** How many definitions are gone back from an operand to an input. */
const MOST_STEPS = 12

/**
 * The inputs of a witness with some of them changed so that wires have other values, as far as linear definitions tell. The
 * circuit's own generator says whether they do.
 */
export function inputsFor(
  { facts, inputs: { from, to } }: { facts: Facts; inputs: InputWires },
  base: readonly bigint[],
  { values }: OperandChoice,
): bigint[] {
  const changed = new Map<number, bigint>()
  const { representative } = facts.system
  const ofInputs = new Set(representative.subarray(from, to))
  const valueAt = (wire: number) => changed.get(wire) ?? values.get(wire) ?? base[wire]!
  const change = (wire: number, value: bigint, steps: number): boolean => {
    if (ofInputs.has(wire)) {
      if ((changed.get(wire) ?? value) !== value) return false
      changed.set(wire, value)
      return true
    }
    const row = facts.definitionOf(wire)
    if (row?.kind !== 'linear' || steps === 0) return false
    const own = coefficientOf(row.form, wire)
    const rest = without(row.form, wire)
    // All others keep their values, and one makes up for the change.
    for (const [at, other] of rest.wires.entries()) {
      if (changed.has(other) || values.has(other)) continue
      const sum = rest.wires.reduce(
        (total, one, place) => total + (one === other ? 0n : rest.coefficients[place]! * valueAt(one)),
        rest.constant + own * value,
      )
      if (change(other, divide(reduce(-sum), rest.coefficients[at]!), steps - 1)) return true
    }
    return false
  }
  for (const [wire, value] of values) change(wire, value, MOST_STEPS)
  return Array.from({ length: to - from }, (_, i) => changed.get(representative[from + i]!) ?? base[from + i]!)
}

/** The same choice for a solver: values of the operands, of the number and of its bits, for all wires that stand for them. */
export function changesFor(r1cs: R1cs, system: System, gadget: Gadget, { values, number }: OperandChoice): Assignment {
  const chosen = new Map(values)
  if (gadget.number !== undefined) chosen.set(gadget.number, number)
  for (const [place, bit] of gadget.bits.entries()) chosen.set(bit, (number >> BigInt(place)) & 1n)
  const changes: [number, bigint][] = []
  for (let wire = 1; wire < r1cs.nWires; wire++) {
    const value = chosen.get(system.representative[wire]!)
    if (value !== undefined) changes.push([wire, value])
  }
  return changes
}
