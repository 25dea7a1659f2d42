import type { Bearer } from '../tokens/tokens.ts'

/** What is known of a worker; times are unix milliseconds. */
export interface WorkerReport {
  /** Of its token. */
  readonly id: string
  readonly name: string
  readonly heardAt: number
  /** Id of the job that it has, in hex. */
  readonly job: string | undefined
  readonly proofs: number
  readonly failures: number
}

interface Known extends WorkerReport {
  readonly tookAt: number
  readonly circuit: string | undefined
}

/** A proof that came, and how long its worker had the job, in milliseconds. */
export interface ProofTime {
  readonly circuit: string
  readonly milliseconds: number
}

interface RosterOptions {
  readonly onProof?: (proof: ProofTime) => void
  readonly onWitness?: (job: Buffer) => void
  /** Unix milliseconds. */
  readonly now?: () => number
}

/** After so long nobody waits any more for a worker that is not heard of, in milliseconds. */
const FORGOTTEN_MS = 3_600_000

/** The workers that came to this process, by their tokens: in memory, as what they say of themselves. */
export class Roster {
  readonly #known = new Map<string, Known>()
  readonly #onProof: (proof: ProofTime) => void
  readonly #onWitness: (job: Buffer) => void
  readonly #now: () => number

  /** `onProof` gets each proof that was stored, `onWitness` the ids of jobs of which a worker says that it has a witness. */
  constructor({ onProof = () => undefined, onWitness = () => undefined, now = Date.now }: RosterOptions = {}) {
    this.#onProof = onProof
    this.#onWitness = onWitness
    this.#now = now
  }

  /** By name. */
  get list(): readonly WorkerReport[] {
    const now = this.#now()
    for (const [id, { heardAt }] of this.#known) if (now - heardAt > FORGOTTEN_MS) this.#known.delete(id)
    return [...this.#known.values()].toSorted((one, other) => one.name.localeCompare(other.name))
  }

  heard(bearer: Bearer): void {
    this.#change(bearer, {})
  }

  took(bearer: Bearer, { job, circuit }: { readonly job: string; readonly circuit: string }): void {
    // Whoever had it before was not heard of in time, or gave it back.
    for (const [id, one] of this.#known) if (one.job === job) this.#known.set(id, { ...one, ...NOTHING })
    this.#change(bearer, { job, circuit, tookAt: this.#now() })
  }

  witnessed(job: Buffer): void {
    this.#onWitness(job)
  }

  proved(bearer: Bearer): void {
    const { circuit, tookAt, proofs } = this.#of(bearer)
    if (circuit !== undefined) this.#onProof({ circuit, milliseconds: this.#now() - tookAt })
    this.#change(bearer, { ...NOTHING, proofs: proofs + 1 })
  }

  failed(bearer: Bearer): void {
    this.#change(bearer, { ...NOTHING, failures: this.#of(bearer).failures + 1 })
  }

  /** It gave the job back untried, or another has it. */
  dropped(bearer: Bearer): void {
    this.#change(bearer, NOTHING)
  }

  /** Its token ended: it is nobody's loss. */
  forget(id: string): void {
    this.#known.delete(id)
  }

  #of({ id, name }: Bearer): Known {
    const unknown = { id, name, heardAt: 0, tookAt: 0, proofs: 0, failures: 0, ...NOTHING }
    return this.#known.get(id) ?? unknown
  }

  #change(bearer: Bearer, changes: Partial<Known>): void {
    this.#known.set(bearer.id, { ...this.#of(bearer), ...changes, heardAt: this.#now() })
  }
}

const NOTHING = { job: undefined, circuit: undefined }
