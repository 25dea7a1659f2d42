import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Counts } from '../../../lab/enumeration/enumeration.ts'
import { ENUMERATIONS } from '../../../lab/enumeration/rules/index.ts'
import { readRecord } from '../../../scripts/soundness/record.ts'
import type { ExhaustiveRow } from '../../../scripts/soundness/sections/exhaustive.ts'

const { rows } = (await readRecord()).exhaustive as { readonly rows: readonly ExhaustiveRow[] }

for (const [subject, enumerations] of Object.entries(ENUMERATIONS)) {
  suite(`all inputs at tiny widths, full scale: ${subject}`, () => {
    for (const { name, sizes, run } of enumerations) {
      // Of fewer inputs than are published, the claim would be a weaker one.
      test(`${name}, as many as recorded: ${sizes}`, async () => {
        const found = await run({ scale: 'full' })
        const recorded = rows.find((row) => row.subject === subject && row.name === name)
        assert.deepEqual(countsOf(found), recorded && countsOf(recorded))
      })
    }
  })
}

function countsOf({ inputs, accepted, solutions }: Counts): Counts {
  return { inputs, accepted, solutions }
}
