import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf } from './caller.ts'
import { whenOver } from './over.ts'
import { Refusal } from './refusal.ts'

/** Shorter ones are not counted: connections bound those. */
const SHORT = 4_096
/** Of the longest that a body may be: all strangers' together, and which share an address may have of what the others leave of that. */
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
 * the others leave: of many that are one stranger's each next one gets less. Who is known shares with those who are known, beside strangers.
 */
export function limitBodies(
  app: FastifyInstance,
  mostBytes: number,
  isKnown: (caller: string) => boolean = () => false,
): void {
  const [known, strangers] = [new Shares(OF_ALL * mostBytes), new Shares(OF_ALL * mostBytes)]
  app.addHook('preParsing', async ({ headers, socket }, reply, payload) => {
    const bytes = bodyBytes({ headers }, mostBytes)
    if (bytes <= SHORT) return payload
    const caller = callerOf(socket.remoteAddress ?? '')
    const shares = isKnown(caller) ? known : strangers
    if (!shares.take(caller, bytes)) {
      throw new Refusal(503, 'BUSY', 'too much is being sent here already; send it again in a second', 1)
    }
    whenOver(reply, () => shares.giveBack(caller, bytes))
    return payload
  })
}

/** Something of which each may have a share of what the others leave. */
class Shares {
  readonly #most: number
  readonly #held = new Map<string, number>()
  #all = 0

  constructor(most: number) {
    this.#most = most
  }

  take(caller: string, amount: number): boolean {
    const own = this.#held.get(caller) ?? 0
    if (own + amount > SHARE * (this.#most - (this.#all - own))) return false
    this.#held.set(caller, own + amount)
    this.#all += amount
    return true
  }

  giveBack(caller: string, amount: number): void {
    this.#all -= amount
    const left = this.#held.get(caller)! - amount
    if (left > 0) this.#held.set(caller, left)
    else this.#held.delete(caller)
  }
}
