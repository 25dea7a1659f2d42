import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { AtOnce } from './at-once.ts'
import { callerOf } from './caller.ts'

/** Ends the connection of an answer of which nothing is read for so long as the server's timeout says; one that is still being made stays. */
export function endUnread(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { socket } }, { raw }) => {
    raw.on('timeout', () => {
      if (raw.writableLength > 0 || socket.writableLength > 0) socket.destroy()
    })
  })
}

/** Closes connections of an address beyond so many: before TLS, so that they cost nothing, and nobody is told. */
export function limitConnections(app: FastifyInstance, most: number): void {
  const connections = new AtOnce<string>(most)
  app.server.on('connection', (socket: Socket) => {
    const giveBack = connections.take(callerOf(socket.remoteAddress ?? ''))
    if (giveBack === undefined) socket.destroy()
    else socket.once('close', giveBack)
  })
}
