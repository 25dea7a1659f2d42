import type { ExitStatus } from '../settlement/index.ts'
import { timeText } from './time-text.ts'

/** What is to be done next to leave a venue. */
export interface NextStep {
  /** `wait`: nothing, before `from`. `none`: nothing at all. */
  readonly step: 'freeze' | 'claim' | 'payout' | 'leftovers' | 'wait' | 'none'
  /** Unix seconds from which, and before which. */
  readonly from?: bigint
  readonly until?: bigint
  readonly text: string
}

/** What an account, or without one anybody, has to do next, and when. */
export function nextStep(status: ExitStatus): NextStep {
  const { period, freezableFrom, begins, account, time } = status
  if (period === 'LIVE') return nextOfLive(freezableFrom, time)
  if (period === 'BROKEN') {
    return {
      step: 'wait',
      text: 'A proof broke the exit verifier. Claims begin anew when another is in force; read this again.',
    }
  }
  const { PAYOUT, LEFTOVERS } = begins!
  if (account === undefined || account.claim === 'NONE') {
    if (period === 'LEFTOVERS') return { step: 'none', text: `Claims were recorded until ${timeText(LEFTOVERS)}.` }
    const inTime = period === 'CLAIMS'
    const until = inTime ? PAYOUT : LEFTOVERS
    const late = inTime ? '' : ' Late ones are paid from what those in time leave.'
    return { step: 'claim', until, text: `Claims are recorded until ${timeText(until)}: "zkclear exit claim".${late}` }
  }
  const { payout, leftovers } = account
  if (payout !== undefined) return due('payout', payout.from, time)
  // Others may claim until then, so that even nothing can become something.
  if (leftovers !== undefined && (period !== 'LEFTOVERS' || leftovers.lots.some((lots) => lots > 0n))) {
    return due('leftovers', leftovers.from, time)
  }
  return {
    step: 'none',
    text: `Account ${account.index} has been paid. Its owner has the tokens sent: "zkclear account claim".`,
  }
}

function nextOfLive(from: bigint | undefined, time: bigint): NextStep {
  if (from === undefined) {
    const text =
      'The venue lives, and nothing waits in its queue. Whoever asks it for something on chain sets a deadline: "zkclear account request-withdrawal".'
    return { step: 'wait', text }
  }
  if (time >= from)
    return {
      step: 'freeze',
      from,
      text: `The venue lives, and anybody may end it since ${timeText(from)}: "zkclear freeze".`,
    }
  return {
    step: 'wait',
    from,
    text: `The venue lives. Anybody may end it from ${timeText(from)} on, if it does not serve its queue by then.`,
  }
}

function due(step: 'payout' | 'leftovers', from: bigint, time: bigint): NextStep {
  const what = step === 'payout' ? 'What was claimed is paid' : 'What is left is shared'
  return {
    step,
    from,
    text: `${what} ${time >= from ? 'since' : 'from'} ${timeText(from)}${time >= from ? '' : ' on'}: "zkclear exit payout".`,
  }
}
