import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { SignedOrder } from './flow.ts'

/** What came of one message. */
export interface Verdict {
  readonly order: SignedOrder
  readonly verdict: string
  readonly record: number | undefined
  /** As it came. */
  readonly receipt: unknown
}

interface Answer {
  readonly status: number | undefined
  readonly answer: string
}

const AGAIN_MS = 50

/** A trader with one connection and an address of his own, since the door counts by address. */
export class Trader implements Disposable {
  readonly #url: URL
  readonly #agent: Agent

  constructor(url: string, number: number) {
    this.#url = new URL('/v1/messages', url)
    const localAddress = `127.0.${1 + (number >> 7)}.${1 + (number & 127)}`
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress })
  }

  /** Hands in what he signed; the text of the answer. What exceeds the venue's credit is handed in again. Throws for any other answer. */
  async send(orders: readonly SignedOrder[]): Promise<string> {
    const body = `[${orders.map((order) => order.text).join(',')}]`
    for (;;) {
      const { status, answer } = await this.#post(body)
      if (status === 200) return answer
      if (status !== 429 || !answer.includes('INTAKE_LIMITED')) {
        throw new Error(`the venue answers with ${status}: ${answer}`)
      }
      await setTimeout(AGAIN_MS)
    }
  }

  async #post(body: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const asked = request(this.#url, { method: 'POST', agent: this.#agent, headers }, async (response) => {
      resolve({ status: response.statusCode, answer: await text(response) })
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
