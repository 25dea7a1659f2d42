import type { Alert, AlertCode } from '../../client/wire/alerts.ts'

/** `page` wakes somebody: what it counts down to cannot be undone, or nobody but a person helps. */
export const SEVERITY: Readonly<Record<AlertCode, Alert['severity']>> = {
  FROZEN: 'page',
  QUEUE_LATE: 'page',
  SOLVENCY_DRIFT: 'page',
  LINE_STOPPED: 'page',
  LOG_DIFFERS: 'page',
  VENUE_SILENT: 'page',
  RECORDS_STUCK: 'page',
  BATCH_LATE: 'page',
  PROOF_FAILED: 'page',
  DEAD_LETTER: 'page',
  SETTLEMENT_LATE: 'page',
  SETTLEMENT_REFUSED: 'warn',
  WORKERS_MISSING: 'page',
  TABLE_OLD: 'page',
  TABLE_LEAVING: 'warn',
  TABLE_MISSING: 'warn',
  LIQUIDATION_STUCK: 'page',
  GAS_LOW: 'page',
  KEYS_FAILING: 'page',
  CLOCK_SKEWED: 'page',
  CHAIN_SILENT: 'page',
  CHAIN_FAILING: 'warn',
  PACE_FAILING: 'warn',
  SNAPSHOT_FAILING: 'warn',
  DISK_LOW: 'page',
  BACKUP_OLD: 'warn',
  CERTIFICATE_ENDING: 'warn',
  REPLICA_LATE: 'page',
  WORKER_LOST: 'warn',
  SHELTERED: 'warn',
  PAUSED: 'warn',
  CLOSING: 'warn',
}

/** The paragraph that says what an alert means, what to look at, what to do, and what happens if nobody does. */
export function runbookOf(code: AlertCode): string {
  return `docs/operations.md#${code.toLowerCase().replaceAll('_', '-')}`
}
