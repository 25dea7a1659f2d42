import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'
import { unwrapInput } from '../attestation/wrapping.ts'
import type { WireJob } from '../dispatcher/wire.ts'
import type { VenueClient } from './venue-client.ts'

/** What a document has to be for: both stand in it as they are. */
export interface DocumentRequest {
  readonly nonce: Uint8Array
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
}

/** Has this enclave attested to a venue, and opens the inputs that are wrapped to it. The private key is in memory alone. */
export class AttestedInputs {
  readonly #venue: VenueClient
  readonly #documentFor: (request: DocumentRequest, signal: AbortSignal) => Promise<Uint8Array>
  #key: KeyObject | undefined

  /** `documentFor`: what the hypervisor says. */
  constructor(venue: VenueClient, documentFor: (request: DocumentRequest, signal: AbortSignal) => Promise<Uint8Array>) {
    this.#venue = venue
    this.#documentFor = documentFor
  }

  /** Attests, unless it did: with a new key each time. Throws VENUE_REFUSED, VENUE_UNREACHABLE, ABORTED, and what `documentFor` throws. */
  async beAttested(signal: AbortSignal): Promise<void> {
    if (this.#key !== undefined) return
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    const nonce = await this.#venue.attestationNonce(signal)
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    await this.#venue.attest(await this.#documentFor({ nonce, publicKey: spki }, signal), signal)
    this.#key = privateKey
  }

  /** It is to attest anew. */
  forget(): void {
    this.#key = undefined
  }

  /** Throws VENUE_REFUSED for an input that was not wrapped to this enclave, for this lease. */
  open({ id, fence }: WireJob, wrapped: Uint8Array): Uint8Array {
    const job = { id: Buffer.from(id, 'hex'), fence: BigInt(fence) }
    const input = this.#key && unwrapInput(this.#key, job, wrapped)
    if (input !== undefined) return input
    const message = 'the input that it gives is not wrapped to this enclave; does another worker have the same token?'
    throw new ZkclearError('VENUE_REFUSED', message)
  }
}
