import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What comes of a transaction that is sent. */
export type Fate =
  | 'passes'
  /** Whoever sent it gets its hash, and the node nothing. */
  | 'is lost'
  /** It never gets an answer; the node gets nothing. */
  | 'hangs before the node'
  /** The node gets it; it never gets an answer. */
  | 'hangs behind the node'

/** What a node that cannot be trusted makes of an answer, a JSON text; undefined: it gives none. */
export type Telling = (answer: string) => string | undefined

interface Request {
  readonly id: number
  readonly method: string
  readonly params: readonly string[]
}

/**
 * A way to a node on which sent transactions have the fate that the test chooses. All else passes, but that of finalized blocks the last
 * is the newest of when this was made: a development node has no others than finalized ones.
 */
export async function rpcProxy(target: string) {
  const { Transaction } = await import('ethers')
  const sent: string[] = []
  const waiting: (() => void)[] = []
  let fate: Fate = 'passes'
  let telling: Telling = (answer) => answer
  const forward = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(target, { method: 'POST', headers, body: JSON.stringify(body) })
    return await response.json()
  }
  const { result: finalized } = (await forward({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })) as {
    readonly result: string
  }
  /** undefined: never answered. */
  const answer = async (request: Request): Promise<unknown> => {
    if (request.method === 'eth_getBlockByNumber' && request.params[0] === 'finalized') {
      return await forward({ ...request, params: [finalized, ...request.params.slice(1)] })
    }
    if (request.method !== 'eth_sendRawTransaction') return await forward(request)
    const [raw] = request.params
    const chosen = fate
    if (chosen !== 'hangs before the node' && chosen !== 'is lost') {
      const answered = await forward(request)
      tell(raw!)
      return chosen === 'passes' ? answered : undefined
    }
    tell(raw!)
    if (chosen === 'hangs before the node') return undefined
    return { jsonrpc: '2.0', id: request.id, result: Transaction.from(raw!).hash }
  }
  const tell = (raw: string) => {
    sent.push(raw)
    for (const wake of waiting.splice(0)) wake()
  }
  const server = createServer(async (request, response) => {
    try {
      const asked = JSON.parse(await textOf(request))
      const answers = await Promise.all([asked].flat().map(answer))
      if (answers.includes(undefined)) return
      const told = telling(JSON.stringify(Array.isArray(asked) ? answers : answers[0]))
      if (told === undefined) response.destroy()
      else response.setHeader('content-type', 'application/json').end(told)
    } catch {
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Signed transactions that were sent, whatever came of them. */
    sent,
    /** From now on. */
    let(chosen: Fate) {
      fate = chosen
    },
    /** From now on. */
    tells(chosen: Telling) {
      telling = chosen
    },
    /** Resolves once more than so many have been sent. */
    async moreThan(count: number) {
      while (sent.length <= count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
