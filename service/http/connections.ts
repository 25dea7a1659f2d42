import type { Server, Socket } from 'node:net'
import { callerOf } from './caller.ts'
import { Fading } from './fading.ts'

export interface ConnectionLimits {
  /** Of one address at once. */
  readonly ofAddress: number
  /** Of all strangers at once. */
  readonly ofStrangers: number
  /** New ones of all strangers, of which each counts half as much after every second. */
  readonly newOfStrangers: number
  /** Strangers of whom no new one is taken. Default: there are none. */
  isRefused?(caller: string): boolean
}

/** What connections are told apart by, and how they end. */
type Connection = Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>

/** Of strangers at once. */
const OF_STRANGERS = 2_048
/** New ones of strangers; each takes a millisecond or more under TLS. */
const NEW_OF_STRANGERS = { clear: 1_000, tls: 300 }
const HALF_MS = 1_000
/** Which part of the new ones that the others leave an address may have. */
const SHARE = 1 / 2

/**
 * Closes connections beyond the limits, before TLS, so that they cost little, and nobody is told. Where strangers have as many as they may,
 * the address with the most loses its newest to one with fewer; and of new ones each address has its share of what the others leave, so that
 * of many addresses of one stranger each next one gets less.
 */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #isKnown: (caller: string) => boolean
  readonly #now: () => number
  readonly #open = new Map<string, Set<Connection>>()
  #count = 0
  readonly #begun = new Fading<string>({ halfMs: HALF_MS })

  constructor(
    limits: ConnectionLimits,
    isKnown: (caller: string) => boolean = () => false,
    now: () => number = () => performance.now(),
  ) {
    this.#limits = limits
    this.#isKnown = isKnown
    this.#now = now
  }

  /** Keeps a new connection, or ends it. */
  hear(connection: Connection): void {
    const caller = callerOf(connection.remoteAddress ?? '')
    const own = this.#open.get(caller) ?? new Set()
    if (own.size >= this.#limits.ofAddress || !this.#mayBegin(caller, own.size)) {
      connection.destroy()
      return
    }
    this.#open.set(caller, own.add(connection))
    this.#count++
    connection.once('close', () => this.#forget(caller, connection))
  }

  #mayBegin(caller: string, own: number): boolean {
    if (this.#isKnown(caller)) return true
    const { ofStrangers, newOfStrangers } = this.#limits
    if (this.#limits.isRefused?.(caller)) return false
    const now = this.#now()
    const begun = this.#begun.of(caller, now)
    if (begun + 1 > SHARE * (newOfStrangers - (this.#begun.all(now) - begun))) return false
    if (this.#count >= ofStrangers && !this.#makeRoom(own + 1)) return false
    this.#begun.add(caller, 1, now)
    return true
  }

  /** Whether there is room among strangers, where need be as one who has more than so many loses his newest. */
  #makeRoom(least: number): boolean {
    let all = 0
    let most: readonly [caller: string, connections: ReadonlySet<Connection>] | undefined
    for (const [caller, connections] of this.#open) {
      if (this.#isKnown(caller)) continue
      all += connections.size
      if (connections.size > (most?.[1].size ?? least)) most = [caller, connections]
    }
    if (all < this.#limits.ofStrangers) return true
    if (most === undefined) return false
    const newest = [...most[1]].at(-1)!
    this.#forget(most[0], newest)
    newest.destroy()
    return true
  }

  #forget(caller: string, connection: Connection): void {
    const own = this.#open.get(caller)
    if (!own?.delete(connection)) return
    this.#count--
    if (own.size === 0) this.#open.delete(caller)
  }
}

/** Holds the connections of a server to their limits. */
export function limitConnections(
  server: Server,
  {
    ofAddress,
    isTls,
    isKnown,
    isRefused,
  }: {
    readonly ofAddress: number
    readonly isTls: boolean
    readonly isKnown?: ((caller: string) => boolean) | undefined
    readonly isRefused: (caller: string) => boolean
  },
): void {
  const newOfStrangers = NEW_OF_STRANGERS[isTls ? 'tls' : 'clear']
  const connections = new Connections({ ofAddress, ofStrangers: OF_STRANGERS, newOfStrangers, isRefused }, isKnown)
  server.on('connection', (socket: Socket) => connections.hear(socket))
}
