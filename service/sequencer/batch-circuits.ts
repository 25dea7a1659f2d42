/** The circuits that prove batches. */
export const BATCH_CIRCUITS = ['trade-batch', 'cash-batch', 'takeover', 'deleverage'] as const

export type BatchCircuit = (typeof BATCH_CIRCUITS)[number]
