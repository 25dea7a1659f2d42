/** What is not as it should be, and convicts nobody by itself: whoever passed it on may have changed it, or did not answer. */
export interface Fault {
  readonly code:
    | 'RECEIPT_FALSE'
    | 'CHECKPOINT_FALSE'
    | 'LOG_SHORTER'
    | 'CONSISTENCY_MISSING'
    | 'CONSISTENCY_FALSE'
    | 'LEAVES_FALSE'
    | 'ANCHOR_UNKNOWN'
    | 'SOURCE_FAILED'
  /** What it is about. */
  readonly name: string
  readonly message: string
}
