import { accountAnswer } from '../../client/wire/account.ts'
import { type Route, traderRoute } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { accountView } from './account-view.ts'

export interface AccountParts {
  /** As far as it is on disk. */
  state(): SequencerState
}

/** What a trader is shown of his account. */
export function accountRoutes({ state }: AccountParts): Route[] {
  return [
    traderRoute({
      ...{ method: 'GET', path: '/v1/account', answer: accountAnswer },
      summary: 'The own account: balances, positions, margin, open orders, next nonce',
      async handle({ account }) {
        const found = accountView(state(), account)
        if (found === undefined) throw new Refusal(404, 'ACCOUNT_UNKNOWN', 'there is no such account any more')
        return found
      },
    }),
  ]
}
