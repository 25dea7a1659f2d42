import type { Server, Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Ends what is left of a server's connections so many milliseconds after it begins to end, and each that comes after that. The server by itself
 * waits for those on which nothing was ever asked, or a request that never becomes whole; and those whose TLS has not come about it does not
 * count among its own. To be called before the server listens.
 */
export function endConnections(app: FastifyInstance, graceMs: number): void {
  const open = new Set<Socket>()
  let isOver = false
  const server: Server = app.server
  server.on('connection', (socket: Socket) => {
    if (isOver) socket.destroy()
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const end = () => {
    isOver = true
    for (const socket of open) socket.destroy()
  }
  app.addHook('preClose', async () => {
    if (graceMs === 0) end()
    else setTimeout(end, graceMs).unref()
  })
}
