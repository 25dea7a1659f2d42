import type { LimitOrder } from '../../../protocol/message.ts'
import { signBundle } from '../../../protocol/signature.ts'
import type { Report } from '../../demo/progress.ts'
import { openLiveVenue } from './live-venue.ts'
import { type Quantiles, quantiles } from './quantiles.ts'

/** Orders at a venue of the small profile with one worker, on a development chain; milliseconds from when each was sent. */
export interface SettlingResult {
  readonly orders: number
  readonly receipt: Quantiles
  readonly proved: Quantiles
  readonly settled: Quantiles
}

/** One order after the other, each sent when the one before it is settled, and each met by the next. Throws for one that is not taken. */
export async function measureSettling(options: { orders: number; report?: Report }): Promise<SettlingResult> {
  const { orders, report } = options
  await using live = await openLiveVenue({ traders: 2, report: (fraction, detail) => report?.(0.3 * fraction, detail) })
  const { venue, traders, domain, table } = live
  const times: Record<'receipt' | 'proved' | 'settled', number[]> = { receipt: [], proved: [], settled: [] }
  for (let i = 0; i < orders; i++) {
    report?.(0.3 + (0.7 * i) / orders, 'orders')
    const { account, privateKey } = traders[i % traders.length]!
    const session = await venue.login({ account, privateKey, domain })
    const { event: after, nextNonce: nonce } = await session.read()
    const order: LimitOrder = {
      ...{ kind: 'order', market: 0, account, side: i % 2 === 0 ? 'sell' : 'buy', price: table.markets[0]!.mark },
      ...{ size: 1n, nonce, timeInForce: 'GTC', reduceOnly: false, expiry: table.asOf + 86_400n },
    }
    const bundle = signBundle([order], domain, privateKey)
    const sent = performance.now()
    const [answer] = await venue.send([bundle])
    times.receipt.push(performance.now() - sent)
    if (answer?.verdict !== 'ACCEPTED') throw new Error(`order ${i} was not accepted: ${answer?.verdict}`)
    for await (const told of session.follow({ after })) {
      if (told.kind !== 'batch' || !told.records.includes(answer.record!)) continue
      if (told.state === 'proved') times.proved.push(performance.now() - sent)
      if (told.state !== 'settled') continue
      times.settled.push(performance.now() - sent)
      break
    }
    await session.logout()
  }
  const { receipt, proved, settled } = times
  if (settled.length !== orders) throw new Error(`${settled.length} of ${orders} orders are settled`)
  return { orders, receipt: quantiles(receipt), proved: quantiles(proved), settled: quantiles(settled) }
}
