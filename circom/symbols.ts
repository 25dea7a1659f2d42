import { readFile } from 'node:fs/promises'
import { ZkclearError } from '../protocol/errors.ts'
import type { R1cs } from './r1cs.ts'

/** Names of the signals behind wires, from circom's .sym file. */
export interface Symbols {
  /** Names of all signals that a wire stands for (simplification merges equal ones); empty for the constant one. */
  names(wire: number): readonly string[]
  /** The wire of a signal such as `main.step[2].price`; undefined if there is none or it was simplified away. */
  wireOf(name: string): number | undefined
  /** The signal of a label, which the .r1cs file gives to wires; its wire is undefined if it was simplified away. */
  signalOf(label: number): { readonly name: string; readonly wire: number | undefined } | undefined
  /** The highest wire that is named; 0 if none is. */
  readonly lastWire: number
}

/** A constraint in words. Holds names only, never values. */
export interface ConstraintDescription {
  constraint: number
  /** Paths of the components whose signals occur in it, such as `main.step[2].lessThan`, sorted. */
  components: readonly string[]
  /** One name of every signal that occurs in it, in wire order. */
  signals: readonly string[]
}

/** Reads a .sym file. Throws FILE_UNREADABLE or ARTIFACT_CORRUPT. */
export async function readSymbols(path: string): Promise<Symbols> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new ZkclearError('FILE_UNREADABLE', `cannot read the signal names ${path}`, { cause })
  }
  return parseSymbols(text)
}

/** Parses lines `label,wire,component,name`; wire -1 means that the signal was simplified away. */
export function parseSymbols(text: string): Symbols {
  const names = new Map<number, string[]>()
  const signals = new Map<number, { name: string; wire: number | undefined }>()
  let lastWire = 0
  let byName: Map<string, number> | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    const match = /^(\d+),(-?\d+),\d+,([^,\s]+)\s*$/.exec(line)
    if (!match)
      throw new ZkclearError('ARTIFACT_CORRUPT', `line ${index + 1} of the .sym file is not a signal; build again`)
    const [wire, name] = [Number(match[2]), match[3]!]
    signals.set(Number(match[1]), { name, wire: wire < 0 ? undefined : wire })
    if (wire < 0) continue
    lastWire = Math.max(lastWire, wire)
    const known = names.get(wire)
    if (known) known.push(name)
    else names.set(wire, [name])
  }
  return {
    names: (wire) => names.get(wire) ?? [],
    wireOf(name) {
      byName ??= new Map([...names].flatMap(([wire, all]) => all.map((one) => [one, wire] as const)))
      return byName.get(name)
    },
    signalOf: (label) => signals.get(label),
    lastWire,
  }
}

/** Says which components and signals a constraint is about. */
export function describeConstraint(r1cs: R1cs, symbols: Symbols, constraint: number): ConstraintDescription {
  if (!(constraint >= 0 && constraint < r1cs.nConstraints)) {
    throw new ZkclearError('INPUT_INVALID', `constraint ${constraint} does not exist; there are ${r1cs.nConstraints}`)
  }
  const wires = r1cs.wires.subarray(r1cs.offsets[3 * constraint], r1cs.offsets[3 * constraint + 3])
  const distinct = [...new Set(wires)].filter((wire) => wire !== 0).sort((a, b) => a - b)
  const components = new Set(distinct.flatMap((wire) => symbols.names(wire).map(componentOf)))
  const signals = distinct.map((wire) => symbols.names(wire)[0] ?? `wire ${wire}`)
  return { constraint, components: [...components].sort(), signals }
}

/** `main.step[2].price` belongs to component `main.step[2]`. */
function componentOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('.'), 0)) || name
}
