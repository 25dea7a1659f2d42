/** What a settlement on the chain carries. */
export interface AnchorOnChain {
  readonly chainId: bigint
  /** Lower-case. */
  readonly settlement: string
  readonly batch: bigint
  readonly transaction: string
  /** Of the batch, unix seconds. */
  readonly time: bigint
  /** 0x and 64 lower-case hex digits. */
  readonly anchor: string
}
