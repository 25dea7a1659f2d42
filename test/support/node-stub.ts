import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

/** A node that knows nothing but its chain id, and notes what else it is asked. */
export async function nodeStub(chainId: number) {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const { id, method } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    asked.push(method)
    const answer =
      method === 'eth_chainId'
        ? { result: `0x${chainId.toString(16)}` }
        : method === 'eth_accounts'
          ? { result: [ACCOUNT] }
          : { error: { code: -32601, message: 'no such method' } }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
