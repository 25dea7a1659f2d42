import { type Constraint, readConstraint, renameWire, sameConstraint, wiresOf } from '../../circom/linear-form.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { NamedSystem } from '../circuits/named-system.ts'
import type { Instruction } from './instructions.ts'
import { MARKER, type Mark, TARGET } from './marked-sources.ts'

/** Where one constraint of the real circuit comes from. */
export interface Origin {
  readonly instruction: Instruction
  /** Path of the template's instance, such as `main.step[0]`. */
  readonly instance: string
  /** The signal that the constraint assigns; undefined for `===`. */
  readonly target: number | undefined
}

/** A variant of an instruction in one of its executions: the constraint that would replace a real one. */
export interface VariantRow {
  readonly row: number
  readonly constraint: Constraint
}

/** The names of the inputs of every template, the library's included. */
export type Inputs = ReadonlyMap<string, ReadonlySet<string>>

export interface Attribution {
  /** By constraint of the real circuit; undefined for the library's. */
  readonly origins: readonly (Origin | undefined)[]
  /** By number of the mark. */
  readonly variants: ReadonlyMap<number, readonly VariantRow[]>
}

/**
 * Says of every constraint of the real circuit which instruction it comes from, by laying it beside the circuit compiled from
 * `markedSources`. Throws unless the two have the same constraints in the same order, apart from markers and variants.
 */
export function attribute(
  real: NamedSystem,
  marked: NamedSystem,
  marks: readonly (Mark | undefined)[],
  inputs: Inputs,
): Attribution {
  const { r1cs } = marked
  const { realWire, markers, targets } = matchWires(real, marked)
  const origins: (Origin | undefined)[] = []
  const variants = new Map<number, VariantRow[]>()
  const findTarget = targetFinder(real, inputs)
  let current: { number: number; instance: string } | undefined
  for (let row = 0; row < r1cs.nConstraints; row++) {
    const marker = markerOf(r1cs, row, markers)
    if (marker !== undefined) {
      current = marker.number === 0 ? undefined : marker
      continue
    }
    const mark = current && marks[current.number]
    const constraint = readConstraint(r1cs, row, realWire)
    if (mark?.kind === 'variant') {
      const last = origins.length - 1
      const { target, instance } = origins[last]!
      const placeholder = targets.get(current!.instance)!
      if (instance !== current!.instance) throw new Error(`a variant of ${mark.instruction.text} stands alone`)
      const list = variants.get(current!.number) ?? []
      variants.set(current!.number, list)
      const made = target === undefined ? constraint : renameWire(constraint, placeholder, target)
      list.push({ row: last, constraint: made })
      continue
    }
    if (!sameConstraint(constraint, readConstraint(real.r1cs, origins.length))) {
      throw new Error(`constraint ${origins.length} is not the one of the marked circuit`)
    }
    const { instance } = current ?? {}
    origins.push(
      mark && {
        instruction: mark.instruction,
        instance: instance!,
        target: findTarget(constraint, mark.instruction, instance!),
      },
    )
  }
  if (origins.length !== real.r1cs.nConstraints) throw new Error(`${origins.length} constraints are marked`)
  return { origins, variants }
}

/** The real wire of every marked one; markers and placeholders get numbers below 0, and are known by their real instances. */
function matchWires(real: NamedSystem, marked: NamedSystem) {
  const realWire = new Int32Array(marked.r1cs.nWires)
  const added: { wire: number; name: string }[] = []
  const pathOf = new Map<string, string>()
  const plain = (name: string) => name.replace(/_\d+_\d+(?=[.[]|$)/g, '')
  const folder = (name: string) => name.slice(0, name.lastIndexOf('.'))
  let next = 1
  for (let wire = 1; wire < marked.r1cs.nWires; wire++) {
    const name = marked.symbols.names(wire)[0]!
    if (name.endsWith(`.${MARKER}`) || name.endsWith(`.${TARGET}`)) {
      realWire[wire] = -wire
      added.push({ wire, name })
      continue
    }
    const own = real.symbols.names(next)[0]
    if (own === undefined || plain(own) !== plain(name)) throw new Error(`${name} stands where ${own} should`)
    pathOf.set(folder(name), folder(own))
    realWire[wire] = next++
  }
  if (next !== real.r1cs.nWires) throw new Error(`${next} wires of ${real.r1cs.nWires} are marked`)
  const markers = new Map<number, string>()
  const targets = new Map<string, number>()
  for (const { wire, name } of added) {
    const instance = pathOf.get(folder(name))!
    if (name.endsWith(MARKER)) markers.set(wire, instance)
    else targets.set(instance, -wire)
  }
  return { realWire, markers, targets }
}

/** The number that a constraint on a marker alone gives. */
function markerOf(
  { offsets, wires, coefficientOf, coefficients, prime }: R1cs,
  row: number,
  markers: ReadonlyMap<number, string>,
) {
  const [from, to] = [offsets[3 * row + 2]!, offsets[3 * row + 3]!]
  if (to - from > 2) return undefined
  let constant = 0n
  let marker: { wire: number; coefficient: bigint } | undefined
  for (let term = from; term < to; term++) {
    const wire = wires[term]!
    const coefficient = coefficients[coefficientOf[term]!]!
    if (wire === 0) constant = coefficient
    else if (markers.has(wire)) marker = { wire, coefficient }
  }
  if (marker === undefined) return undefined
  const number = marker.coefficient === 1n ? (prime - constant) % prime : constant
  return { number: Number(number), instance: markers.get(marker.wire)! }
}

/** Finds the signal that a `<==` assigns, or the input that it wires. Constraints must come in their order. */
function targetFinder({ symbols, r1cs }: NamedSystem, inputs: Inputs) {
  const assigned = new Uint8Array(r1cs.nWires)
  return (constraint: Constraint, { kind, text }: Instruction, instance: string): number | undefined => {
    if (kind === '===') return undefined
    const left = kind === '<==' ? text.slice(0, text.indexOf('<==')).trim() : ''
    const own = /[\w.[\]+*\- ]*$/.exec(withoutIndices(left))![0].split(' ').at(-1)!
    const candidates = wiresOf(constraint).filter((wire) => {
      const name = symbols.names(wire)[0]
      if (name === undefined || assigned[wire] || !name.startsWith(`${instance}.`)) return false
      const path = withoutIndices(name.slice(instance.length + 1))
      if (path === own || path.startsWith(`${own}.`)) return true
      const anonymous = /^(\w+)_\d+_\d+\.(\w+)/.exec(path)
      return anonymous !== null && inputs.get(anonymous[1]!)!.has(anonymous[2]!)
    })
    if (candidates.length !== 1) {
      throw new Error(`${text} in ${instance} assigns ${candidates.map((wire) => symbols.names(wire)[0]).join(' ')}`)
    }
    assigned[candidates[0]!] = 1
    return candidates[0]!
  }
}

/** Brackets may be nested: `words[at[0] + 1]`. */
function withoutIndices(path: string): string {
  let plain = path
  while (/\[[^[\]]*\]/.test(plain)) plain = plain.replace(/\[[^[\]]*\]/g, '')
  return plain
}
