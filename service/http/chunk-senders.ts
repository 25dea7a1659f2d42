import { Fading } from './fading.ts'

/** Of which half is forgotten after that time. */
const HALF_MS = 10_000
/** So many of late are somebody's mistake, who reads what he is told. */
const MOST = 4

/**
 * Addresses that send bodies in chunks, which are refused. What comes with such a head is parsed before anybody can refuse it, in chunks of a
 * byte for 21 ms: whoever goes on gets no new connection until half or more of it is forgotten.
 */
export class ChunkSenders {
  readonly #bodies = new Fading<string>({ halfMs: HALF_MS })
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** One more body of that address was refused for its chunks. */
  note(caller: string): void {
    this.#bodies.add(caller, 1, this.#now())
  }

  /** Whether no new connection of that address is taken. */
  has(caller: string): boolean {
    return this.#bodies.of(caller, this.#now()) > MOST
  }
}
