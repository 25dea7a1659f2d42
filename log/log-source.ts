/** What a venue, or whoever keeps a copy, tells of a log; none of it is believed. */
export interface LogSource {
  /** The signed note of the newest checkpoint. */
  checkpoint(): Promise<string>
  /** undefined where that is refused. */
  consistency(from: bigint, to: bigint): Promise<ConsistencyAnswer | undefined>
  /** Hashes of leaves from that one on, as many as it gives at once; none at the end. */
  leaves(from: bigint): Promise<readonly Uint8Array[]>
  /** Of how many leaves that is the root; undefined where it is not known. */
  sizeOfAnchor(anchor: string): Promise<bigint | undefined>
}

/** The root of the first leaves, and the proof that the log begins with them. */
export interface ConsistencyAnswer {
  readonly root: Uint8Array
  readonly path: readonly Uint8Array[]
}
