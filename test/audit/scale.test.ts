import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inputWires } from '../../audit/input-wires.ts'
import { propagate } from '../../audit/propagate.ts'
import { buildSystem } from '../../circom/system.ts'
import { smallSystem } from '../support/small-system.ts'

type Shape = Parameters<typeof smallSystem>[0]

const each = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))
const sum = (count: number, make: (at: number) => string) => each(count, make).join(' + ')

/** Systems of which parts repeat, and share a wire. */
const SHAPES: Readonly<Record<string, (count: number) => Shape>> = {
  'products with one factor that are 0': (count) => ({
    inputs: ['s', ...each(count, (i) => `x${i}`)],
    constraints: each(count, (i) => `s * x${i} = 0`),
  }),
  'products with one factor, none of which is determined': (count) => ({
    inputs: ['s'],
    constraints: each(count, (i) => `s * u${i} = s`),
  }),
  'choices by one bit': (count) => ({
    inputs: ['s', ...each(count, (i) => `x${i}`)],
    constraints: ['s * s = s', ...each(count, (i) => `s * x${i} = y${i}`)],
  }),
  'tests of one number for zero': (count) => ({
    inputs: ['a'],
    constraints: each(count, (i) => [`a * h${i} = 1 - z${i}`, `a * z${i} = 0`]).flat(),
  }),
  'comparisons of an index with each place': (count) => ({
    inputs: ['a'],
    constraints: each(count, (i) => [`d${i} - a + ${i} = 0`, `d${i} * h${i} = 1 - z${i}`, `d${i} * z${i} = 0`]).flat(),
  }),
  'bits of which one is 1': (count) => ({
    inputs: ['k'],
    constraints: [
      ...each(count, (i) => `b${i} * b${i} = b${i}`),
      `${sum(count, (i) => `b${i}`)} = 1`,
      `${sum(count, (i) => `${i + 1} b${i}`)} = k`,
    ],
  }),
  'a chain': (count) => ({ inputs: ['y0'], constraints: each(count, (i) => `y${i} * y${i} = y${i + 1}`) }),
  'equations that only together determine anything': (count) => ({
    inputs: each(count, (i) => `x${i}`),
    constraints: each(count, (i) => `u${i} + 3 u${(i + 1) % count} = x${i}`),
  }),
}

/** How many rows are read until nothing more follows. */
async function rowsRead(shape: Shape): Promise<number> {
  const { r1cs } = smallSystem(shape)
  const system = buildSystem(r1cs)
  let read = 0
  const rows = new Proxy(system.rows, {
    get(target, key) {
      if (typeof key === 'string' && /^\d/.test(key)) read++
      return Reflect.get(target, key)
    },
  })
  const { from, to } = inputWires(r1cs)
  await propagate(
    { ...system, rows },
    Array.from({ length: to - from }, (_, i) => from + i),
  )
  return read
}

describe('the work of a proof grows no faster than the system', () => {
  for (const [name, make] of Object.entries(SHAPES)) {
    it(`of ${name}`, async () => {
      const [few, many] = [await rowsRead(make(400)), await rowsRead(make(1600))]
      assert.ok(many <= 5 * few, `${few} rows of 400 parts, ${many} of 1600`)
    })
  }
})
