import { type Account, isCollateral } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { meetsMargin } from '../margin.ts'
import { isUint } from '../numbers.ts'
import { PHASES } from '../parameters.ts'
import { accountAt, type State } from '../state.ts'
import { fairPrice } from '../takeover/auction.ts'
import type { TakeoverContext } from '../takeover/pass.ts'
import {
  requireAccount,
  requireOpenAuction,
  requireServing,
  requireUnexposed,
  unprovable,
} from '../takeover/requirements.ts'
import { type Closing, closeAgainst, type Deleveraging } from './close.ts'
import { deficitOf, lotsOf } from './price.ts'
import { SCORE_BITS } from './words.ts'

/**
 * Closes lots of a flagged account that owes more than it has against a counterparty's (protocol.md#deleverage). Throws
 * BATCH_UNPROVABLE, with the reason in its details, for what no deleveraging can prove. Whether the house could have paid a bidder
 * instead is told, and no reason: whoever takes the proof decides.
 */
export function applyDeleveraging(state: State, closing: Closing, context: TakeoverContext): Deleveraging {
  const { riskTable } = context
  const { victim, counterparty, market, lots } = closing
  if (counterparty === HOUSE || victim === counterparty) {
    unprovable('ACCOUNTS', 'victim and counterparty must be two accounts, and neither the house')
  }
  if (riskTable.markets[market] === undefined) unprovable('MARKET', `no market ${market}`)
  const [bankrupt, other] = [requireBankrupt(state, victim, context), requireAccount(state, counterparty)]
  requireUnexposed(other, counterparty, riskTable)
  requireOpposite(bankrupt, other, closing)
  if (riskTable.markets[market]!.phase === PHASES.SETTLED) unprovable('SETTLED', `market ${market} is settled`)
  if (fairPrice(other, riskTable) <= 0n) unprovable('EQUITY', `account ${counterparty} has nothing to pay with`)
  const made = closeAgainst(state, { victim, counterparty, market, lots }, context)
  for (const index of [victim, counterparty]) requireCash(accountAt(made.after, index)!)
  if (!meetsMargin(accountAt(made.after, counterparty)!, riskTable, riskTable.initialMarginBps)) {
    unprovable('MARGIN', 'the counterparty would not meet initial margin')
  }
  if (!isUint(made.score, SCORE_BITS)) unprovable('SCORE', 'the counterparty has next to nothing for what it holds')
  return made
}

/** The account is flagged and to be had, and owes more than it has, as prices say that cannot be false. Returns it. */
export function requireBankrupt(state: State, victim: number, context: TakeoverContext): Account {
  requireServing(context)
  if (victim === HOUSE) unprovable('ACCOUNTS', 'the house is not deleveraged')
  const account = requireAccount(state, victim)
  requireOpenAuction(account, victim, context)
  requireUnexposed(account, victim, context.riskTable)
  if (deficitOf(account, context.riskTable) <= 0n) unprovable('SOLVENT', `account ${victim} owes no more than it has`)
  return account
}

/** There are lots to close, and both hold as many, one long and the other short. */
function requireOpposite(victim: Account, counterparty: Account, { market, lots }: Closing): void {
  const [given, other] = [victim, counterparty].map(({ positions }) => positions[market]!.size) as [bigint, bigint]
  const isHeld = lots <= lotsOf(given) && lots <= lotsOf(other) && given < 0n !== other < 0n
  if (lots < 1n || !isHeld) unprovable('LOTS', 'the two do not hold that many lots against each other')
}

function requireCash({ collateral }: Account): void {
  if (!isCollateral(0, collateral[0]!)) unprovable('WIDTH', 'a number of an account would leave its range')
}
