import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A chain as this process has it. */
export interface Chain {
  send(method: string, params: unknown[]): Promise<unknown>
}

interface Question {
  readonly id: number
  readonly method: string
  readonly params: unknown[]
}

/** Serves a chain of this process to others, as JSON-RPC over HTTP. */
export async function serveChain(chain: Chain) {
  const answer = async ({ id, method, params }: Question) => {
    try {
      return { jsonrpc: '2.0', id, result: await chain.send(method, params) }
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: unknown }
      return { jsonrpc: '2.0', id, error: { code: Number.isInteger(code) ? code : -32000, message, data } }
    }
  }
  const server = createServer(async (request, response) => {
    const asked = (await json(request)) as Question | Question[]
    const told = Array.isArray(asked) ? await Promise.all(asked.map(answer)) : await answer(asked)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(told))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
