import type { Finding, FindingKind } from './finding.ts'

/** The least that makes an audit fail. Each fails for all that the ones before it fail for. */
export type Policy = 'forged' | 'range' | 'unknown'

export const POLICIES: readonly Policy[] = ['forged', 'range', 'unknown']

const FAILING: Readonly<Record<Policy, readonly FindingKind[]>> = {
  forged: ['CONTRADICTION', 'FORGED'],
  range: ['CONTRADICTION', 'FORGED', 'RANGE'],
  unknown: ['CONTRADICTION', 'FORGED', 'RANGE', 'UNUSED', 'UNKNOWN'],
}

/** Whether a policy lets an audit fail for a finding. What verifiers take with any value fails under each. */
export function fails({ kind, isPublic }: Finding, policy: Policy): boolean {
  return (kind === 'UNUSED' && isPublic) || FAILING[policy].includes(kind)
}
