import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { flattenInput, inputFromJson, inputToJson } from '../../circuits/input-schema.ts'
import { FIELD } from '../../protocol/numbers.ts'

const CIRCUIT = { inputShapes: () => ({ scalar: [], vector: [3], matrix: [2, 2] }) }
const GOOD = {
  scalar: 1n,
  vector: [2n, 3n, 4n],
  matrix: [
    [5n, 6n],
    [7n, 8n],
  ],
}
const flatten = (change: object) => flattenInput(CIRCUIT, 'small', { ...GOOD, ...change })
const parse = (change: object) => inputFromJson(CIRCUIT, 'small', { ...inputToJson(GOOD), ...change })

suite('a circuit input', () => {
  test('is flattened row by row into 32-byte little-endian elements', () => {
    const { signals, values } = flatten({ scalar: FIELD - 1n })
    assert.deepEqual(
      signals.map(({ name, size }) => `${name} ${size}`),
      ['scalar 1', 'vector 3', 'matrix 4'],
    )
    const bytes = Buffer.from(values)
    assert.equal(BigInt(`0x${Buffer.from(bytes.subarray(0, 32)).reverse().toString('hex')}`), FIELD - 1n)
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7].map((index) => bytes.readBigUInt64LE(32 * index)),
      [2n, 3n, 4n, 5n, 6n, 7n, 8n],
    )
  })

  // snarkjs takes every one of these silently and reduces or misreads it.
  for (const bad of [FIELD, FIELD + 1n, 1n << 300n, -1n, true, '', '1', 1, 2 ** 53, null, undefined, [1n], {}]) {
    test(`refuses ${inspect(bad)} in place of a field element`, () => {
      assert.throws(() => flatten({ scalar: bad }), { code: 'INPUT_INVALID', path: 'input.scalar' })
      const matrix = [GOOD.matrix[0], [7n, bad]]
      assert.throws(() => flatten({ matrix }), { code: 'INPUT_INVALID', path: 'input.matrix[1][1]' })
    })
  }

  test('refuses arrays that are too short, too long, missing or too deep', () => {
    for (const vector of [[], [1n, 2n], [1n, 2n, 3n, 4n], 1n, { length: 3 }, 'abc', null]) {
      assert.throws(() => flatten({ vector }), { code: 'INPUT_INVALID', path: 'input.vector' })
    }
    const flat = [5n, 6n, 7n, 8n]
    assert.throws(() => flatten({ matrix: flat }), { code: 'INPUT_INVALID', path: 'input.matrix' })
    assert.throws(() => flatten({ vector: [[2n], 3n, 4n] }), { code: 'INPUT_INVALID', path: 'input.vector[0]' })
  })

  test('refuses missing and unknown signals, inherited ones too', () => {
    const { scalar: _, ...rest } = GOOD
    assert.throws(() => flattenInput(CIRCUIT, 'small', rest), { code: 'INPUT_INVALID', path: 'input.scalar' })
    const heir = Object.assign(Object.create({ scalar: 1n }), rest)
    assert.throws(() => flattenInput(CIRCUIT, 'small', heir), { code: 'INPUT_INVALID', path: 'input.scalar' })
    assert.throws(() => flatten({ more: 1n }), { code: 'INPUT_INVALID', path: 'input.more' })
    for (const value of [null, [], 'input', undefined]) {
      assert.throws(() => flattenInput(CIRCUIT, 'small', value as never), { code: 'INPUT_INVALID', path: 'input' })
    }
  })

  test('never shows a value in an error', () => {
    const secret = FIELD + 123456789n
    assert.throws(
      () => flatten({ scalar: secret }),
      (error: Error) => !JSON.stringify({ ...error, text: String(error) }).includes(String(secret)),
    )
  })
})

suite('circuit input JSON', () => {
  test('comes back unchanged from any field elements', () => {
    const element = fc.bigInt({ min: 0n, max: FIELD - 1n })
    const array = fc.array(element, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(element, array, (scalar, vector) => {
        const input = { ...GOOD, scalar, vector }
        assert.deepEqual(inputFromJson(CIRCUIT, 'small', JSON.parse(JSON.stringify(inputToJson(input)))), input)
      }),
    )
  })

  test('takes canonical decimal strings only', () => {
    const bad = [1, 1n, '01', '+1', '-1', ' 1', '1.0', '1e3', '0x1', '', String(FIELD), '9'.repeat(1000), null, ['1']]
    for (const scalar of bad) assert.throws(() => parse({ scalar }), { code: 'INPUT_INVALID', path: 'input.scalar' })
    assert.throws(() => parse({ vector: ['1', '2', 'x'] }), { code: 'INPUT_INVALID', path: 'input.vector[2]' })
    assert.throws(() => parse({ vector: ['1', '2'] }), { code: 'INPUT_INVALID', path: 'input.vector' })
    assert.throws(() => parse({ more: '1' }), { code: 'INPUT_INVALID', path: 'input.more' })
    assert.throws(() => inputFromJson(CIRCUIT, 'small', []), { code: 'INPUT_INVALID', path: 'input' })
  })
})
