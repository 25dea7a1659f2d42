import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a socket of this machine that can fall silent: what is sent from then on is lost, and nobody is told. */
export async function silentNetwork(path: string) {
  const open = new Set<Socket>()
  let isSilent = false
  const server = createServer((socket) => {
    const other = connect(path)
    for (const [one, peer] of [
      [socket, other],
      [other, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => undefined)
      one.on('data', (data) => {
        if (!isSilent) peer.write(data)
      })
      one.on('close', () => {
        open.delete(one)
        if (!isSilent) peer.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    fallSilent() {
      isSilent = true
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
