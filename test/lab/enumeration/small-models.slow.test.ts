import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ENUMERATIONS } from '../../../lab/enumeration/rules/index.ts'

for (const [subject, enumerations] of Object.entries(ENUMERATIONS)) {
  suite(`all inputs at tiny widths, full scale: ${subject}`, () => {
    for (const { name, sizes, run } of enumerations) {
      test(`${name}: ${sizes}`, async () => {
        const { inputs } = await run({ scale: 'full' })
        assert.ok(inputs > 0 && inputs <= 10_000_000)
      })
    }
  })
}
