import { type StatusAnswer, statusAnswer } from '../../client/wire/status.ts'
import { publicRoute, type Route } from '../gateway/route.ts'

/** What anybody may know of the venue. */
export function statusRoutes({ status }: { status(): StatusAnswer }): Route[] {
  return [
    publicRoute({
      ...{ method: 'GET', path: '/v1/status', answer: statusAnswer },
      summary: 'Records, batches and how far they are, the queue, what waits, credit, alerts; nothing of an account',
      handle: async () => status(),
    }),
  ]
}
