import { isConstant } from '../affine.ts'
import type { R1cs } from '../r1cs.ts'
import { Derivation } from './derivation.ts'
import type { Instruction } from './instructions.ts'
import { solveBits } from './rules/bits.ts'
import { solveCutDivision } from './rules/cut-division.ts'
import { solveDivision } from './rules/division.ts'
import { solvePlaces } from './rules/places.ts'
import { solveRoot } from './rules/root.ts'
import { solveSign } from './rules/sign.ts'
import { findSignedDigits, solveSignedDigits } from './rules/signed-digits.ts'
import { isGivenElsewhere, solveQuotient, solveSingleUnknown } from './rules/single-unknown.ts'
import { solveZeroTest } from './rules/zero-test.ts'

/** How the wires of a circuit are computed from its inputs, and what is to be checked then. */
export interface Derived {
  readonly steps: readonly Instruction[]
  /** Values that steps write or read: wires, and from the last wire on those that only the program has. */
  readonly valueCount: number
  /** The wire, or other value, that stands for each wire; or its constant. Undefined for wires that no rule gives. */
  valueOf(wire: number): number | bigint | undefined
  /** Wires of some constraint that no rule gives. */
  readonly missing: readonly number[]
  /** Whether a rule was used that presumes the circuit audited: its step may not be the only solution of its rows. */
  readonly presumesAudit: boolean
}

/**
 * Orders a circuit without simplification: from the inputs, finds one wire after the other by rules that leave it one value.
 * Rows that were not needed for it become checks. Wires that no rule gives are left out, with the rows that they are in.
 */
export function derive(r1cs: R1cs, inputs: readonly number[]): Derived {
  const derivation = new Derivation(r1cs, inputs)
  const digits = findSignedDigits(derivation)
  let presumesAudit = false
  const quotients = new Heap()
  const later = new Heap()
  for (;;) {
    const open = derivation.open.pop()
    if (open !== undefined) {
      if (derivation.rows.unknown[open] === 1 && !solveOne(derivation, open)) quotients.push(open)
      if (derivation.rows.unknown[open]! > 1 && derivation.rows.loose[open] === 0) solveBits(derivation, open)
      continue
    }
    const pair = derivation.pairs.pop()
    if (pair !== undefined) {
      if (derivation.rows.unknown[pair] === 2 && solvePair(derivation, pair)) presumesAudit = true
      continue
    }
    const triple = derivation.triples.pop()
    if (triple !== undefined) {
      if (derivation.rows.unknown[triple] === 3 && solveCutDivision(derivation, triple)) presumesAudit = true
      continue
    }
    const spelled = digits.findIndex((spelling) => solveSignedDigits(derivation, spelling))
    if (spelled >= 0) {
      digits.splice(spelled, 1)
      presumesAudit = true
      continue
    }
    const next = quotients.pop()
    if (next !== undefined) {
      if (isGivenElsewhere(derivation, next)) later.push(next)
      else solveQuotient(derivation, next)
      continue
    }
    const last = later.pop()
    if (last === undefined) break
    solveQuotient(derivation, last)
  }
  addChecks(derivation)
  return {
    steps: derivation.steps,
    valueCount: derivation.valueCount,
    missing: derivation.unknownWires(),
    presumesAudit,
    valueOf(wire) {
      const root = derivation.rows.find(wire)
      return derivation.rows.constants.get(root) ?? (derivation.isKnown(root) ? root : undefined)
    },
  }
}

function solveOne(derivation: Derivation, row: number): boolean {
  return solveSingleUnknown(derivation, row) || solveZeroTest(derivation, row)
}

/** Returns whether a rule did it that presumes an audit. */
function solvePair(derivation: Derivation, row: number): boolean {
  if (solveDivision(derivation, row) || solveRoot(derivation, row)) return false
  return solvePlaces(derivation, row) || solveSign(derivation, row) || solveCutDivision(derivation, row)
}

/** A check for every row that no step makes true. */
function addChecks(derivation: Derivation): void {
  const { rows, isMet, steps } = derivation
  const spelled = new Set(steps.flatMap(madeBits))
  for (let index = 0; index < rows.r1cs.nConstraints; index++) {
    if (isMet[index] || rows.unknown[index]! > 0) continue
    const row = rows.read(index)
    if (row.kind === 'linear') {
      if (!isConstant(row.form) || row.form.constant !== 0n) steps.push({ kind: 'check-sum', form: row.form })
      continue
    }
    const bit = rows.bitOf(index)
    if (bit === undefined) steps.push({ kind: 'check-product', a: row.a, b: row.b, c: row.c })
    else if (!spelled.has(bit)) steps.push({ kind: 'check-bit', wire: bit })
  }
}

/** The wires to which a step gives 0 or 1, whatever it reads. */
function madeBits(step: Instruction): readonly number[] {
  if (step.kind === 'bits' || step.kind === 'one-hot') return step.to
  const isBit = (value: bigint) => value === 0n || value === 1n
  if (step.kind === 'sign') return [step.to]
  return step.kind === 'zero-test' && isBit(step.ifZero) && isBit(step.otherwise) ? [step.to] : []
}

/** Numbers, of which the least comes first. */
class Heap {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.push(item) - 1
    for (let up = (at - 1) >> 1; at > 0 && items[up]! > item; up = (at - 1) >> 1) {
      items[at] = items[up]!
      at = up
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const least = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return least
    let at = 0
    for (let down = 1; down < items.length; down = 2 * at + 1) {
      if (down + 1 < items.length && items[down + 1]! < items[down]!) down++
      if (items[down]! >= last) break
      items[at] = items[down]!
      at = down
    }
    items[at] = last
    return least
  }
}
