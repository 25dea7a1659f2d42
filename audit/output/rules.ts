import type { FindingKind } from './finding.ts'

/** A kind of finding as the outside sees it. */
export interface OutputRule {
  /** Stable: baselines of code scanning hang on it. */
  readonly id: string
  readonly title: string
  readonly explanation: string
  readonly level: 'error' | 'warning'
}

export const OUTPUT_RULES: Readonly<Record<FindingKind, OutputRule>> = {
  CONTRADICTION: {
    id: 'zkclear/contradiction',
    title: 'No witness satisfies the constraints',
    explanation: 'The circuit accepts nothing at all, so that every statement about its witnesses is empty.',
    level: 'error',
  },
  FORGED: {
    id: 'zkclear/forged',
    title: 'The inputs do not determine the signal',
    explanation:
      'Two witnesses that satisfy every constraint and have equal inputs differ in it: the prover picks its value.',
    level: 'error',
  },
  RANGE: {
    id: 'zkclear/range',
    title: 'A gadget is used on numbers beyond the width that it assumes',
    explanation:
      'A witness satisfies every constraint, and what a comparison, a sum or a product claims of its numbers is false.',
    level: 'error',
  },
  UNUSED: {
    id: 'zkclear/unused',
    title: 'No constraint mentions the signal',
    explanation: 'Any value of it goes with any proof. An output or a public input of this kind says nothing at all.',
    level: 'error',
  },
  UNKNOWN: {
    id: 'zkclear/unknown',
    title: 'Whether the inputs determine the signal is not known',
    explanation: 'Neither a proof nor a forgery was found. It is evidence neither of a bug nor of its absence.',
    level: 'warning',
  },
}
