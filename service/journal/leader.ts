import { ZkclearError } from '../../protocol/errors.ts'

/** The term in which somebody leads. */
export interface Term {
  readonly epoch: bigint
  readonly term: bigint
}

/**
 * For a statement's WITH, whose first two parameters are epoch and term: `leader` has a row as long as the term leads, and whoever takes
 * the lead waits until what is written with it is committed, so that he reads it.
 */
export const LEADER =
  'leader AS (SELECT epoch, term FROM leadership WHERE epoch = $1::bigint AND term = $2::bigint FOR SHARE)'

/** LEADERSHIP_LOST, as another leads, who does that now. */
export function notLeading({ term }: Term, now: string): ZkclearError {
  const message = `term ${term} does not lead any more: another process ${now}`
  return new ZkclearError('LEADERSHIP_LOST', message, { details: { term: `${term}` } })
}
