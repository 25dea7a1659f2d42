import { setTimeout } from 'node:timers/promises'
import type { Report } from '../../demo/progress.ts'
import { type LoadedVenue, type SignedOrder, signedOrders } from './flow.ts'
import { Trader, type Verdict, verdictsOf } from './trader.ts'

/** Orders that were sent, and what came of them; times in milliseconds. */
export interface Sent {
  readonly verdicts: readonly Verdict[]
  readonly wall: number
  /** Of each request, from when it was due to its whole answer, in the order of the answers. */
  readonly latencies: readonly number[]
}

/** All orders of all traders as fast as they are taken: each trader sends `together` of them, and the next ones once those are answered. */
export async function burst(url: string, orders: readonly (readonly SignedOrder[])[], together: number): Promise<Sent> {
  using open = new DisposableStack()
  const answers: [orders: readonly SignedOrder[], answer: string][] = []
  const latencies: number[] = []
  const traders = orders.map((_, i) => open.use(new Trader(url, i)))
  const started = performance.now()
  await Promise.all(
    orders.map(async (own, i) => {
      for (let at = 0; at < own.length; at += together) {
        const some = own.slice(at, at + together)
        const due = performance.now()
        answers.push([some, await traders[i]!.send(some)])
        latencies.push(performance.now() - due)
      }
    }),
  )
  const wall = performance.now() - started
  return { verdicts: answers.flatMap(([some, answer]) => verdictsOf(some, answer)), wall, latencies }
}

/**
 * So many orders a second, `together` of them in each request, whether those before are answered or not; the traders in turn. A request that
 * waits for the one before it on its trader's connection is late: that counts.
 */
export async function steady(
  url: string,
  orders: readonly (readonly SignedOrder[])[],
  { perSecond, together, report }: { readonly perSecond: number; readonly together: number; readonly report?: Report },
): Promise<Sent> {
  using open = new DisposableStack()
  const traders = orders.map((_, i) => open.use(new Trader(url, i)))
  const requests = orders.reduce((sum, { length }) => sum + length, 0) / together
  const answers: [orders: readonly SignedOrder[], answer: string][] = []
  const latencies: number[] = []
  const started = performance.now()
  const sent: Promise<void>[] = []
  for (let i = 0; i < requests; i++) {
    const due = started + (1000 * i * together) / perSecond
    for (let early = due - performance.now(); early > 0; early = due - performance.now()) await setTimeout(early)
    const trader = i % orders.length
    const from = Math.floor(i / orders.length) * together
    const some = orders[trader]!.slice(from, from + together)
    const send = async () => {
      answers.push([some, await traders[trader]!.send(some)])
      latencies.push(performance.now() - due)
    }
    sent.push(send())
    report?.(i / requests)
  }
  await Promise.all(sent)
  const wall = performance.now() - started
  return { verdicts: answers.flatMap(([some, answer]) => verdictsOf(some, answer)), wall, latencies }
}

/** As many orders of each trader, signed ahead, from that nonce on. */
export function signAhead(venue: LoadedVenue, first: bigint, each: number): SignedOrder[][] {
  const traders = venue.state.accounts.entries()
  return [...traders].map(([account]) => signedOrders(venue, account, first, each))
}
