import type { SignedBundle } from '../../../protocol/bundle.ts'
import type { SignedCashMessage } from '../../../protocol/cash-batch/operation.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { PATIENCE } from './patience.ts'
import { verdictTold } from './told.ts'
import type { Trader } from './trader.ts'
import type { Outcome } from './use-action.ts'

/** Signs with the account's next nonce and hands in; tells what the venue says of it. */
export async function send(
  { session, venue }: Trader,
  sign: (nonce: bigint) => SignedBundle | SignedCashMessage,
  done: string,
): Promise<Outcome> {
  const { nextNonce } = await session.read(PATIENCE)
  const [answer] = await venue.send([sign(nextNonce)], PATIENCE).catch(orMayBeTaken)
  if (answer?.verdict !== 'ACCEPTED') return { isGood: false, text: verdictTold(answer?.verdict ?? 'no verdict') }
  const { record } = answer
  return { isGood: true, text: `${done} It is record ${record} of the venue's log.`, record }
}

/** What was on its way when the venue fell silent may have come. */
function orMayBeTaken(error: unknown): never {
  if (!(error instanceof ZkclearError) || error.code !== 'VENUE_UNREACHABLE') throw error
  const message = `${error.message}. It may have been taken all the same: see how the account stands before you send it again`
  throw new ZkclearError('VENUE_UNREACHABLE', message, { cause: error })
}
