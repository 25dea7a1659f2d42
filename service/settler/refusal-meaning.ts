/** What a refusal of the contract means for the batch that was tried. */
export type Refused =
  /** It cannot be settled any more, as it is: made anew, it can. */
  | 'remake'
  /** It does not fit what the contract reads of the queue or of owners: a reorganisation may have changed that since it was made. */
  | 'unfit'
  /** A matter of time, or of what is on its way. */
  | 'later'
  /** Nobody but a person helps. */
  | 'stop'

const REMAKE = [
  ...['TimestampOutOfRange', 'RiskTableNotInForce', 'ClosingOnlyWrong', 'FlagTooOld', 'ResumedAtWrong'],
  // Of takeovers and deleveragings, which are not made anew but asked for again, if that is due.
  ...['RescueGoesFirst', 'HouseMayPay', 'CoverLimited'],
]
const UNFIT = ['NotTheFirstEntry', 'OwnersDiffer', 'ViewCommitmentWrong', 'PayerCountWrong', 'CureGoesFirst']
const LATER = [
  ...['StateRootNotCurrent', 'TradingPaused', 'FlaggingPaused', 'OutflowLimited', 'NotEnoughGas'],
  'AuctionAhead',
]

/** By the name of the contract's error; undefined where it gave none. */
export function meaningOf(refusal: string | undefined): Refused {
  if (refusal === undefined) return 'later'
  if (REMAKE.includes(refusal)) return 'remake'
  if (UNFIT.includes(refusal)) return 'unfit'
  return LATER.includes(refusal) ? 'later' : 'stop'
}
