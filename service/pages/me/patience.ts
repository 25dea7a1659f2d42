/** For how long the venue's word is waited for, where a trader waits. */
export const PATIENCE = { timeoutMs: 20_000 } as const

/** The same of what is asked anew every five seconds: what hangs shall not use up the browser's connections. */
export const SHORT_PATIENCE = { timeoutMs: 5_000 } as const
