import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { parseWith } from '../../verifier/json.ts'
import type { Bearer } from '../tokens/tokens.ts'
import { Approvals } from './approvals.ts'

/** What an operator may see and do. Those that cannot be done now throw a Refusal, and do nothing. */
export interface Operations {
  /** Numbers, names and what stands still; nothing of an account but its number. */
  line(): Promise<object>
  /** Settles again after a stop; the same fault stops it again. */
  resume(): void
  /** Has the dead letter of a batch tried again. */
  retry(batch: number): Promise<void>
  /** Has what is not settled made anew without the messages of those records. */
  omit(records: readonly number[]): void
}

export interface OperatorOptions {
  readonly operations: Operations
  /** Whether an act needs a second operator. */
  readonly twoPersons: boolean
  /** Gets every act that was asked for, with who did. */
  readonly log: (facts: object, message: string) => void
}

const MOST_RECORDS = 100

const nothing = z.strictObject({})
const retryBody = z.strictObject({ batch: z.int().positive() })
const omitBody = z.strictObject({ records: z.array(z.int().nonnegative()).min(1).max(MOST_RECORDS) })

/** The routes of operators. */
export function addOperatorRoutes(
  app: FastifyInstance,
  { operations, twoPersons, log }: OperatorOptions,
  bearerOf: (request: FastifyRequest) => Bearer,
): void {
  const approvals = new Approvals()

  const act = async (request: FastifyRequest, named: string, work: () => unknown) => {
    const { id, name } = bearerOf(request)
    const second = twoPersons ? approvals.second(named, { id, name }) : undefined
    const isDone = !twoPersons || second !== undefined
    log({ act: named, by: name, with: second?.name, isDone }, 'operator')
    if (isDone) await work()
    return { isDone }
  }

  app.get('/operator/line', async () => ({ ...(await operations.line()), approvals: approvals.waiting }))

  app.post('/operator/resume', async (request) => {
    parseWith(nothing, request.body, 'INPUT_INVALID', 'request')
    return await act(request, 'resume', () => operations.resume())
  })

  app.post('/operator/retry', async (request) => {
    const { batch } = parseWith(retryBody, request.body, 'INPUT_INVALID', 'request')
    return await act(request, `retry ${batch}`, () => operations.retry(batch))
  })

  app.post('/operator/omit', async (request) => {
    const { records } = parseWith(omitBody, request.body, 'INPUT_INVALID', 'request')
    const named = [...new Set(records)].toSorted((one, other) => one - other)
    return await act(request, `omit ${named.join(',')}`, () => operations.omit(named))
  })
}
