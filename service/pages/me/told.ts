import { ZkclearError } from '../../../protocol/errors.ts'

/** An error in words for whoever sits before the page. */
export function told(error: unknown): string {
  if (!(error instanceof ZkclearError)) return `This page failed: ${(error as Error).message}`
  const { retryAfter } = error.details
  const wait = typeof retryAfter === 'number' && retryAfter > 0 ? ` Try again in ${retryAfter} s.` : ''
  // What is no word of a sentence keeps its letters, such as an address or the name of a field.
  const isWord = /^[a-z]+ /.test(error.message)
  const said = isWord ? `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}` : error.message
  return `${said}.${wait}`
}

const VERDICTS: Readonly<Record<string, string>> = {
  NOT_OPEN: 'The venue is not open yet: there is no risk table.',
  PAUSED: 'Trading is paused.',
  NO_EFFECT: 'It would do nothing now: look at size, price band, expiry, and whether the market is open.',
  RESTING_LIMIT: 'As many orders rest on that side as may.',
  RATE_LIMITED: 'Too many messages; wait a moment.',
  ORDER_TO_FILL: 'Too many orders for so few fills; wait a while.',
  CREDIT_SHARE: 'Too many of your messages wait for proofs; wait a moment.',
  VIEW_KEY_MISSING: 'The venue does not have your view key yet; it takes some seconds after signing in.',
  OLD_NONCE: 'The account has moved on meanwhile; try again.',
  EXPIRED: 'It expired before it came.',
  BAD_SIGNATURE: 'The key is not the trading key of the account.',
}

/** What a verdict other than ACCEPTED says. */
export function verdictTold(verdict: string): string {
  return VERDICTS[verdict] ?? `The venue does not take it: ${verdict}.`
}
