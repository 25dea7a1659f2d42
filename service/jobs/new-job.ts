/** Something to prove, as it is written with the journal. */
export interface NewJob {
  /** 32 bytes: who hands in the same statement of the same circuit under the same key gets the same job. */
  readonly id: Buffer
  readonly circuit: string
  readonly profile: string
  readonly circuitDigest: string
  readonly memory: number
  readonly statement: Readonly<Record<string, string | readonly string[]>>
  /** Private. */
  readonly input: Uint8Array
}
