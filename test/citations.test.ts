import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'

const DOCUMENTS = ['README.md', 'CHANGELOG.md', ...globSync('docs/*.md')]

/** Folders with sources of our own: those at the top that git does not ignore. */
const ignored = readFileSync('.gitignore', 'utf8').split('\n')
const FOLDERS = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.includes(`${entry.name}/`))
  .map(({ name }) => name)

const SOURCES = [
  ...globSync('*.{ts,json}', { exclude: ['package-lock.json'] }),
  ...FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.{ts,mjs,circom,sol,c,cc,cpp,h,hpp,md,json,py,sh}`)),
].filter((file) => !DOCUMENTS.includes(file) && !file.startsWith(join('contracts', 'verifiers')))

const CODE_BLOCK = /^```[\s\S]*?^```/gm

function withoutCode(text: string): string {
  return text.replace(CODE_BLOCK, '').replace(/`[^`\n]*`/g, '')
}

/** Places that a document can be linked at: explicit anchors, and headings as GitHub slugs them. */
function anchorsOf(document: string): string[] {
  const text = readFileSync(document, 'utf8').replace(CODE_BLOCK, '')
  const explicit = [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id!)
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  return [...explicit, ...headings]
}

const ANCHORS = new Map(DOCUMENTS.map((document) => [document, anchorsOf(document)]))

/** Citations of our documents: `protocol.md#rule-margin`, `docs/cli.md`. */
const CITATION = /(?<![\w/:.-])(docs\/)?([\w-]+\.md)(?:#([\w-]+))?/g

interface Citation {
  readonly text: string
  readonly document: string
  readonly anchor: string | undefined
}

function citations(file: string): Citation[] {
  return [...readFileSync(file, 'utf8').matchAll(CITATION)].flatMap(([text, folder, name, anchor]) => {
    const known = [`docs/${name}`, name!].find((document) => DOCUMENTS.includes(document))
    // The name of a file elsewhere is no citation; a place in one, or a file under docs/, is meant to be ours.
    return known || folder || anchor ? [{ text, document: known ?? `docs/${name}`, anchor }] : []
  })
}

describe('the one law', () => {
  it('is cited at places that exist, by code, tests, circuits and contracts', () => {
    const broken = SOURCES.flatMap((file) =>
      citations(file)
        .filter(({ document, anchor }) => !resolves(document, anchor))
        .map(({ text }) => `${file}: ${text}`),
    )
    assert.deepEqual(broken, [])
  })

  it('is cited by anchor, never as a whole', () => {
    const vague = SOURCES.filter((file) => /\bprotocol\.md(?!#|')/.test(readFileSync(file, 'utf8')))
    assert.deepEqual(vague, [])
  })

  for (const rule of ANCHORS.get('docs/protocol.md')!.filter((anchor) => anchor.startsWith('rule-'))) {
    if (/^rule-\d/.test(rule)) continue // the heading's own slug
    it(`has ${rule} in circuits and tests`, () => {
      for (const folder of ['circuits', 'test']) {
        const citing = SOURCES.filter((file) => file.startsWith(`${folder}/`)).filter((file) =>
          citations(file).some(({ document, anchor }) => document === 'docs/protocol.md' && anchor === rule),
        )
        assert.ok(citing.length > 0, `nothing in ${folder}/ cites protocol.md#${rule}`)
      }
    })
  }

  it('is the only one: nothing cites the design that came before it', () => {
    const before = new RegExp(`\\b${['DE', 'SIGN'].join('')}\\b`)
    assert.deepEqual(
      [...SOURCES, ...DOCUMENTS].filter((file) => before.test(readFileSync(file, 'utf8'))),
      [],
    )
  })
})

describe('the documents', () => {
  for (const document of DOCUMENTS) {
    it(`${document} links to files and places that exist`, () => {
      const text = withoutCode(readFileSync(document, 'utf8'))
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
      for (const target of links) {
        if (/^[a-z]+:/.test(target)) continue
        const [path, anchor] = target.split('#') as [string, string | undefined]
        const file = path === '' ? document : join(dirname(document), path)
        assert.ok(existsSync(file), `${document} links to ${target}`)
        if (anchor !== undefined) assert.ok(resolves(file, anchor), `${document} links to ${target}`)
      }
      for (const { text: cited, document: home, anchor } of citations(document)) {
        assert.ok(resolves(home, anchor), `${document} cites ${cited}`)
      }
    })

    it(`${document} has each anchor once`, () => {
      const explicit = [...readFileSync(document, 'utf8').matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)
      assert.deepEqual(explicit, [...new Set(explicit)])
    })
  }
})

function resolves(document: string, anchor: string | undefined): boolean {
  if (!existsSync(document)) return false
  return anchor === undefined || ANCHORS.get(document)?.includes(anchor) === true
}
