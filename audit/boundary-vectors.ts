import type { CircuitInput, InputValue } from '../circuits/types.ts'
import { reduce } from '../protocol/field.ts'
import { FIELD, fromField } from '../protocol/numbers.ts'
import type { Random } from '../protocol/random.ts'
import { type BoundaryModel, type DeclaredInput, rangeOf } from './boundary-model.ts'

/** One field element of the input: where a vector holds it, and what is worth trying there. */
export interface Slot {
  readonly name: string
  readonly low: bigint
  readonly high: bigint
  /** Canonical field elements, distinct. */
  readonly candidates: readonly bigint[]
}

/** Ranges of at most this many values are tried whole. */
const SMALL_RANGE = 16n
/** With more slots than this, they are compared with each other at random only. */
const MOST_COMPARED = 32

/** The places of all declared inputs in order, arrays row by row. */
export function slotsOf({ inputs }: BoundaryModel): Slot[] {
  return Object.entries(inputs).flatMap(([name, declared]) => {
    const slot = { name, ...rangeOf(declared), candidates: candidatesOf(declared) }
    return new Array<Slot>(sizeOf(declared)).fill(slot)
  })
}

function sizeOf({ shape = [] }: DeclaredInput): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** The ends of the range from both sides, twice its end (where sums wrap), its middle, and the ends of the field. */
function candidatesOf(declared: DeclaredInput): bigint[] {
  const { low, high } = rangeOf(declared)
  const middle = (low + high) / 2n
  const values = [low, low + 1n, middle - 1n, middle, middle + 1n, high - 2n, high - 1n]
  values.push(low - 1n, high, high + 1n, 2n * high - 1n, 2n * high, -high - 1n, -high, -high + 1n)
  values.push(0n, 1n, 2n, -1n, -2n, (FIELD - 1n) / 2n, (FIELD + 1n) / 2n)
  if (high - low <= SMALL_RANGE) for (let value = low; value < high; value++) values.push(value)
  return [...new Set([...values, ...(declared.values ?? [])].map(reduce))]
}

/**
 * Vectors of field elements, without end. Every base comes first. Then take turns: one slot of a base changed, until all
 * changes were made; two slots at candidates; and mixtures that put slots next to sums and products of others.
 */
export function* boundaryVectors(
  slots: readonly Slot[],
  cases: readonly (readonly bigint[])[],
  random: Random,
): Generator<readonly bigint[]> {
  const plain = plainVectors(slots)
  const bases = [...cases, ...plain]
  yield* bases
  const changes = (base: readonly bigint[]) => slots.flatMap((_, at) => changesOf(slots, base, at))
  const singles = [cases, plain].flatMap((group) => shuffle(group.flatMap(changes), random))
  for (let turn = 0; ; turn++) {
    const single = singles[turn]
    if (single) yield single.base.with(single.at, single.value)
    yield pair(slots, random.pick(bases), random)
    yield mixture(slots, random.pick([...cases, inRange(slots, random)]), random)
  }
}

interface Change {
  readonly base: readonly bigint[]
  readonly at: number
  readonly value: bigint
}

/** All that is worth trying in one slot of a base: its candidates, and what the other slots hold, one less and one more. */
function changesOf(slots: readonly Slot[], base: readonly bigint[], at: number): Change[] {
  const others = slots.length > MOST_COMPARED ? [] : base.filter((_, index) => index !== at)
  const near = others.flatMap((value) => [value - 1n, value, value + 1n])
  return [...new Set([...slots[at]!.candidates, ...near.map(reduce)])].map((value) => ({ base, at, value }))
}

function plainVectors(slots: readonly Slot[]): bigint[][] {
  const choose = (value: (slot: Slot) => bigint) => slots.map((slot) => reduce(value(slot)))
  return [
    choose(({ low, high }) => (low <= 0n && high > 0n ? 0n : low)),
    choose(({ low, high }) => (low <= 1n && high > 1n ? 1n : high - 1n)),
    choose(({ high }) => high - 1n),
    choose(({ low }) => low),
    choose(({ low, high }) => (low + high) / 2n),
  ]
}

