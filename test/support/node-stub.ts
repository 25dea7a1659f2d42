import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

/** A node that knows nothing but its chain id, and notes what else it is asked. */
export async function nodeStub(chainId: number) {
  const asked: string[] = []
  const node = await nodeOf((method) => {
    asked.push(method)
    if (method === 'eth_chainId') return `0x${chainId.toString(16)}`
    return method === 'eth_accounts' ? [ACCOUNT] : undefined
  })
  return { ...node, asked }
}

/** A node that answers as it is told; undefined is that there is no such method. */
export async function nodeOf(answerTo: (method: string) => unknown) {
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(Buffer.concat(await request.toArray()).toString())
    const answer = ({ id, method }: { id: number; method: string }) => {
      const result = answerTo(method)
      const outcome = result === undefined ? { error: { code: -32601, message: 'no such method' } } : { result }
      return { jsonrpc: '2.0', id, ...outcome }
    }
    const document = Array.isArray(asked) ? asked.map(answer) : answer(asked)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
