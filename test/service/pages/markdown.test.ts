import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sectionOf, spansOf } from '../../../service/pages/shared/markdown.ts'

const DOCUMENT = `# Operations

All of it.

## Queue late

**Means:** an entry waits, see
[another page](page.md). **Do:** what follows.

1. Look at it
   again.
2. \`zkclear line show\`

\`\`\`sh
zkclear line show
\`\`\`

<a id="odd-place"></a>

## Another name

- first
- second
`

describe('a section of a document', () => {
  it('is found by the anchor of its heading, and ends before the next one', () => {
    assert.deepEqual(sectionOf(DOCUMENT, 'queue-late'), {
      title: 'Queue late',
      blocks: [
        { kind: 'paragraph', text: '**Means:** an entry waits, see [another page](page.md).' },
        { kind: 'paragraph', text: '**Do:** what follows.' },
        { kind: 'list', isOrdered: true, items: ['Look at it again.', '`zkclear line show`'] },
        { kind: 'code', text: 'zkclear line show' },
      ],
    })
  })

  it('is found by the anchor that stands before its heading', () => {
    const section = sectionOf(DOCUMENT, 'odd-place')
    assert.equal(section?.title, 'Another name')
    assert.deepEqual(section?.blocks, [{ kind: 'list', isOrdered: false, items: ['first', 'second'] }])
  })

  it('is none where no heading has the anchor', () => {
    assert.equal(sectionOf(DOCUMENT, 'nowhere'), undefined)
  })

  it('has code and strong words, and of links their text', () => {
    assert.deepEqual(spansOf('**Stop**: `a` and [b](c.md)'), [
      { style: 'strong', text: 'Stop' },
      { style: 'plain', text: ': ' },
      { style: 'code', text: 'a' },
      { style: 'plain', text: ' and b' },
    ])
  })
})
