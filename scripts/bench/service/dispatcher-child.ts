/**
 * A dispatcher in a process of its own, over an embedded database, whose jobs come at an even pace. argv[2] is the JSON of
 * {@link DispatcherChildOptions}.
 */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { marginSufficiency } from '../../../circuits/index.ts'
import { serveDispatcher } from '../../../service/dispatcher/dispatcher.ts'
import { changeJobs } from '../../../service/jobs/change-jobs.ts'
import { sha256 } from '../../../service/jobs/digest.ts'
import { newJob } from '../../../service/jobs/new-job.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { Database } from '../../../service/postgres/database.ts'
import { migrate } from '../../../service/postgres/migrate.ts'
import { startPostgres } from '../../../service/postgres/server.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'
import { createToken } from '../../../service/tokens/tokens.ts'
import { LOAD_KEYS } from './load-keys.ts'

export interface DispatcherChildOptions {
  readonly directory: string
  readonly jobs: number
  readonly perSecond: number
  /** Of each job, as much as that of a trade batch. */
  readonly inputBytes: number
}

export type DispatcherSaid =
  | { readonly say: 'serves'; readonly url: string; readonly token: string }
  /** When each job was written, in milliseconds since 1970, by its id in hex. */
  | { readonly say: 'enqueued'; readonly at: Readonly<Record<string, number>> }
  /** How many jobs are in each state. */
  | { readonly say: 'states'; readonly states: Readonly<Record<string, number>> }

const { directory, jobs, perSecond, inputBytes } = JSON.parse(process.argv[2]!) as DispatcherChildOptions
await using open = new AsyncDisposableStack()
const ended = Promise.withResolvers<void>()
process.on('SIGTERM', () => ended.resolve())
process.on('disconnect', () => ended.resolve())
const { connection } = open.use(await startPostgres({ directory }))
const database = open.use(new Database({ connection }))
await migrate(database)
const sealer = await Sealer.open(database, LOAD_KEYS)
const circuit = await loadServedCircuit(marginSufficiency, 'small')
const onFailure = (error: unknown) => ended.reject(error)
const dispatcher = open.use(await serveDispatcher({ database, sealer, circuits: [circuit], onFailure }))
const { text: token } = await createToken(database, { name: 'of the load test', scope: 'worker', seconds: 3600 })

process.on('message', async (asked: 'begin' | 'count') => {
  if (asked === 'begin') say({ say: 'enqueued', at: await enqueueAll() })
  else say({ say: 'states', states: await dispatcher.jobs.count() })
})
say({ say: 'serves', url: dispatcher.url, token })
await ended.promise
// The channel alone would keep it alive.
if (process.connected) process.disconnect()

function say(said: DispatcherSaid): void {
  process.send?.(said)
}

/** All are the same statement, under names of their own: one proof is that of all. */
async function enqueueAll(): Promise<Record<string, number>> {
  const claim = newJob(circuit, marginSufficiency.example('small'))
  const at: Record<string, number> = {}
  const started = performance.now()
  for (let i = 0; i < jobs; i++) {
    const early = started + (1000 * i) / perSecond - performance.now()
    if (early > 0) await setTimeout(early)
    const id = sha256(`job ${i} of the load test`)
    await changeJobs(database, sealer, [{ enqueue: { ...claim, id, input: randomBytes(inputBytes) } }])
    at[id.toString('hex')] = Date.now()
  }
  return at
}
