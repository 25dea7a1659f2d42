import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { ALERT_CODES } from '../../../client/wire/alerts.ts'
import { runbookOf } from '../../../service/alerts/severity.ts'

const [, list = ''] = readFileSync('docs/operations.md', 'utf8').split(/^## Alerts$/m)
const paragraphs = new Map(
  list
    .split(/^### /m)
    .slice(1)
    .map((text) => [text.split('\n')[0]!, text] as const),
)

describe('the runbook', () => {
  it('has a paragraph for each alert, and no other', () => {
    assert.deepEqual([...paragraphs.keys()].toSorted(), [...ALERT_CODES].map(headingOf).toSorted())
  })

  it('is where an alert says', () => {
    for (const code of ALERT_CODES) {
      const slug = headingOf(code).toLowerCase().replaceAll(' ', '-')
      assert.equal(runbookOf(code), `docs/operations.md#${slug}`)
    }
  })

  for (const [title, text] of paragraphs) {
    it(`says of ${title} what it is, what to look at, what to do, and what happens if nobody does`, () => {
      for (const part of ['Means', 'Look at', 'Do', 'If nobody does'])
        assert.match(text, new RegExp(`\\*\\*${part}:\\*\\*`))
    })
  }
})

function headingOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}
