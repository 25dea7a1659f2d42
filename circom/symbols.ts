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
  const line = /(\d+),(-?\d+),\d+,([^,\s]+)[^\S\n]*(?:\n|$)|\n/y
  const names = new Map<number, string | string[]>()
  const labels: number[] = []
  const wires: number[] = []
  const all: string[] = []
  let lastWire = 0
  while (line.lastIndex < text.length) {
    const start = line.lastIndex
    const match = line.exec(text)
    if (match === null) {
      const number = text.slice(0, start).split('\n').length
      throw new ZkclearError('ARTIFACT_CORRUPT', `line ${number} of the .sym file is not a signal; build again`)
    }
    const name = match[3]
    if (name === undefined) continue
    const wire = Number(match[2])
    labels.push(Number(match[1]))
    wires.push(wire)
    all.push(name)
    if (wire < 0) continue
    lastWire = Math.max(lastWire, wire)
    const known = names.get(wire)
    if (known === undefined) names.set(wire, name)
    else if (typeof known === 'string') names.set(wire, [known, name])
    else known.push(name)
  }
  let byName: Map<string, number> | undefined
  let byLabel: Map<number, number> | undefined
  return {
    names(wire) {
      const known = names.get(wire) ?? []
      return typeof known === 'string' ? [known] : known
    },
    wireOf(name) {
      if (byName === undefined) {
        byName = new Map()
        for (const [at, wire] of wires.entries()) if (wire >= 0) byName.set(all[at]!, wire)
      }
      return byName.get(name)
    },
    signalOf(label) {
      byLabel ??= new Map(labels.map((one, at) => [one, at]))
      const at = byLabel.get(label)
      if (at === undefined) return undefined
      return { name: all[at]!, wire: wires[at]! < 0 ? undefined : wires[at]! }
    },
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
