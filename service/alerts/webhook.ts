import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { AlertCode } from '../../client/wire/alerts.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { toJson } from '../../venue/files/schema.ts'
import { isLoopback } from '../loopback.ts'
import type { AlertChange } from './alerts.ts'

export interface WebhookOptions {
  /** https://, or http:// for this machine alone. */
  readonly url: string
  /** Signs what is posted, so that whoever gets it knows who sent it. */
  readonly secret?: string | undefined
  /** Whose alerts they are: goes into each. */
  readonly settlement: string
  readonly warn: (message: string) => void
  /** Milliseconds until the second attempt; each wait is twice as long, up to a minute. Default 1,000. */
  readonly retryMs?: number | undefined
}

const ANSWER_MS = 10_000
const LONGEST_RETRY_MS = 60_000
/** Attempts after which a warning says that nobody listens: some three minutes. */
const WARN_AFTER = 8
/** How long the end waits for what is still to be told, in milliseconds. */
const END_MS = 2_000

/** A change that is still to be told. */
interface Untold {
  readonly change: AlertChange
  readonly body: string
}

/**
 * Posts alerts that begin and end, as JSON, one after the other: pages first, the older the sooner. Of each code only the newest change waits,
 * so one that comes and goes again and again keeps none back. What nobody takes is tried until somebody does, with a warning that does not
 * repeat the address's path; what is refused is left out with another.
 */
export class Webhook implements AsyncDisposable {
  readonly #options: WebhookOptions
  readonly #origin: string
  readonly #waiting = new Map<AlertCode, Untold>()
  readonly #ended = new AbortController()
  #running: Promise<void> | undefined

  /** Throws INPUT_INVALID for an address that is none, or would carry alerts in clear beyond this machine. */
  constructor(options: WebhookOptions) {
    const parsed = URL.canParse(options.url) ? new URL(options.url) : undefined
    const isPlain = parsed?.protocol === 'http:' && isLoopback(parsed.hostname.replace(/^\[|\]$/g, ''))
    if (parsed === undefined || (parsed.protocol !== 'https:' && !isPlain)) {
      const message = 'must be an address that begins with https://, or with http:// for this machine alone'
      throw new ZkclearError('INPUT_INVALID', message, { path: 'alertWebhook' })
    }
    this.#options = options
    this.#origin = parsed.origin
  }

  /** Returns at once. */
  send(change: AlertChange): void {
    if (this.#ended.signal.aborted) return
    const { code } = change.alert
    this.#waiting.delete(code)
    this.#waiting.set(code, this.#written(change))
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  #written(change: AlertChange): Untold {
    const { settlement } = this.#options
    const { kind, alert } = change
    const now = Math.floor(Date.now() / 1000)
    const secondsLeft = alert.countdown === undefined ? undefined : Number(alert.countdown.at) - now
    const document = { version: 1, id: randomUUID(), settlement, at: now, kind, alert, secondsLeft }
    return { change, body: JSON.stringify(toJson(document)) }
  }

  /** Signed anew for each attempt, as whoever gets it refuses old seconds. */
  #headersOf(body: string): Record<string, string> {
    const { secret } = this.#options
    const seconds = Math.floor(Date.now() / 1000)
    const signature = secret === undefined ? {} : { 'x-zkclear-signature': signatureOf(body, secret, seconds) }
    return { 'content-type': 'application/json', ...signature }
  }

  async #run(): Promise<void> {
    const { url, retryMs = 1_000, warn } = this.#options
    let failures = 0
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const { kind, alert } = next.change
      const told = `that ${alert.code} was ${kind}`
      const outcome = await post(url, this.#headersOf(next.body), next.body)
      if (outcome === 'again') {
        if (++failures === WARN_AFTER)
          warn(`nobody takes alerts at the webhook at ${this.#origin}, as that of ${alert.code}`)
        if (this.#ended.signal.aborted) return warn(`the webhook at ${this.#origin} was not told ${told}`)
        const wait = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** (failures - 1))
        await setTimeout(wait, undefined, { signal: this.#ended.signal }).catch(() => undefined)
        continue
      }
      failures = 0
      if (outcome === 'refused') warn(`the webhook at ${this.#origin} does not want to be told ${told}`)
      if (this.#waiting.get(alert.code) === next) this.#waiting.delete(alert.code)
    }
  }

  #next(): Untold | undefined {
    const untold = [...this.#waiting.values()]
    return untold.find(({ change }) => change.alert.severity === 'page') ?? untold[0]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const over = new AbortController()
    const end = setTimeout(END_MS, undefined, { signal: over.signal }).catch(() => undefined)
    await Promise.race([this.#running, end])
    over.abort()
    this.#ended.abort()
    await this.#running
  }
}

/** `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 under the secret of the seconds, a dot and the body. */
export function signatureOf(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/** `again`: nobody took it now, and may later. */
async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<'taken' | 'refused' | 'again'> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS)
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
    await response.body?.cancel()
    if (response.ok) return 'taken'
    return response.status >= 500 || response.status === 429 || response.status === 408 ? 'again' : 'refused'
  } catch {
    return 'again'
  }
}
