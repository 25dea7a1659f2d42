import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
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
  /** Default 8, which is some three minutes. */
  readonly attempts?: number | undefined
  /** Changes that may wait; beyond it the oldest are left out. Default 256. */
  readonly most?: number | undefined
}

const ANSWER_MS = 10_000
const LONGEST_RETRY_MS = 60_000
/** How long the end waits for what is still to be told, in milliseconds. */
const END_MS = 2_000

/**
 * Posts each alert that begins and ends, as JSON, one after the other and in order. What nobody takes is tried again, and left out after the
 * last attempt, with a warning that does not repeat the address's path.
 */
export class Webhook implements AsyncDisposable {
  readonly #options: WebhookOptions
  readonly #origin: string
  readonly #waiting: AlertChange[] = []
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
    this.#waiting.push(change)
    if (this.#waiting.length > (this.#options.most ?? 256)) {
      this.#waiting.shift()
      this.#options.warn(`more alerts wait for the webhook at ${this.#origin} than may: the oldest is left out`)
    }
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async #run(): Promise<void> {
    for (let change = this.#waiting.shift(); change !== undefined; change = this.#waiting.shift()) {
      if (!(await this.#deliver(change))) {
        const { kind, alert } = change
        this.#options.warn(`the webhook at ${this.#origin} was not told that ${alert.code} was ${kind}`)
      }
    }
  }

  async #deliver({ kind, alert }: AlertChange): Promise<boolean> {
    const { settlement, secret, url, attempts = 8, retryMs = 1_000 } = this.#options
    const now = Math.floor(Date.now() / 1000)
    const secondsLeft = alert.countdown === undefined ? undefined : Number(alert.countdown.at) - now
    const document = { version: 1, id: randomUUID(), settlement, at: now, kind, alert, secondsLeft }
    const body = JSON.stringify(toJson(document))
    const signature = secret === undefined ? {} : { 'x-zkclear-signature': signatureOf(body, secret, now) }
    const headers = { 'content-type': 'application/json', ...signature }
    for (let attempt = 1; ; attempt++) {
      const outcome = await post(url, headers, body)
      if (outcome !== 'again') return outcome === 'taken'
      if (attempt >= attempts || this.#ended.signal.aborted) return false
      const wait = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** (attempt - 1))
      await setTimeout(wait, undefined, { signal: this.#ended.signal }).catch(() => undefined)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const over = new AbortController()
    const end = setTimeout(END_MS, undefined, { signal: over.signal }).catch(() => undefined)
    await Promise.race([this.#running, end])
    over.abort()
    this.#ended.abort()
    this.#waiting.length = 0
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
