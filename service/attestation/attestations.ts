import { randomBytes } from 'node:crypto'
import { Refusal } from '../http/refusal.ts'
import type { Bearer } from '../tokens/tokens.ts'
import type { AttestationPolicy } from './policy.ts'
import { AttestationRefused } from './refused.ts'
import { type AttestedEnclave, verifyAttestation } from './verify.ts'

export interface AttestationsOptions {
  readonly policy: AttestationPolicy
  /** The venue's clock, unix milliseconds. */
  clock(): Promise<bigint>
  /** Gets each document that was looked at: the image that it is of, or what is wrong with it. */
  readonly onDocument?: ((facts: { worker: string; image?: string; fault?: string }) => void) | undefined
  /** Milliseconds of a clock that never goes back. */
  readonly now?: (() => number) | undefined
}

const NONCE_BYTES = 32
/** For how long a nonce can be used, in milliseconds. */
const NONCE_MS = 60_000
/** Who is given a job has so long at least to fetch its input, in milliseconds. */
const MARGIN_MS = 60_000

interface Attested extends AttestedEnclave {
  readonly ends: number
}

/** The enclaves of workers that were attested to this process, by their tokens: in memory, as their keys are in theirs. */
export class Attestations {
  readonly #options: AttestationsOptions
  readonly #now: () => number
  readonly #nonces = new Map<string, { readonly nonce: Buffer; readonly ends: number }>()
  readonly #attested = new Map<string, Attested>()

  constructor(options: AttestationsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** A nonce for the next document of a worker, good for a minute, once, and in place of the one before. */
  challenge({ id }: Bearer): { readonly nonce: Buffer; readonly seconds: number } {
    for (const known of [this.#nonces, this.#attested]) {
      for (const [name, { ends }] of known) if (ends <= this.#now()) known.delete(name)
    }
    const nonce = randomBytes(NONCE_BYTES)
    this.#nonces.set(id, { nonce, ends: this.#now() + NONCE_MS })
    return { nonce, seconds: NONCE_MS / 1000 }
  }

  /** Takes a document, and says for how long its enclave gets work. Throws a Refusal, with what is wrong. */
  async admit(
    { id, name: worker }: Bearer,
    document: Uint8Array,
  ): Promise<{ readonly image: string; readonly seconds: number }> {
    const { policy, clock, onDocument } = this.#options
    const asked = this.#nonces.get(id)
    // Whatever comes of it: it is good once.
    this.#nonces.delete(id)
    if (asked === undefined || asked.ends <= this.#now()) {
      throw new Refusal(409, 'ATTESTATION_REQUIRED', 'there is no nonce that the document could be for; ask for one')
    }
    const now = Number(await clock())
    try {
      const enclave = verifyAttestation(document, { policy, nonce: asked.nonce, now })
      const seconds = Math.floor(Math.min(policy.seconds, (enclave.until - now) / 1000))
      this.#attested.set(id, { ...enclave, ends: this.#now() + 1000 * seconds })
      onDocument?.({ worker, image: enclave.image })
      return { image: enclave.image, seconds }
    } catch (error) {
      if (!(error instanceof AttestationRefused)) throw error
      onDocument?.({ worker, fault: error.fault })
      throw new Refusal(403, 'ATTESTATION_REFUSED', `${error.fault}: ${error.message}`)
    }
  }

  /** Throws a Refusal for a worker that gets no job now. */
  requireAttested({ id }: Bearer): void {
    this.#of(id, MARGIN_MS)
  }

  /** What the inputs of a worker are wrapped to. Throws a Refusal for one that was not attested, or too long ago. */
  keyOf({ id }: Bearer): AttestedEnclave['key'] {
    return this.#of(id, 0).key
  }

  #of(id: string, least: number): Attested {
    const found = this.#attested.get(id)
    if (found !== undefined && found.ends - this.#now() > least) return found
    const message = 'this venue gives work to attested enclaves alone: give --attestation-command, or attest anew'
    throw new Refusal(403, 'ATTESTATION_REQUIRED', message)
  }
}
