import type { CIRCUITS, CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { RegisteredCircuit } from '../circuits/types.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { Job } from '../prover/index.ts'
import { readExposureJob } from './exposure-request.ts'
import { readMarginJob } from './margin-request.ts'
import { startingWith } from './starting-with.ts'
import { readDocument } from './venue-files.ts'

type AnyJob = Job<typeof CIRCUITS>

/** Circuits whose input files name further files and secrets. Those of all others are one document. */
const READERS: {
  readonly [Name in CircuitName]?: (
    file: string,
    profile: ProfileName,
    warn: (message: string) => void,
  ) => Promise<AnyJob>
} = {
  'margin-sufficiency': readMarginJob,
  'portfolio-exposure': readExposureJob,
}

/**
 * Reads one input file after the other: the first at once, so that it is refused before any key is loaded, the others when the
 * prover asks for them.
 */
export async function readJobs(...given: Parameters<typeof readEach>): Promise<AsyncIterable<AnyJob>> {
  const jobs = readEach(...given)
  const first = await jobs.next()
  return first.done === true ? jobs : startingWith(first.value, jobs)
}

async function* readEach(
  name: CircuitName,
  files: readonly string[],
  profile: ProfileName,
  onWarning: (file: string, message: string) => void,
): AsyncGenerator<AnyJob> {
  const circuit = requireCircuit(name) as RegisteredCircuit
  const read = READERS[name]
  for (const file of files) {
    if (read !== undefined) yield await read(file, profile, (message) => onWarning(file, message))
    else yield { circuit: name, ...(await readDocument(file, (json) => circuit.readJob!(json, profile))) } as AnyJob
  }
}
