import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ENUMERATIONS } from '../../../lab/enumeration/rules/index.ts'

for (const [subject, enumerations] of Object.entries(ENUMERATIONS)) {
  suite(`all inputs at tiny widths: ${subject}`, () => {
    for (const { name, claim, run } of enumerations) {
      test(`${name}: ${claim}`, async () => {
        const { accepted, solutions } = await run({ scale: 'default' })
        assert.ok(accepted > 0 && solutions >= accepted)
      })
    }
  })
}
