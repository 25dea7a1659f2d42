import type { CircomSource } from '../../circom/sources.ts'
import { type Variant, variantsOf } from './expressions.ts'
import { type Instruction, instructionsOf, templatesOf } from './instructions.ts'

/** Name of the signal that every template gets; a constraint on it alone says what the next ones come from. */
export const MARKER = 'zzMarker'
/** Stands in variants for the signal that the instruction assigns: a component's input cannot be read. */
export const TARGET = 'zzTarget'

/** What the constraints behind a marker are. */
export type Mark =
  | { readonly kind: 'instruction'; readonly instruction: Instruction }
  /** One constraint: the instruction's, with another expression. Not part of the real circuit. */
  | { readonly kind: 'variant'; readonly instruction: Instruction; readonly variant: Variant }

export interface MarkedSources {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** By the number of the marker; number 0 ends a template. */
  readonly marks: readonly (Mark | undefined)[]
}

/**
 * Copies of the sources in which every instruction of our own templates that makes constraints comes behind a constraint
 * that numbers it, and is followed by its variants. Without simplification circom keeps all constraints, those of one
 * template instance together and in the order of their instructions, so that the numbers say where each comes from.
 */
export function markedSources(files: readonly CircomSource[]): MarkedSources {
  const marks: (Mark | undefined)[] = [undefined]
  const mark = (made: Mark) => `${MARKER} === ${marks.push(made) - 1}; `
  const marked = files.map(({ path, text, own }) => {
    if (!own) return { path, text }
    const inserted: { at: number; text: string }[] = []
    for (const { open, close } of templatesOf(text)) {
      inserted.push(
        { at: open, text: ` signal ${MARKER}; ${MARKER} <-- 0; signal ${TARGET}; ${TARGET} <-- 0;` },
        { at: close, text: `${MARKER} === 0; ` },
      )
    }
    for (const instruction of instructionsOf(path, text)) {
      const { start, end, bare } = instruction
      const variants = instructionVariants(text.slice(start, end)).map(
        ({ text: constraint, variant }) => `${mark({ kind: 'variant', instruction, variant })}${constraint}`,
      )
      inserted.push({ at: start, text: `${bare ? '{ ' : ''}${mark({ kind: 'instruction', instruction })}` })
      inserted.push({ at: end, text: ` ${variants.join(' ')}${bare ? ' }' : ''}` })
    }
    return { path, text: insert(text, inserted) }
  })
  return { files: marked, marks }
}

/** Constraints to replace an instruction's own. */
function instructionVariants(instruction: string): { text: string; variant: Variant }[] {
  const body = instruction
    .replace(/\/\/[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/;$/, '')
    .trim()
  const [left, right] = body.split(/<==|===/).map((side) => side.trim())
  if (right === undefined) return []
  if (body.includes('===')) {
    const of = (expression: string, whole: (text: string) => string) =>
      variantsOf(expression).map((variant) => ({ text: `${whole(variant.text)};`, variant }))
    return [...of(left!, (text) => `${text} === ${right}`), ...of(right, (text) => `${left} === ${text}`)]
  }
  return variantsOf(right).map((variant) => ({ text: `${TARGET} === ${variant.text};`, variant }))
}

function insert(text: string, parts: readonly { at: number; text: string }[]): string {
  const sorted = parts.toSorted((a, b) => a.at - b.at)
  let result = ''
  let from = 0
  for (const part of sorted) {
    result += text.slice(from, part.at) + part.text
    from = part.at
  }
  return result + text.slice(from)
}
