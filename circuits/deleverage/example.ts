import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { accountAt, type State } from '../../protocol/state.ts'
import { exampleTakeover } from '../takeover/example.ts'

const QUANTA = 10n ** 8n

/** The account of the example of a takeover, where the house has less than what is missing: lots of it are closed against the other. */
export function exampleDeleveraging(profile: ProfileName, domain: bigint): Deleveraging {
  const { before, context, bid } = exampleTakeover(profile, domain)
  const { victim, bidder: counterparty } = bid.bid
  return applyDeleveraging(withPoorHouse(before), { victim, counterparty, market: 0, lots: 12n }, context)
}

function withPoorHouse(state: State): State {
  const house = accountAt(state, HOUSE)!
  return {
    ...state,
    accounts: state.accounts.set(HOUSE, { ...house, collateral: house.collateral.with(0, QUANTA) }),
  }
}
