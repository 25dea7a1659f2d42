import { accountAnswer } from '../../client/wire/account.ts'
import { accountStreamLine, streamQuery } from '../../client/wire/events.ts'
import { messageAnswer, messageQuery, recordPath } from '../../client/wire/messages.ts'
import { type Route, traderRoute } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import type { SequencerState } from '../sequencer/state.ts'
import type { Bearer } from '../tokens/tokens.ts'
import { accountView } from './account-view.ts'
import type { Feeds } from './feeds.ts'

export interface AccountParts {
  /** As far as it is on disk. */
  state(): SequencerState
  readonly feeds: Feeds
  /** Whether the token is still good. */
  isGood(bearer: Bearer): Promise<boolean>
}

/** What a trader is shown of his account. */
export function accountRoutes({ state, feeds, isGood }: AccountParts): Route[] {
  const { messages, log } = feeds
  const found = <Answer>(answer: Answer | undefined): Answer => {
    if (answer !== undefined) return answer
    throw new Refusal(404, 'MESSAGE_UNKNOWN', 'no such message of the account is remembered')
  }
  return [
    traderRoute({
      ...{ method: 'GET', path: '/v1/account', answer: accountAnswer },
      summary: 'The own account: balances, positions, margin, open orders, next nonce',
      async handle({ account }) {
        const view = accountView(state(), account)
        if (view === undefined) throw new Refusal(404, 'ACCOUNT_UNKNOWN', 'there is no such account any more')
        return { ...view, event: log.last(account) }
      },
    }),
    traderRoute({
      ...{ method: 'GET', path: '/v1/account/messages/:record', answer: messageAnswer, params: recordPath },
      summary: 'What became of an own message, by its record',
      handle: async ({ account, params }) => found(messages.byRecord(state(), account, params.record)),
    }),
    traderRoute({
      ...{ method: 'GET', path: '/v1/account/messages', answer: messageAnswer, query: messageQuery },
      summary: 'The same by nonce, by clientOrderId, or by market and sequence number',
      async handle({ account, query }) {
        if ('nonce' in query) return found(messages.byNonce(state(), account, query.nonce))
        if ('clientOrderId' in query) return found(messages.byClientOrderId(state(), account, query.clientOrderId))
        return found(messages.bySequence(state(), account, query.market, query.sequence))
      },
    }),
    traderRoute({
      ...{ method: 'GET', path: '/v1/account/stream', answer: accountStreamLine, query: streamQuery, form: 'ndjson' },
      summary: 'What happens to the own account, from the event after the given number on, or from now on',
      async handle({ account, bearer, query: { after }, reply }) {
        const mayRead = () => isGood(bearer)
        const stream = feeds.accounts.open(reply, { reader: `${account}`, topic: account, mayRead })
        stream.begin(after, log.last(account), (number) => log.after(account, number))
      },
    }),
  ]
}
