import type { CIRCUITS } from '../../circuits/index.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { createProver } from '../../prover/create-prover.ts'
import type { Prover } from '../../prover/prover.ts'
import type { Report } from './progress.ts'

/** What is proved while the venue lives. */
const PROVED = ['trade-batch', 'cash-batch', 'takeover', 'risk-update', 'margin-sufficiency'] as const

export type DemoProver = Prover<Pick<typeof CIRCUITS, (typeof PROVED)[number]>>

export function loadProver(profile: ProfileName, report: Report): Promise<DemoProver> {
  return createProver({
    profile,
    circuits: PROVED,
    onProgress: ({ stage, fraction }) => report(fraction, stage),
  })
}
