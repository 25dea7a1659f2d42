import { createReadStream } from 'node:fs'
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

/** Reads a .sym file, of whatever size. Throws FILE_UNREADABLE or ARTIFACT_CORRUPT. */
export async function readSymbols(path: string): Promise<Symbols> {
  const table = new SymbolTable()
  try {
    for await (const lines of linesOf(path)) table.add(lines)
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    throw new ZkclearError('FILE_UNREADABLE', `cannot read the signal names ${path}`, { cause })
  }
  return table
}

/** Parses lines `label,wire,component,name`; wire -1 means that the signal was simplified away. */
export function parseSymbols(text: string): Symbols {
  const table = new SymbolTable()
  table.add(text)
  return table
}

/** Bytes that are read at a time. */
const CHUNK = 1 << 24
const NEW_LINE = 10

/** A file in parts that end where lines end: no text can be as long as the file of a large circuit. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    const bytes = Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(NEW_LINE) + 1
    yield bytes.toString('utf8', 0, end)
    rest = bytes.subarray(end)
  }
  yield rest.toString()
}

/** Texts by number, each kept once. */
class Texts {
  readonly #numbers = new Map<string, number>()
  readonly #all: string[] = []

  /** The number of a text; undefined if it is new. */
  find(text: string): number | undefined {
    return this.#numbers.get(text)
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    // A copy: a part of a text keeps the whole in memory.
    const own = Buffer.from(text).toString()
    this.#numbers.set(own, this.#all.length)
    return this.#all.push(own) - 1
  }

  at(number: number): string {
    return this.#all[number]!
  }

  get size(): number {
    return this.#all.length
  }
}

/** Signals in the order of their lines. Names are kept as a component and what is behind it: millions of them share both. */
class SymbolTable implements Symbols {
  lastWire = 0
  readonly #labels: number[] = []
  readonly #wires: number[] = []
  readonly #components: number[] = []
  readonly #signals: number[] = []
  readonly #componentNames = new Texts()
  readonly #signalNames = new Texts()
  /** The signal of each wire, or those that it stands for. */
  readonly #byWire = new Map<number, number | number[]>()
  #byName: Map<number, number> | undefined
  #placeOf: ((label: number) => number | undefined) | undefined
  #lines = 0

  /** Adds whole lines. */
  add(text: string): void {
    const line = /(\d+),(-?\d+),\d+,([^,\s]+)[^\S\n]*(?:\n|$)|\n/y
    while (line.lastIndex < text.length) {
      const match = line.exec(text)
      this.#lines++
      if (match === null) {
        throw new ZkclearError('ARTIFACT_CORRUPT', `line ${this.#lines} of the .sym file is not a signal; build again`)
      }
      if (match[3] !== undefined) this.#addSignal(Number(match[1]), Number(match[2]), match[3])
    }
  }

  names(wire: number): readonly string[] {
    const known = this.#byWire.get(wire)
    if (known === undefined) return []
    return typeof known === 'number' ? [this.#nameAt(known)] : known.map((at) => this.#nameAt(at))
  }

  wireOf(name: string): number | undefined {
    const { component, signal } = split(name)
    const numbers = [this.#componentNames.find(component), this.#signalNames.find(signal)] as const
    if (numbers[0] === undefined || numbers[1] === undefined) return undefined
    this.#byName ??= this.#indexNames()
    const at = this.#byName.get(this.#keyOf(numbers[0], numbers[1]))
    return at === undefined ? undefined : this.#wires[at]
  }

  signalOf(label: number): { readonly name: string; readonly wire: number | undefined } | undefined {
    this.#placeOf ??= placesOf(this.#labels)
    const at = this.#placeOf(label)
    if (at === undefined) return undefined
    const wire = this.#wires[at]!
    return { name: this.#nameAt(at), wire: wire < 0 ? undefined : wire }
  }

  #addSignal(label: number, wire: number, name: string): void {
    const { component, signal } = split(name)
    const at = this.#labels.push(label) - 1
    this.#wires.push(wire)
    this.#components.push(this.#componentNames.numberOf(component))
    this.#signals.push(this.#signalNames.numberOf(signal))
    if (wire < 0) return
    this.lastWire = Math.max(this.lastWire, wire)
    const known = this.#byWire.get(wire)
    if (known === undefined) this.#byWire.set(wire, at)
    else if (typeof known === 'number') this.#byWire.set(wire, [known, at])
    else known.push(at)
  }

  #nameAt(at: number): string {
    const component = this.#componentNames.at(this.#components[at]!)
    const signal = this.#signalNames.at(this.#signals[at]!)
    return component === '' ? signal : `${component}.${signal}`
  }

  #indexNames(): Map<number, number> {
    const index = new Map<number, number>()
    for (const [at, wire] of this.#wires.entries()) {
      if (wire >= 0) index.set(this.#keyOf(this.#components[at]!, this.#signals[at]!), at)
    }
    return index
  }

  #keyOf(component: number, signal: number): number {
    return component * this.#signalNames.size + signal
  }
}

/** `main.step[2].price` is the signal `price` of `main.step[2]`. */
function split(name: string): { readonly component: string; readonly signal: string } {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? { component: name.slice(0, dot), signal: name.slice(dot + 1) } : { component: '', signal: name }
}

/** Where a label stands in a list. As circom writes them they follow each other, and millions of them need no table. */
function placesOf(labels: readonly number[]): (label: number) => number | undefined {
  const first = labels[0] ?? 0
  if (labels.every((label, at) => label === first + at)) {
    return (label) => (label >= first && label < first + labels.length ? label - first : undefined)
  }
  const places = new Map(labels.map((label, at) => [label, at]))
  return (label) => places.get(label)
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
