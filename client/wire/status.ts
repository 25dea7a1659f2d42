import { z } from 'zod'
import { domain, field } from '../../venue/files/schema.ts'
import { alert } from './alerts.ts'
import * as n from './numbers.ts'

const count = z.int().nonnegative()
const circuit = z.enum(['trade-batch', 'cash-batch', 'takeover', 'deleverage'])

/** What anybody may know of a venue: nothing of an account. */
export const statusAnswer = z.strictObject({
  ...{ settlement: z.string(), profile: z.string(), domain, epoch: n.counter, records: n.record },
  /** The venue's clock, unix milliseconds: it moves where something waits for time. */
  clock: n.counter,
  batches: z.strictObject({
    ...{ sealed: n.batch, proved: n.batch, settled: n.batch, final: n.batch },
    settledRoot: field,
    /** Lots of each asset that accounts own together behind the last settled one. */
    settledVault: z.array(n.quanta),
    unsettled: z.array(
      z.strictObject({
        ...{ index: n.batch, circuit, timestamp: n.seconds, proved: z.boolean(), messages: count },
      }),
    ),
  }),
  queue: z.strictObject({
    first: n.counter,
    waiting: count,
    firstDeadline: n.seconds.optional(),
    isStalled: z.boolean(),
  }),
  backlog: z.strictObject({ open: count, waiting: count }),
  credit: z.strictObject({ messages: n.quanta, retryAfter: n.quanta }),
  /** What a person has to look at: the cause is told to operators. */
  alerts: z.array(alert.pick({ code: true, severity: true, since: true, countdown: true })),
})

export type StatusAnswer = z.output<typeof statusAnswer>
