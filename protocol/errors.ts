/** The stable codes of {@link ZkclearError}: programs match on these, never on message texts. */
export type ErrorCode =
  | 'INPUT_INVALID'
  | 'STATEMENT_INVALID'
  | 'RISK_TABLE_INVALID'
  | 'RISK_PARAMETERS_INVALID'
  | 'GENESIS_INVALID'
  | 'FLOW_INVALID'
  | 'MESSAGE_REFUSED'
  | 'REPORT_REFUSED'
  | 'BATCH_UNPROVABLE'
  | 'CIRCUIT_UNKNOWN'
  | 'PROFILE_UNKNOWN'
  | 'COMPILE_FAILED'
  | 'ARTIFACT_MISSING'
  | 'ARTIFACT_CORRUPT'
  | 'KEY_UNSAFE'
  | 'NATIVE_UNAVAILABLE'
  | 'WITNESS_FAILED'
  | 'CONSTRAINT_BROKEN'
  | 'PROOF_INVALID'
  | 'CEREMONY_INVALID'
  | 'ABORTED'
  | 'SOURCE_UNAVAILABLE'
  | 'CHAIN_REFUSED'
  | 'CHAIN_UNREACHABLE'
  | 'CONTRACT_REFUSED'
  | 'TRANSACTION_FAILED'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_REFUSED'
  | 'LEADERSHIP_LOST'
  | 'LEASE_LOST'
  | 'SEAL_BROKEN'
  | 'BACKUP_BROKEN'
  | 'BACKUP_BEHIND'
  | 'KEYS_UNAVAILABLE'
  | 'VENUE_REFUSED'
  | 'VENUE_UNREACHABLE'
  | 'FILE_UNREADABLE'
  | 'OUTPUT_UNWRITABLE'

export interface ErrorOptions {
  /** Path of the offending field in the outside value, such as `genesis.accounts[3].nonce`. */
  path?: string
  /** Public facts for programs. Never a private witness value. */
  details?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * The one error type. Its message says what was given, what is allowed and what to do; `code` is stable API.
 * Neither the message nor the details ever hold private witness values, but for one: a proof that is refused for its margin
 * says by how much the account misses it, to whoever asked for the proof.
 */
export class ZkclearError extends Error {
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(options.path === undefined ? message : `${options.path}: ${message}`, { cause: options.cause })
    this.name = 'ZkclearError'
    this.code = code
    this.path = options.path
    this.details = options.details ?? {}
  }
}
