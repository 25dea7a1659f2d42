import assert from 'node:assert/strict'
import { it } from 'node:test'
import { z } from 'zod'
import { decodeWith } from '../../venue/files/schema.ts'
import { parseWith } from '../../verifier/json.ts'

const schema = z.strictObject({ known: z.strictObject({ a: z.int('must be an integer') }) })

for (const read of [decodeWith, parseWith]) {
  const fault = (value: unknown) => {
    try {
      read(schema, value, 'INPUT_INVALID', 'request')
    } catch (error) {
      return (error as Error).message
    }
    return assert.fail('it was taken')
  }

  it(`${read.name} names a field that there is not, and repeats nothing that is no plain name, nor many`, () => {
    assert.equal(fault({ known: { a: 1 }, other: 1 }), 'request: Unrecognized key: "other"')
    assert.equal(fault({ known: { a: 1, b: 1 } }), 'request.known: Unrecognized key: "b"')
    for (const name of ['9'.repeat(41), 'a word', '</script>', '']) {
      assert.equal(fault({ known: { a: 1 }, [name]: 1 }), 'request: Unrecognized key: one that is not repeated here')
    }
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x${i}`.padEnd(40, 'y'), 1]))
    assert.ok(fault({ known: { a: 1 }, ...many }).length < 500)
  })

  it(`${read.name} names the field that is wrong, and not what stands there`, () => {
    assert.equal(fault({ known: { a: 'a secret' } }), 'request.known.a: must be an integer')
  })
}
