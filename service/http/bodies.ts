import type { FastifyInstance } from 'fastify'
import { callerOf } from './caller.ts'
import { Refusal } from './refusal.ts'

/** Shorter ones are not counted: connections bound those. */
const SHORT = 4_096
/** Of the longest that a body may be: an address, and all together. */
const OF_CALLER = 16
const OF_ALL = 256

/**
 * Bounds what bodies take while they are read: before anything is known of who sends them, and for as long as a request may take, whoever
 * holds back their last bytes has the rest in memory here. What is more is told 503.
 */
export function limitBodies(app: FastifyInstance, mostBytes: number): void {
  const held = new Map<string, number>()
  let all = 0
  app.addHook('preParsing', async ({ headers, socket }, { raw }, payload) => {
    const said = headers['content-length']
    if (said === undefined && headers['transfer-encoding'] === undefined) return payload
    // Longer ones are refused as too long.
    const bytes = Math.min(said === undefined ? mostBytes : Number(said), mostBytes)
    if (bytes <= SHORT) return payload
    const caller = callerOf(socket.remoteAddress ?? '')
    const own = held.get(caller) ?? 0
    if (own + bytes > OF_CALLER * mostBytes || all + bytes > OF_ALL * mostBytes) {
      throw new Refusal(503, 'BUSY', 'too much is being sent here already; send it again in a second', 1)
    }
    held.set(caller, own + bytes)
    all += bytes
    raw.once('close', () => {
      all -= bytes
      const left = held.get(caller)! - bytes
      if (left > 0) held.set(caller, left)
      else held.delete(caller)
    })
    return payload
  })
}
