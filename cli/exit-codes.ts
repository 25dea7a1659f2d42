import type { ErrorCode } from '../protocol/errors.ts'

/** What the process ends with. Stable: scripts rely on it. */
export const EXIT = {
  success: 0,
  /** A proof, a statement or a check is false. */
  false: 1,
  /** Bad usage or input, or something outside (a file, a node) that the input names. */
  input: 2,
  /** Something compiled or a key is missing, corrupt or unsafe. */
  artifact: 3,
  /** A venue's log lies, and there is what shows it. */
  convicted: 4,
  internal: 70,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The one table from error codes to exit codes. A new code does not compile until it is given its place here. */
export const EXIT_CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  INPUT_INVALID: EXIT.input,
  STATEMENT_INVALID: EXIT.input,
  RISK_TABLE_INVALID: EXIT.input,
  RISK_PARAMETERS_INVALID: EXIT.input,
  GENESIS_INVALID: EXIT.input,
  FLOW_INVALID: EXIT.input,
  MESSAGE_REFUSED: EXIT.input,
  REPORT_REFUSED: EXIT.input,
  CIRCUIT_UNKNOWN: EXIT.input,
  PROFILE_UNKNOWN: EXIT.input,
  FILE_UNREADABLE: EXIT.input,
  OUTPUT_UNWRITABLE: EXIT.input,
  SOURCE_UNAVAILABLE: EXIT.input,
  CHAIN_REFUSED: EXIT.input,
  CHAIN_UNREACHABLE: EXIT.input,
  DATABASE_UNAVAILABLE: EXIT.input,
  DATABASE_REFUSED: EXIT.input,
  LEADERSHIP_LOST: EXIT.input,
  LEASE_LOST: EXIT.input,
  SEAL_BROKEN: EXIT.input,
  BACKUP_BROKEN: EXIT.input,
  BACKUP_BEHIND: EXIT.input,
  KEYS_UNAVAILABLE: EXIT.input,
  VENUE_REFUSED: EXIT.input,
  VENUE_UNREACHABLE: EXIT.input,
  BATCH_UNPROVABLE: EXIT.false,
  WITNESS_FAILED: EXIT.false,
  CONSTRAINT_BROKEN: EXIT.false,
  PROOF_INVALID: EXIT.false,
  CEREMONY_INVALID: EXIT.false,
  CONTRACT_REFUSED: EXIT.false,
  TRANSACTION_FAILED: EXIT.false,
  ARTIFACT_MISSING: EXIT.artifact,
  ARTIFACT_CORRUPT: EXIT.artifact,
  KEY_UNSAFE: EXIT.artifact,
  NATIVE_UNAVAILABLE: EXIT.artifact,
  COMPILE_FAILED: EXIT.internal,
  ABORTED: EXIT.interrupted,
}
