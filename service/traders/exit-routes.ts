import { exitAnswer } from '../../client/wire/exit.ts'
import type { Exits } from '../exits/exits.ts'
import { type Route, traderRoute } from '../gateway/route.ts'
import type { SequencerState } from '../sequencer/state.ts'

export interface ExitParts {
  readonly exits: Pick<Exits, 'of'>
  state(): Pick<SequencerState, 'config'>
}

/** What a trader leaves a frozen venue with. */
export function exitRoutes({ exits, state }: ExitParts): Route[] {
  return [
    traderRoute({
      ...{ method: 'GET', path: '/v1/account/exit', answer: exitAnswer },
      summary:
        'Of a frozen venue: the own account in its last state, with its path, and the risk table: what its exit is proved from',
      async handle({ account: index }) {
        const { account, ...exit } = await exits.of(index)
        const { viewKey, ...shown } = account
        return { profile: state().config.profile, ...exit, hasViewKey: viewKey !== 0n, account: shown }
      },
    }),
  ]
}
