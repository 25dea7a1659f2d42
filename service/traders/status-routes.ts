import { z } from 'zod'
import { publicRoute, type Route } from '../gateway/route.ts'

/** What anybody may know of the venue. */
export function statusRoutes({ status }: { status(): object }): Route[] {
  return [
    publicRoute({
      ...{ method: 'GET', path: '/v1/status', answer: z.looseObject({}) },
      summary: 'Records, batches and how far they are, the queue, what waits, credit, alerts; nothing of an account',
      handle: async () => status(),
    }),
  ]
}
