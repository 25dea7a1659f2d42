import type { SourceTree } from './sources.ts'

/** What circom says about the circuit it compiled. */
export interface CircuitCounts {
  linear: number
  nonLinear: number
  /** Constraints in all: linear + nonLinear. */
  total: number
  /** Length of the witness, the constant one included. */
  wires: number
  /** Signals before simplification. */
  labels: number
}

/** A signal that `circom --inspect` says no constraint mentions. */
export interface UnconstrainedFinding {
  /** Template with its arguments, as circom prints it: `Range(64)`. */
  template: string
  message: string
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with an escape character
const COLOUR = /\u001b\[[0-9;]*m/g

/** circom's text without terminal colours. */
export function plainText(output: string): string {
  return output.replace(COLOUR, '')
}

/** Reads the counts; `undefined` if the output is not that of a successful compilation. */
export function parseCounts(output: string): CircuitCounts | undefined {
  const text = plainText(output)
  const read = (label: string) => {
    const match = new RegExp(`^${label}: (\\d+)`, 'm').exec(text)
    return match ? Number(match[1]) : undefined
  }
  const linear = read('linear constraints')
  const nonLinear = read('non-linear constraints')
  const wires = read('wires')
  const labels = read('labels')
  if (linear === undefined || nonLinear === undefined || wires === undefined || labels === undefined) return undefined
  return { linear, nonLinear, total: linear + nonLinear, wires, labels }
}

/**
 * The CA01 findings (a signal of the template occurs in no constraint), split into those of the project's own templates,
 * which are errors, and those of library templates, which the project cannot mend: circomlib leaves the unused halves of
 * some intermediate points unconstrained on purpose. A template that no own file defines is a library's.
 */
export function unconstrainedFindings(output: string, tree: SourceTree) {
  const own: UnconstrainedFinding[] = []
  const library: UnconstrainedFinding[] = []
  for (const match of plainText(output).matchAll(/warning\[CA01\]: (In template "([^"]*)": [\s\S]*?)(?=\n\s*\n|$)/g)) {
    const finding = { template: match[2]!, message: match[1]!.replace(/\s+/g, ' ').trim() }
    const name = finding.template.replace(/\(.*$/s, '')
    if (tree.ownTemplates.has(name)) own.push(finding)
    else library.push(finding)
  }
  return { own, library }
}
