import type { Random } from '../protocol/flow/random.ts'
import { FIELD } from '../protocol/numbers.ts'
import { anyElement } from './search-order.ts'

/** Inputs at which circuits go wrong, without end: plain ones first, then mutations of the sample if there is one. */
export function* specialInputs(
  count: number,
  sample: readonly bigint[] | undefined,
  random: Random,
): Generator<bigint[], void> {
  if (count === 0) {
    yield []
    return
  }
  const all = (value: bigint) => new Array<bigint>(count).fill(value)
  const own = sample ?? all(1n)
  if (sample) yield [...mutate(own, 0, 0n)]
  yield all(0n)
  yield all(1n)
  yield Array.from({ length: count }, (_, i) => BigInt(i + 1))
  yield all(2n)
  yield all(FIELD - 1n)
  for (let round = 0; ; round++) {
    const at = Number(random.next() % BigInt(count))
    const other = Number(random.next() % BigInt(count))
    yield mutate(own, at, own[other]!)
    yield mutate(own, at, special(random))
    yield mutate(own, at, random.pick([0n, 1n]))
    yield Array.from({ length: count }, () => random.next() % 4n)
    yield Array.from({ length: count }, () => special(random))
    if (round % 4 === 0) yield Array.from({ length: count }, () => anyElement(random))
  }
}

function special(random: Random): bigint {
  const power = 1n << (random.next() % 253n)
  const value = random.pick([0n, 1n, 2n, 3n, -1n, -2n, power, power - 1n, -power, (FIELD - 1n) / 2n, random.next()])
  return ((value % FIELD) + FIELD) % FIELD
}

function mutate(values: readonly bigint[], at: number, value: bigint): bigint[] {
  return values.with(at, value)
}
