import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf } from './caller.ts'
import { whenOver } from './over.ts'
import { Refusal } from './refusal.ts'

/** Shorter ones are not counted: connections bound those. */
const SHORT = 4_096
/** Of the longest that a body may be: all together, and which share an address may have of what the others leave of that. */
const OF_ALL = 256
const SHARE = 1 / 16

/** How long the body is that comes, as is said in advance: where it is not, as long as it may be, as is one that will be refused as too long. */
export function bodyBytes({ headers }: Pick<FastifyRequest, 'headers'>, mostBytes: number): number {
  const said = headers['content-length']
  if (said === undefined && headers['transfer-encoding'] === undefined) return 0
  return Math.min(said === undefined ? mostBytes : Number(said), mostBytes)
}

/**
 * Bounds what bodies take while they are read: before anything is known of who sends them, and for as long as a request may take, whoever
 * holds back their last bytes has the rest in memory here. What is more is told 503. Addresses have shares of what
 * the others leave: of many that are one stranger's each next one gets less, and there is always something for another.
 */
export function limitBodies(app: FastifyInstance, mostBytes: number): void {
  const held = new Map<string, number>()
  let all = 0
  app.addHook('preParsing', async ({ headers, socket }, reply, payload) => {
    const bytes = bodyBytes({ headers }, mostBytes)
    if (bytes <= SHORT) return payload
    const caller = callerOf(socket.remoteAddress ?? '')
    const own = held.get(caller) ?? 0
    if (own + bytes > SHARE * (OF_ALL * mostBytes - (all - own))) {
      throw new Refusal(503, 'BUSY', 'too much is being sent here already; send it again in a second', 1)
    }
    held.set(caller, own + bytes)
    all += bytes
    whenOver(reply, () => {
      all -= bytes
      const left = held.get(caller)! - bytes
      if (left > 0) held.set(caller, left)
      else held.delete(caller)
    })
    return payload
  })
}
