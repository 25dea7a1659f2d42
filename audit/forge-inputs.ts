import { FIELD } from '../protocol/numbers.ts'
import type { Random } from '../protocol/random.ts'
import { OFF_CURVE } from './curve/off-curve.ts'

/**
 * Inputs at which circuits go wrong, without end: plain ones first, then mutations of the sample if there is one. `bounds`
 * holds the upper bound of each input as far as one is known, `points` the places of inputs that are taken for points (x, y) of
 * Baby Jubjub: before all others they are what is none.
 */
export function* specialInputs(
  bounds: readonly (bigint | undefined)[],
  sample: readonly bigint[] | undefined,
  random: Random,
  points: readonly (readonly [x: number, y: number])[] = [],
): Generator<bigint[], void> {
  if (bounds.length === 0) {
    yield []
    return
  }
  const all = (value: bigint) => bounds.map(() => value)
  const offCurve = (inputs: readonly bigint[], { x, y }: { readonly x: bigint; readonly y: bigint }) =>
    points.reduce((changed, [atX, atY]) => changed.with(atX, x).with(atY, y), [...inputs])
  if (points.length > 0) for (const one of OFF_CURVE) yield offCurve(all(one.scalar), one)
  yield all(0n)
  yield all(1n)
  yield bounds.map((_, i) => BigInt(i + 1))
  yield all(2n)
  yield all(FIELD - 1n)
  const own = sample ?? all(1n)
  for (;;) {
    const at = Number(random.next() % BigInt(bounds.length))
    const other = Number(random.next() % BigInt(bounds.length))
    yield own.with(at, own[other]!)
    yield own.with(at, specialInput(bounds[at], random))
    yield own.with(at, random.pick([0n, 1n]))
    yield bounds.map(() => random.next() % 4n)
    yield bounds.map((bound) => specialInput(bound, random))
    yield bounds.map((bound) => elementUpTo(bound ?? FIELD - 1n, random))
  }
}

/** A value at which circuits go wrong, for an input or another wire. */
export function specialInput(bound: bigint | undefined, random: Random): bigint {
  // Half of the powers are of the size of what circuits count.
  const power = 1n << (random.next() % (random.chance(50) ? 20n : 253n))
  if (bound === undefined) {
    const value = random.pick([0n, 1n, 2n, 3n, -1n, -2n, power, power - 1n, -power, (FIELD - 1n) / 2n, random.next()])
    return ((value % FIELD) + FIELD) % FIELD
  }
  const any = elementUpTo(bound, random)
  const value = random.pick([0n, 1n, bound, bound / 2n, power, power - 1n, any])
  return value <= bound ? value : any
}

/** About uniform in [0, bound]. */
export function elementUpTo(bound: bigint, random: Random): bigint {
  let value = 0n
  for (let word = 0; word < 5; word++) value = (value << 64n) | random.next()
  return value % (bound + 1n)
}
