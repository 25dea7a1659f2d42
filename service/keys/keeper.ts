/** The keys of a store that come one after another, of whatever kind; the oldest first. Of operators and sealing keys there is always one. */
export interface Kept<Operator, Sealing> {
  readonly operators: readonly Operator[]
  /** Of those who only pay: none, or the newest of them sends. */
  readonly gas: readonly Operator[]
  readonly sealing: readonly Sealing[]
}

/** Makes keys of a kind, and destroys them. */
export interface Keeper<Operator, Sealing> {
  /** That private key of secp256k1, 0x and 64 hex digits, or a new one. Throws INPUT_INVALID for what is none. */
  signing(key: string | undefined): Operator
  addressOf(signing: Operator): string
  /** A new one. */
  sealing(version: number): Sealing
  destroy(gone: Operator | Sealing): void
}

export type Edit = <Operator, Sealing extends { readonly version: number }>(
  store: Kept<Operator, Sealing>,
  keeper: Keeper<Operator, Sealing>,
) => Kept<Operator, Sealing>
