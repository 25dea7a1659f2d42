import { ZkclearError } from '../../protocol/errors.ts'

/** What a caller is told: a status of HTTP, and the error without its stack. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  /** Seconds after which to ask again. */
  readonly retryAfter: number | undefined

  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Seconds after which to ask who leads by then. */
const AGAIN = 2

/** What a process says to everybody while another one leads. */
export function standsBy(): Refusal {
  return new Refusal(503, 'STANDBY', 'this process stands by, and another one leads: ask that', AGAIN)
}

/** Statuses of errors that say something to a caller; all others are ours, and say nothing. */
const STATUSES: Readonly<Partial<Record<string, number>>> = {
  INPUT_INVALID: 400,
  STATEMENT_INVALID: 400,
  LEASE_LOST: 409,
  DATABASE_UNAVAILABLE: 503,
}

/** The refusal that an error amounts to. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { statusCode, code } = error as { statusCode?: number; code?: string }
  if (error instanceof ZkclearError) {
    if (error.code === 'LEADERSHIP_LOST') return standsBy()
    const status = STATUSES[error.code]
    if (status === 503)
      return new Refusal(status, error.code, 'the venue cannot reach its database now; ask again later')
    if (status !== undefined) return new Refusal(status, error.code, error.message)
  }
  // Of the server itself, before a route was reached: a body too long, JSON that is none.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && typeof code === 'string') {
    return new Refusal(statusCode, 'REQUEST_INVALID', (error as Error).message)
  }
  return new Refusal(500, 'INTERNAL', 'something failed here; it was logged')
}
