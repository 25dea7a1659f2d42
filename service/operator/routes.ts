import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { OperatorState } from '../../client/wire/operator.ts'
import { toJson } from '../../venue/files/schema.ts'
import { parseWith } from '../../verifier/json.ts'
import { Refusal } from '../http/refusal.ts'
import { CONTENT_TYPE } from '../metrics/exposition.ts'
import type { Bearer } from '../tokens/tokens.ts'
import type { OrderedAct } from './acts.ts'
import type { Approvals, Asker } from './approvals.ts'
import type { ActReport } from './list-acts.ts'
import { StateFeed } from './state-feed.ts'

/** What an operator may see and do. Those that cannot be done now throw a Refusal, and do nothing. */
export interface Operations {
  /** Numbers, names and what stands still; nothing of an account but its number. */
  line(): Promise<object>
  /** The whole state of the venue, with the acts that wait for a second operator. */
  state(approvals: OperatorState['line']['approvals']): Promise<OperatorState>
  /** The same in numbers, as Prometheus reads them. */
  metrics(): Promise<string>
  /** Why nothing is settled until a person looked; undefined: the line has not stopped. */
  stopped(): string | undefined
  /** Settles again after a stop; the same fault stops it again. */
  resume(): void
  /** Has the dead letter of a batch tried again. */
  retry(batch: number): Promise<void>
  /** Notes that what is not settled is to be made anew without the messages of those records: once no settlement is under way, unless a restart forgets it. */
  omit(records: readonly number[]): void
}

export interface OperatorOptions {
  readonly operations: Operations
  /** Whether an act needs a second operator. */
  readonly twoPersons: boolean
  /** Notes an act that is to be done; it is done once it is in the journal. */
  readonly note: (act: OrderedAct) => Promise<void>
  /** Gets every act that was asked for, with who did and what came of it. */
  readonly log: (facts: object, message: string) => void
}

const MOST_RECORDS = 100
/** Characters of why the line stopped, in the act that ends that. */
const LONGEST_CAUSE = 500

const FOR_OPERATORS = { config: { access: 'operator' } } as const

const nothing = z.strictObject({})
const retryBody = z.strictObject({ batch: z.int().positive() })
const actsQuery = z.strictObject({ before: z.coerce.number().int().positive().optional() })
const omitBody = z.strictObject({ records: z.array(z.int().nonnegative()).min(1).max(MOST_RECORDS) })

export interface OperatorParts {
  readonly approvals: Approvals
  /** The newest acts, or those before one of that number. */
  acts(before: number | undefined): Promise<readonly ActReport[]>
  bearerOf(request: FastifyRequest): Bearer
  /** Whether the token of an id is good now. */
  isGood(id: string): Promise<boolean>
}

/** The routes of operators. */
export function addOperatorRoutes(
  app: FastifyInstance,
  { operations, twoPersons, note, log }: OperatorOptions,
  { approvals, acts, bearerOf, isGood }: OperatorParts,
): void {
  const state = async () => operations.state([...(await approvals.waiting())])
  const feed = new StateFeed(state)
  app.addHook('preClose', async () => feed[Symbol.dispose]())

  const act = async (request: FastifyRequest, named: string, work: () => unknown) => {
    const { id, name } = bearerOf(request)
    let second: Asker | undefined
    const tell = (facts: object, what: string) => {
      const who = second === undefined ? name : `${name} with ${second.name}`
      log({ act: named, by: name, with: second?.name, ...facts }, `operator ${who}: ${named}: ${what}`)
    }
    try {
      if (twoPersons) second = await approvals.second(named, { id, name })
      if (twoPersons && second === undefined) {
        tell({ isDone: false }, 'waits for a second operator')
        return { isDone: false }
      }
      await note({ act: named, askedBy: second?.name ?? name, agreedBy: second && name })
      await work()
    } catch (error) {
      const { code } = Object(error) as { code?: unknown }
      tell({ isDone: false, refused: code }, `not done (${code})`)
      throw error
    }
    tell({ isDone: true }, 'done')
    return { isDone: true }
  }

  app.get('/operator/line', FOR_OPERATORS, async () => {
    return { ...(await operations.line()), approvals: await approvals.waiting() }
  })

  app.get('/operator/acts', FOR_OPERATORS, async ({ query }) => {
    const { before } = parseWith(actsQuery, query, 'INPUT_INVALID', 'request')
    return { acts: await acts(before) }
  })

  app.get('/operator/state', FOR_OPERATORS, async () => toJson(await state()))

  app.get('/operator/state/stream', FOR_OPERATORS, async (request, reply) => {
    const { id } = bearerOf(request)
    await feed.open(reply, { reader: id, mayRead: () => isGood(id) })
  })

  app.get('/metrics', { config: { access: 'metrics' } }, async (_, reply) => {
    return await reply.type(CONTENT_TYPE).send(await operations.metrics())
  })

  app.post('/operator/resume', FOR_OPERATORS, async (request) => {
    parseWith(nothing, request.body, 'INPUT_INVALID', 'request')
    // For this stop alone: who asked for it at an earlier one, or ahead of all, did not agree to what he has not seen.
    const stopped = operations.stopped()
    const cause = stopped?.replaceAll(/\s+/g, ' ').slice(0, LONGEST_CAUSE)
    return await act(request, cause === undefined ? 'resume' : `resume: ${cause}`, () => {
      if (operations.stopped() === stopped) return operations.resume()
      throw new Refusal(409, 'NOT_STOPPED', 'the line has not stopped for that reason any more')
    })
  })

  app.post('/operator/retry', FOR_OPERATORS, async (request) => {
    const { batch } = parseWith(retryBody, request.body, 'INPUT_INVALID', 'request')
    return await act(request, `retry ${batch}`, () => operations.retry(batch))
  })

  app.post('/operator/omit', FOR_OPERATORS, async (request) => {
    const { records } = parseWith(omitBody, request.body, 'INPUT_INVALID', 'request')
    const named = [...new Set(records)].toSorted((one, other) => one - other)
    return await act(request, `omit ${named.join(',')}`, () => operations.omit(named))
  })
}
