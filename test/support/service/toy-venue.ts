import { type DispatcherOptions, serveDispatcher } from '../../../service/dispatcher/dispatcher.ts'
import { changeJobs } from '../../../service/jobs/change-jobs.ts'
import type { JobsOptions } from '../../../service/jobs/jobs.ts'
import { newJob } from '../../../service/jobs/new-job.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { createToken } from '../../../service/tokens/tokens.ts'
import { toyArtifacts } from '../toy-artifacts.ts'
import { FOR_EVER, PRODUCT, productInstance, SLOW } from '../toy-definitions.ts'
import { inState } from './job-state.ts'
import { sealerOf } from './test-keys.ts'
import type { testServer } from './test-server.ts'

/** What of the toys is the same for all tests of a file. */
export async function toyCircuits() {
  const artifacts = await toyArtifacts([PRODUCT, SLOW])
  const load = (definition: typeof PRODUCT | typeof SLOW) => loadServedCircuit(definition, 'small', artifacts.selection)
  const product = await load(PRODUCT)
  const slow = await load(SLOW)
  return {
    ...{ product, slow, selection: artifacts.selection },
    [Symbol.asyncDispose]: () => artifacts[Symbol.asyncDispose](),
  }
}

export type ToyCircuits = Awaited<ReturnType<typeof toyCircuits>>

interface ToyVenueOptions
  extends Pick<DispatcherOptions, 'forReaders' | 'sweepMs' | 'host' | 'tls' | 'onFailure' | 'attest'> {
  readonly jobs?: JobsOptions
}

/** A dispatcher of toy circuits with a token for a worker, on a database of its own. */
export async function toyVenue(
  server: Awaited<ReturnType<typeof testServer>>,
  { product, slow }: ToyCircuits,
  options: ToyVenueOptions = {},
) {
  await using open = new AsyncDisposableStack()
  const database = open.use(await server.fresh())
  const sealer = await sealerOf(database)
  const dispatcher = open.use(await serveDispatcher({ database, sealer, circuits: [product, slow], ...options }))
  const { id, text: token } = await createToken(database, { name: 'a worker', scope: 'worker', seconds: 3600 })
  const enqueue = async (job: ReturnType<typeof newJob>) => {
    await changeJobs(database, sealer, [{ enqueue: job }])
    return job
  }
  const kept = open.move()
  return {
    ...{ database, sealer, url: dispatcher.url, jobs: dispatcher.jobs, token, tokenId: id, product, slow },
    /** A job of the statement that left * right is their product. */
    enqueueProduct: (left: bigint, right: bigint) => enqueue(newJob(product, productInstance(left, right))),
    /** A job whose witness nobody ever gets to the end of. */
    enqueueEndless: () => enqueue(newJob(slow, { statement: FOR_EVER, witness: {} })),
    /** Resolves when a job is in one of these states. */
    until: (id: Buffer, ...states: string[]) => inState(dispatcher.jobs, id, ...states),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
