import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import { inputWires } from './input-wires.ts'

/** What is doubtful about the files, and what to do about it. `unknown` counts signals that are UNKNOWN. */
export function notesOn(r1cs: R1cs, symbols: Symbols, unknown: number): string[] {
  const { to, mostTo } = inputWires(r1cs)
  const notes: string[] = []
  if (to < mostTo) {
    const wires = mostTo - to === 1 ? `wire ${to} is` : `wires ${to} to ${mostTo - 1} are`
    notes.push(
      `the header counts ${mostTo - to} more private input${mostTo - to === 1 ? '' : 's'} than the labels show: ` +
        `${wires} neither taken for inputs nor forged; compile with -O0`,
    )
  }
  const isOther = (label: number, wire: number) => (symbols.signalOf(label)?.wire ?? wire) !== wire
  if (r1cs.labelOf.some(isOther)) {
    notes.push('the .sym file gives other wires to the labels of the .r1cs file: its names may be wrong')
  }
  return [...notes, ...noteOnSimplified(r1cs, unknown)]
}

function noteOnSimplified({ labelOf, nWires }: R1cs, unknown: number): string[] {
  const taken = labelOf.at(-1)! + 1 - nWires
  if (unknown === 0 || taken <= 0) return []
  return [
    `simplification took at least ${taken} signal${taken === 1 ? '' : 's'}, and with them the gadgets that lemmas are about: compile with -O0, or ` +
      'audit the source with --shipped and this file',
  ]
}

/** What hangs on points that no constraint checks. */
export function notesOnPoints(points: readonly (readonly string[])[], hanging: number): string[] {
  const [first] = points
  if (first === undefined) return []
  const more = points.length > 1 ? ` and ${points.length - 1} more are taken for points` : ' is taken for a point'
  return [
    `(${first.join(', ')})${more} of Baby Jubjub, and no constraint checks that: if ${points.length > 1 ? 'they are points' : 'it is one'}, ` +
      `${hanging} signal${hanging === 1 ? '' : 's'} more would be PROVEN`,
  ]
}