function inRange(slots: readonly Slot[], random: Random): bigint[] {
  return slots.map((slot) => reduce(draw(slot, random)))
}

/** Small and large values alike: first how many bits, then which; counted from either end of the range. */
function draw({ low, high }: Slot, random: Random): bigint {
  const span = high - low
  const bits = random.between(0n, BigInt(span.toString(2).length))
  let value = 0n
  for (let drawn = 0n; drawn < bits; drawn += 64n) value = (value << 64n) | random.next()
  const offset = (value & ((1n << bits) - 1n)) % span
  return random.chance(50) ? low + offset : high - 1n - offset
}

function pair(slots: readonly Slot[], base: readonly bigint[], random: Random): bigint[] {
  const vector = [...base]
  for (let change = 0; change < 2; change++) {
    const at = Number(random.next() % BigInt(slots.length))
    vector[at] = random.pick(slots[at]!.candidates)
  }
  return vector
}

function mixture(slots: readonly Slot[], base: readonly bigint[], random: Random): bigint[] {
  const vector = [...base]
  if (slots.length > 1 && random.chance(20)) return exchange(vector, random)
  const changes = random.between(1n, BigInt(Math.min(slots.length, 3)))
  for (let change = 0; change < changes; change++) {
    const at = Number(random.next() % BigInt(slots.length))
    vector[at] = related(slots[at]!, vector, random)
  }
  return vector
}

/** Two slots that change places, or one that gives to another: what adds or packs them must not take them for the same. */
function exchange(vector: bigint[], random: Random): bigint[] {
  const from = Number(random.next() % BigInt(vector.length))
  const to = (from + 1 + Number(random.next() % BigInt(vector.length - 1))) % vector.length
  const amount = random.pick([1n, -1n, vector[from]! - vector[to]!, vector[from]!])
  vector[from] = reduce(vector[from]! - amount)
  vector[to] = reduce(vector[to]! + amount)
  return vector
}

/** A value at which a comparison with other slots, or an equation over them, is about to turn. */
function related(slot: Slot, vector: readonly bigint[], random: Random): bigint {
  const a = random.pick(vector)
  const b = random.pick(vector)
  const near = random.pick([
    () => a,
    () => a + b,
    () => a - b,
    () => a * b,
    () => slot.high - a,
    () => slot.high - a - b,
    () => -a,
    () => vector.reduce((sum, value) => sum + value, 0n),
    () => draw(slot, random),
    () => random.pick(slot.candidates),
  ])()
  return reduce(near + random.pick([-1n, 0n, 0n, 1n]))
}

function shuffle<T>(list: T[], random: Random): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const at = Number(random.next() % BigInt(last + 1))
    const value = list[at]!
    list[at] = list[last]!
    list[last] = value
  }
  return list
}

/** A vector as named inputs: as the circuit takes them, and as the model sees them, signed ones as integers. */
export function namedInputs({ inputs }: BoundaryModel, vector: readonly bigint[]) {
  const circuit: Record<string, InputValue> = {}
  const model: Record<string, InputValue> = {}
  let at = 0
  for (const [name, declared] of Object.entries(inputs)) {
    const size = sizeOf(declared)
    const values = vector.slice(at, at + size)
    at += size
    circuit[name] = nest(values, declared.shape ?? [])
    model[name] = rangeOf(declared).low < 0n ? nest(values.map(fromField), declared.shape ?? []) : circuit[name]
  }
  return { circuit: circuit as CircuitInput, model: model as CircuitInput }
}

/** The declared inputs of a case as a vector. */
export function vectorOf({ inputs }: BoundaryModel, given: CircuitInput): bigint[] {
  return Object.keys(inputs).flatMap((name) => flatten(given[name]!).map(reduce))
}

/** The elements of an input, row by row. */
export function flatten(value: InputValue): bigint[] {
  return typeof value === 'bigint' ? [value] : value.flatMap(flatten)
}

function nest(values: readonly bigint[], shape: readonly number[]): InputValue {
  if (shape.length === 0) return values[0]!
  const [length, ...inner] = shape as [number, ...number[]]
  const step = values.length / length
  return Array.from({ length }, (_, i) => nest(values.slice(i * step, (i + 1) * step), inner))
}
