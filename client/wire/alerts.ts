import { z } from 'zod'
import * as n from './numbers.ts'

/** What can need a person, by its stable code. docs/operations.md has a paragraph on each, under the code in small letters with hyphens. */
export const ALERT_CODES = [
  ...['FROZEN', 'QUEUE_LATE', 'SOLVENCY_DRIFT', 'LINE_STOPPED', 'LOG_DIFFERS', 'VENUE_SILENT', 'RECORDS_STUCK'],
  ...['BATCH_LATE', 'PROOF_FAILED', 'DEAD_LETTER', 'SETTLEMENT_LATE', 'SETTLEMENT_REFUSED', 'WORKERS_MISSING'],
  ...['TABLE_OLD', 'TABLE_LEAVING', 'TABLE_MISSING', 'LIQUIDATION_STUCK', 'GAS_LOW', 'KEYS_FAILING', 'CLOCK_SKEWED'],
  ...[
    'CHAIN_SILENT',
    'CHAIN_FAILING',
    'PACE_FAILING',
    'SNAPSHOT_FAILING',
    'DISK_LOW',
    'BACKUP_OLD',
    'CERTIFICATE_ENDING',
    'REPLICA_LATE',
    'WORKER_LOST',
    'SHELTERED',
    'PAUSED',
    'CLOSING',
  ],
] as const

export type AlertCode = (typeof ALERT_CODES)[number]

const SEVERITIES = ['page', 'warn'] as const

/** What cannot be undone once it has come. */
const IRREVERSIBLES = [
  /** Anybody may freeze the venue, for ever. */
  'FREEZE',
  /** Batches are made anew at the prices of then: fills that traders were told can be busted. */
  'REWIND',
  /** Orders are turned away, and nobody is liquidated. */
  'TRADING_STOPS',
  /** Positions may only be closed. */
  'CLOSING_ONLY',
  /** The pause ends, and cannot be renewed for a while. */
  'PAUSE_ENDS',
] as const

export const alert = z.strictObject({
  code: z.enum(ALERT_CODES),
  /** `page`: wake somebody. */
  severity: z.enum(SEVERITIES),
  /** One line; nothing of an account. */
  cause: z.string(),
  /** When it was raised, unix seconds. */
  since: n.seconds,
  /** What comes if nobody does anything, and from when on, unix seconds. */
  countdown: z.strictObject({ to: z.enum(IRREVERSIBLES), at: n.seconds }).optional(),
  /** The place of its paragraph in docs/operations.md. */
  runbook: z.string(),
})

export type Alert = z.output<typeof alert>
