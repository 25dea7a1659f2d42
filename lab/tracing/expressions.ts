/** An expression that replaces another, and what was changed in it. */
export interface Variant {
  readonly change: string
  readonly text: string
}

interface Edit {
  readonly change: string
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Expressions that differ from an arithmetic one of circom in one place: a sign flipped, a term dropped, a factor dropped, a
 * constant one larger. None for what is no arithmetic: a signal alone, a component call, a choice.
 */
export function variantsOf(expression: string): Variant[] {
  if (/[?&|]|\)\s*\(/.test(expression) || !/[-+*]/.test(expression.replace(/\[[^\]]*\]/g, ''))) return []
  const edits: Edit[] = []
  let at = 0
  const blank = () => {
    while (/\s/.test(expression[at] ?? '')) at++
  }

  const sum = () => {
    const terms: { start: number; end: number; sign: number }[] = []
    for (let sign = -1; ; ) {
      blank()
      const start = at
      term()
      terms.push({ start, end: at, sign })
      blank()
      if (expression[at] !== '+' && expression[at] !== '-') break
      sign = at
      edits.push({ change: 'sign', start: at, end: at + 1, text: expression[at] === '+' ? '-' : '+' })
      at++
    }
    if (terms.length > 1) for (const { start, end } of terms) edits.push({ change: 'term', start, end, text: '0' })
  }
  const term = () => {
    const factors: { start: number; end: number }[] = []
    for (;;) {
      blank()
      const start = at
      factor()
      factors.push({ start, end: at })
      blank()
      if (expression[at] !== '*') break
      at++
    }
    if (factors.length > 1)
      for (const { start, end } of factors) edits.push({ change: 'factor', start, end, text: '1' })
  }
  const factor = () => {
    if (expression[at] === '-') {
      edits.push({ change: 'sign', start: at, end: at + 1, text: '' })
      at++
      blank()
    }
    if (expression[at] === '(') {
      const close = closing(expression, at)
      if (expression.slice(at, close).includes('<<')) {
        at = close + 1
        return
      }
      at++
      sum()
      blank()
      if (expression[at] !== ')') throw new Error(`unexpected ${expression.slice(at)} in ${expression}`)
      at++
      return
    }
    const atom = /^(?:\d+|[A-Za-z_]\w*)/.exec(expression.slice(at))
    if (!atom) throw new Error(`unexpected ${expression.slice(at)} in ${expression}`)
    if (/^\d/.test(atom[0])) {
      edits.push({ change: 'constant', start: at, end: at + atom[0].length, text: `${Number(atom[0]) + 1}` })
    }
    at += atom[0].length
    for (;;) {
      if (expression[at] === '[' || expression[at] === '(') at = closing(expression, at) + 1
      else if (expression[at] === '.') at += 1 + /^\w+/.exec(expression.slice(at + 1))![0].length
      else return
    }
  }

  sum()
  if (at !== expression.length) throw new Error(`unexpected ${expression.slice(at)} in ${expression}`)
  return edits.map(({ change, start, end, text }) => ({
    change: `${change}: ${expression.slice(start, end)} -> ${text || 'nothing'}`,
    text: expression.slice(0, start) + text + expression.slice(end),
  }))
}

function closing(text: string, open: number): number {
  for (let at = open, depth = 0; at < text.length; at++) {
    if ('(['.includes(text[at]!)) depth++
    if (')]'.includes(text[at]!) && --depth === 0) return at
  }
  throw new Error(`nothing closes ${text}`)
}
