import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Told {
  readonly status: number
  readonly text: string
  /** Milliseconds to the whole answer. */
  readonly took: number
}

/** Who asks over one connection from an address of this machine, since the venue tells callers apart by address. */
export class LocalCaller implements Disposable {
  readonly #agent: Agent

  constructor(localAddress: string) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress })
  }

  /** undefined where the connection was ended instead of an answer. */
  async ask(url: string, { token, body }: { token?: string; body?: unknown } = {}): Promise<Told | undefined> {
    const { promise, resolve } = Promise.withResolvers<Told | undefined>()
    const since = performance.now()
    const sent = body === undefined ? undefined : JSON.stringify(body, (_, v) => (typeof v === 'bigint' ? `${v}` : v))
    const headers = {
      ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const method = sent === undefined ? 'GET' : 'POST'
    const asked = request(url, { method, agent: this.#agent, headers }, async (response) => {
      const answer = await text(response).catch(() => undefined)
      const took = performance.now() - since
      resolve(answer === undefined ? undefined : { status: response.statusCode!, text: answer, took })
    })
    asked.on('error', () => resolve(undefined))
    asked.end(sent)
    return await promise
  }

  /** The first answer that is none of a server that has no room now, and what it said before: a status, or `cut`. */
  async insist(url: string, asking: { token?: string; body?: unknown } = {}): Promise<Told & { refused: string[] }> {
    const since = performance.now()
    const refused: string[] = []
    for (;;) {
      const told = await this.ask(url, asking)
      if (told !== undefined && told.status !== 503 && told.status !== 429)
        return { ...told, refused, took: performance.now() - since }
      refused.push(told === undefined ? 'cut' : `${told.status} ${Math.round(told.took)} ${told.text}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}
