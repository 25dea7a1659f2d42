import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Difference, type Enumeration } from '../../lab/enumeration/enumeration.ts'

/** A change of one circuit source that lets a dishonest prover do more, or an honest one less, and the enumeration that meets it. */
export interface Change {
  readonly what: string
  readonly found: Enumeration
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Tests that each change is found. */
export function testChanges(changes: readonly Change[]): void {
  suite('all inputs at tiny widths, against circuits with one change', () => {
    for (const { what, found, ...edit } of changes) {
      test(`${found.name} finds ${what}`, async () => {
        await assert.rejects(found.run({ scale: 'default', edits: [edit] }), Difference)
      })
    }
  })
}
