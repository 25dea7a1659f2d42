/** What the owner of an account knows. In samples it comes from a public seed and protects nothing. */
export interface AccountSecrets {
  /** 32 bytes; signs messages. */
  readonly privateKey: Uint8Array
  /** Field element; proves ownership in margin proofs. */
  readonly ownerSecret: bigint
  /** Field element, shared with the venue: hides the account behind its public leaf hash, and encrypts its data. */
  readonly viewKey: bigint
}
