import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isCurrent, readRecord, SECTION_NAMES } from '../../scripts/soundness/record.ts'

describe('the record of soundness', () => {
  it('holds known sections only', async () => {
    for (const name of Object.keys(await readRecord())) {
      assert.ok((SECTION_NAMES as readonly string[]).includes(name), name)
    }
  })

  it('is what docs/soundness.md and docs/audit.md show', async () => {
    assert.ok(await isCurrent(), 'run `node scripts/soundness/record.ts`')
  })
})
