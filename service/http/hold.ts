import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Ends the connection of an answer of which nothing is read for so long as the server's timeout says; one that is still being made stays. */
export function endUnread(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { socket } }, { raw }) => {
    raw.on('timeout', () => {
      if (raw.writableLength > 0 || socket.writableLength > 0) socket.destroy()
    })
  })
}

/** Requests of a connection whose answers have not been taken. Clients wait for an answer before they ask again; few send on. */
const MOST_OF_CONNECTION = 8

/**
 * Ends a connection on which more is asked than may wait for an answer: what is asked behind an answer that nobody reads would be answered
 * into memory, thousands of requests of a single packet, refused ones too.
 */
export function limitBehind(app: FastifyInstance): void {
  const open = new WeakMap<Socket, number>()
  const count = ({ socket }: IncomingMessage, response: ServerResponse) => {
    const asked = (open.get(socket) ?? 0) + 1
    open.set(socket, asked)
    // Of what never had its turn this is not told, but then the connection has ended.
    response.once('close', () => open.set(socket, open.get(socket)! - 1))
    if (asked > MOST_OF_CONNECTION) socket.destroy()
  }
  app.server.prependListener('request', count)
  app.server.prependListener('checkExpectation', count)
}
