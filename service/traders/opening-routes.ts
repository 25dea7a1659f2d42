import { openingAnswer } from '../../client/wire/opening.ts'
import { accountAt, marketsRoot, stateRoot } from '../../protocol/state.ts'
import { type Route, traderRoute } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import { riskRootOf } from '../sequencer/same-table.ts'
import type { SequencerState } from '../sequencer/state.ts'
import type { ProvableState } from './provable-states.ts'

export interface OpeningParts {
  state(): Pick<SequencerState, 'config'>
  provable(): ProvableState | undefined
}

/** Seconds after which to ask again where there is nothing to prove at: a batch takes longer. */
const RETRY = 5

/** What a trader proves his margin from. */
export function openingRoutes({ state: sequencer, provable }: OpeningParts): Route[] {
  return [
    traderRoute({
      ...{ method: 'GET', path: '/v1/account/opening', answer: openingAnswer },
      summary:
        'The own account in a state whose root the chain knows, with its path, and a risk table: what margin is proved from',
      async handle({ account: index }) {
        const found = provable()
        if (found === undefined) {
          throw new Refusal(
            503,
            'NOT_OPEN',
            'there is no settled state yet, or no risk table for it, to prove at',
            RETRY,
          )
        }
        const { profile, domain } = sequencer().config
        const { batch, state, since, isKept, table } = found
        const account = accountAt(state, index)
        if (account === undefined) {
          throw new Refusal(404, 'ACCOUNT_UNKNOWN', `the account is not in the state after batch ${batch} yet`)
        }
        const { viewKey: _, ...shown } = account
        return {
          ...{ profile, domain, batch, since, isKept },
          ...{ stateRoot: stateRoot(state), riskRoot: riskRootOf(table), index, account: shown },
          ...{ children: state.accounts.path(index).children, marketsRoot: marketsRoot(state), riskTable: table },
        }
      },
    }),
  ]
}
