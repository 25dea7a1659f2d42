import { type CIRCUITS, type CircuitName, tradeBatchStatement } from '../circuits/index.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { Job } from '../prover/index.ts'
import { readMarginJob } from './margin-request.ts'
import { readBatch } from './venue-files.ts'

type AnyJob = Job<typeof CIRCUITS>

/** How the input file of each circuit becomes what the prover takes. */
const READERS: { readonly [Name in CircuitName]: (file: string, profile: ProfileName) => Promise<AnyJob> } = {
  'trade-batch': async (file, profile) => {
    const witness = await readBatch(file, profile)
    return { circuit: 'trade-batch', statement: tradeBatchStatement(witness), witness }
  },
  'margin-sufficiency': readMarginJob,
}

/** Reads one input file after the other, each only when the prover asks for it. */
export async function* readJobs(name: CircuitName, files: readonly string[], profile: ProfileName) {
  for (const file of files) yield await READERS[name](file, profile)
}
