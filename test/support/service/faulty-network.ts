import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut: while it is, connections break off at once. */
export async function faultyNetwork(target: string) {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let isCut = true
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (isCut) return socket.destroy()
    const other = connect(Number(port), hostname)
    for (const [one, peer] of [
      [socket, other],
      [other, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => undefined).on('close', () => peer.destroy() && open.delete(one))
      one.pipe(peer)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend() {
      isCut = false
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
    },
  }
}
