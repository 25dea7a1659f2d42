import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Login } from '../../protocol/login.ts'

/** How long a challenge is good, in seconds. */
export const CHALLENGE_SECONDS = 60n

const RANDOM_BYTES = 15
const MAC_BYTES = 16

/**
 * Challenges of logins. Each is for one account, once, within a minute. It carries what shows that it was made here, so that nobody who
 * asks for many takes up room or pushes others' out; only used ones are remembered, and to use one takes the account's key.
 */
export class Challenges {
  readonly #key = randomBytes(32)
  readonly #used = new Map<bigint, bigint>()

  /** `now`: unix seconds. */
  issue(account: number, now: bigint): Login {
    const random = randomBytes(RANDOM_BYTES)
    const expiry = now + CHALLENGE_SECONDS
    return { challenge: numberOf(Buffer.concat([random, this.#mac(random, account, expiry)])), expiry }
  }

  /** Whether it was issued for the account, and is neither past its time nor used. */
  isOpen(account: number, { challenge, expiry }: Login, now: bigint): boolean {
    if (now > expiry || this.#used.has(challenge) || challenge >> BigInt(8 * (RANDOM_BYTES + MAC_BYTES))) return false
    const bytes = Buffer.from(challenge.toString(16).padStart(2 * (RANDOM_BYTES + MAC_BYTES), '0'), 'hex')
    const random = bytes.subarray(0, RANDOM_BYTES)
    return timingSafeEqual(bytes.subarray(RANDOM_BYTES), this.#mac(random, account, expiry))
  }

  /** Nobody uses it again. */
  use({ challenge, expiry }: Login, now: bigint): void {
    for (const [used, until] of this.#used) {
      if (until >= now) break
      this.#used.delete(used)
    }
    this.#used.set(challenge, expiry)
  }

  #mac(random: Buffer, account: number, expiry: bigint): Buffer {
    const mac = createHmac('sha256', this.#key).update(random).update(`${account} ${expiry}`).digest()
    return mac.subarray(0, MAC_BYTES)
  }
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}
