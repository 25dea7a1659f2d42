import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'

/** What is to be done when a connection ends. */
const AT_END = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `then` once: when an answer was sent or its connection has ended, and now where that has been so already, as of callers who left
 * while something else was awaited: of those no event comes any more.
 */
export function whenOver({ raw: response, request }: FastifyReply, then: () => void): void {
  const { socket } = request.raw
  if (response.destroyed || socket.destroyed) {
    then()
    return
  }
  const waiting = waitingOn(socket)
  const over = () => {
    if (waiting.delete(over)) then()
  }
  waiting.add(over)
  response.once('close', over)
}

/** Of a socket with one listener, however many requests are on it. */
function waitingOn(socket: Socket): Set<() => void> {
  const known = AT_END.get(socket)
  if (known !== undefined) return known
  const waiting = new Set<() => void>()
  AT_END.set(socket, waiting)
  socket.once('close', () => {
    for (const over of waiting) over()
  })
  return waiting
}
