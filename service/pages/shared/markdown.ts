/** A piece of a document, as far as the pages show markdown. */
export type Block =
  | { readonly kind: 'paragraph' | 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly string[] }

export interface Section {
  readonly title: string
  readonly blocks: readonly Block[]
}

const HEADING = /^#{1,6} +(.+)$/
const ANCHOR = /^<a id="([^"]+)"><\/a>$/
const ITEM = /^(?:-|(\d+)\.) +/
/** Before a strong word with a colon, such as **Do:**, which begins a paragraph of its own here. */
const LEAD = / (?=\*\*[^*]+:\*\* )/

/** The section of a document whose heading has that anchor before it, or makes it as GitHub does; undefined if there is none. */
export function sectionOf(document: string, anchor: string): Section | undefined {
  const lines = document.split('\n')
  const start = lines.findIndex((line, i) => {
    const title = HEADING.exec(line)?.[1]
    if (title === undefined) return false
    const above = [lines[i - 1], lines[i - 2]].map((each) => ANCHOR.exec(each ?? '')?.[1])
    return slugOf(title) === anchor || above.includes(anchor)
  })
  if (start < 0) return undefined
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => HEADING.test(line) || ANCHOR.test(line))
  return { title: HEADING.exec(lines[start]!)![1]!, blocks: blocksOf(end < 0 ? rest : rest.slice(0, end)) }
}

/** The anchor that GitHub gives a heading. */
function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = []
  const parts = lines.join('\n').split(/^```\w*\n([\s\S]*?)^```$/m)
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 1) blocks.push({ kind: 'code', text: part.trimEnd() })
    else for (const piece of part.split(/\n{2,}/)) blocks.push(...piecesOf(piece.trim()))
  }
  return blocks
}

/** A piece without empty lines: a paragraph, a list, or a paragraph and the list below it. */
function piecesOf(piece: string): readonly Block[] {
  if (piece === '') return []
  const lines = piece.split('\n')
  const first = lines.findIndex((line) => ITEM.test(line))
  if (first < 0)
    return lines
      .join(' ')
      .split(LEAD)
      .map((text) => ({ kind: 'paragraph', text }))
  const items: string[] = []
  for (const line of lines.slice(first)) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''))
    else items.push(`${items.pop()} ${line.trim()}`)
  }
  const isOrdered = ITEM.exec(lines[first]!)?.[1] !== undefined
  return [...piecesOf(lines.slice(0, first).join('\n')), { kind: 'list', isOrdered, items }]
}

/** A run of text in one style; links keep their text alone. */
export interface Span {
  readonly style: 'plain' | 'code' | 'strong'
  readonly text: string
}

export function spansOf(text: string): readonly Span[] {
  const plain = text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
  return plain.split(/(`[^`]+`|\*\*[^*]+\*\*)/).flatMap((part): Span[] => {
    if (part === '') return []
    if (part.startsWith('`') && part.endsWith('`') && part.length > 1)
      return [{ style: 'code', text: part.slice(1, -1) }]
    if (part.startsWith('**') && part.endsWith('**') && part.length > 4) {
      return [{ style: 'strong', text: part.slice(2, -2) }]
    }
    return [{ style: 'plain', text: part }]
  })
}
