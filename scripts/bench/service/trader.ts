import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { SignedOrder } from './flow.ts'

/** What came of one message. */
export interface Verdict {
  readonly order: SignedOrder
  readonly verdict: string
  readonly record: number | undefined
  /** As it came. */
  readonly receipt: unknown
}

/** A trader with one connection and an address of his own, since the door counts by address. */
export class Trader implements Disposable {
  readonly #url: URL
  readonly #agent: Agent

  constructor(url: string, number: number) {
    this.#url = new URL('/v1/messages', url)
    const localAddress = `127.0.${1 + (number >> 7)}.${1 + (number & 127)}`
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress })
  }

  /** Hands in what he signed; the text of the answer. Throws for any answer but a verdict on each. */
  async send(orders: readonly SignedOrder[]): Promise<string> {
    const body = `[${orders.map((order) => order.text).join(',')}]`
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const asked = request(this.#url, { method: 'POST', agent: this.#agent, headers }, async (response) => {
      const answer = await text(response)
      if (response.statusCode === 200) resolve(answer)
      else reject(new Error(`the venue answers with ${response.statusCode}: ${answer}`))
    })
    asked.on('error', reject)
    asked.end(body)
    return await promise
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

/** What an answer says of the orders that it is to. */
export function verdictsOf(orders: readonly SignedOrder[], answer: string): Verdict[] {
  const { verdicts } = JSON.parse(answer) as { verdicts: { verdict: string; record?: number; receipt?: unknown }[] }
  return orders.map((order, i) => {
    const { verdict, record, receipt } = verdicts[i]!
    return { order, verdict, record, receipt }
  })
}
