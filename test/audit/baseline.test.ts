import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { baselineText, entryFor, parseBaseline } from '../../audit/output/baseline.ts'
import type { Finding, FindingKind } from '../../audit/output/finding.ts'

const finding = (kind: FindingKind, name: string, isPublic = false): Finding => {
  return { kind, name, message: '', details: [], isPublic }
}

describe('a baseline', () => {
  it('knows what was found of a signal inside no more once verifiers see that signal', () => {
    const entries = parseBaseline(
      'FORGED main.hint # read by nothing\nUNUSED main.flag (public) # for later\n',
      'known',
    )
    assert.equal(entryFor(finding('FORGED', 'main.hint'), entries)?.reason, 'read by nothing')
    for (const kind of ['FORGED', 'UNKNOWN'] as const) {
      assert.equal(entryFor(finding(kind, 'main.hint', true), entries), undefined)
    }
    assert.equal(entryFor(finding('UNUSED', 'main.flag', true), entries)?.reason, 'for later')
    assert.equal(entryFor(finding('UNUSED', 'main.flag'), entries)?.reason, 'for later')
    assert.equal(entryFor(finding('FORGED', 'main.flag', true), entries), undefined)
  })

  it('is read as it was written', () => {
    const findings = [
      finding('FORGED', 'main.hint'),
      finding('UNUSED', 'main.flag', true),
      finding('CONTRADICTION', '5'),
    ]
    const text = baselineText(findings, [], [])
    const entries = parseBaseline(text, 'known')
    assert.deepEqual(
      entries.map(({ kind, name, isPublic }) => [kind, name, isPublic]),
      [
        ['FORGED', 'main.hint', false],
        ['UNUSED', 'main.flag', true],
      ],
    )
    assert.equal(baselineText(findings, entries, []), text)
  })
})
