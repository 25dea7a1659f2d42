import type { z } from 'zod'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { QueueOperation, SignedCashMessage, VenueOperation } from '../../protocol/cash-batch/operation.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { HouseCover } from '../../protocol/takeover/best-bid.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import type { MessageRefusal } from '../../protocol/trade-batch/refusal.ts'
import { listedOperation } from '../../venue/files/cash-batch-file.ts'
import { splitSigned } from '../../venue/files/cash-message-file.ts'
import { decodeWith, toJson } from '../../venue/files/schema.ts'
import { listedBid, splitBid } from '../../venue/files/takeover-file.ts'
import type { BatchCircuit } from './batch-circuits.ts'
import { recordSchema } from './record-schema.ts'

/** What is said of a message when it arrives. Accepted: it has its place in the order, and what comes of it is told later. */
export type Verdict =
  | 'ACCEPTED'
  | MessageRefusal
  /** Of a withdrawal or transfer whose last second is past. */
  | 'EXPIRED'
  /** There is no clock, no table or no salt yet. */
  | 'NOT_OPEN'
  /** The guardian has paused trading. */
  | 'PAUSED'

/** What waits in the contract's queue, as a finalized block tells it. */
export interface QueuedEntry {
  readonly operation: QueueOperation
  /** Unix seconds by which it must be served. */
  readonly deadline: bigint
  /** Unix seconds at which it was asked for; left out where that is not known, and then it counts as asked for before any auction. */
  readonly askedAt?: bigint | undefined
  /** Of REGISTER: Poseidon(VIEW; view key), and who owns the account on chain. */
  readonly viewCommitment?: bigint | undefined
  readonly owner?: string | undefined
}

export type RewindCause = 'PAUSE' | 'AGE' | 'TABLE' | 'REORGANISATION' | 'WITNESS' | 'PROOF' | 'OPERATOR'

/**
 * One input of the sequencer. What the journal holds in order, and all that the sequencer ever learns: its state is what these make of
 * a snapshot, whoever reduces them and when. Money is in lots, chain time in unix seconds, the clock in milliseconds.
 */
export type SequencerRecord =
  /** A bundle of a trader, with what was said of it, and what he calls it. */
  | {
      readonly kind: 'message'
      readonly bundle: SignedBundle
      readonly verdict: Verdict
      readonly clientOrderId?: string | undefined
    }
  /** A withdrawal or transfer of a trader, likewise. */
  | { readonly kind: 'cash-message'; readonly signed: SignedCashMessage; readonly verdict: Verdict }
  /** Time passed; an earlier clock than the last one counts as that. */
  | { readonly kind: 'tick'; readonly clock: bigint }
  /** The newest risk table on chain, and the markets that it listed anew, a bit for each. */
  | { readonly kind: 'table'; readonly table: RiskTable; readonly relisted: bigint }
  /** Entries of the contract's queue from number `first` on, as they stand in that block. */
  | {
      readonly kind: 'queue'
      readonly first: bigint
      readonly entries: readonly QueuedEntry[]
      readonly blockNumber: bigint
      /** 32 bytes in lower-case hex. */
      readonly blockHash: string
    }
  /** Who owns an account on chain; left out from an hour before that changes until it is known again. */
  | { readonly kind: 'owner'; readonly account: number; readonly owner?: string | undefined }
  /** End the unfinished batch now; with cash, serve what waits for a cash batch too. */
  | { readonly kind: 'cut'; readonly cash: boolean }
  /** A view key that an owner shared. */
  | { readonly kind: 'view'; readonly account: number; readonly viewKey: bigint }
  /** Move the fees of all markets to the house, and retire what can be. */
  | { readonly kind: 'sweep' }
  /** Flag accounts, or pay out settled positions. */
  | { readonly kind: 'operations'; readonly operations: readonly VenueOperation[] }
  /** A bid for a flagged account. Only what is accepted is written. */
  | { readonly kind: 'bid'; readonly signed: SignedBid }
  /** Let the best of the bids take the account over; what the contract lets the house pay for that. */
  | { readonly kind: 'takeover'; readonly victim: number; readonly cover: HouseCover }
  /** Close the account's lots against others', of `most` accounts at most, unless the house may pay what a bidder could ask: `mayPay` quanta. */
  | { readonly kind: 'deleverage'; readonly victim: number; readonly mayPay: bigint; readonly most: number }
  /** The secret from which the salts of all books follow; once. */
  | { readonly kind: 'book-salt'; readonly secret: bigint }
  /** The guardian's pause lasts, or lasted, until then: trade batches and flags stand still. */
  | { readonly kind: 'pause'; readonly until: bigint }
  /** From that second on positions may only be closed. */
  | { readonly kind: 'closing'; readonly from: bigint }
  /** Drop the batches after number `to`, and make them anew, without the messages of those records, which no proof gets by. */
  | {
      readonly kind: 'rewind'
      readonly to: number
      readonly cause: RewindCause
      readonly without?: readonly number[] | undefined
    }
  /** Digest of the verification key under which a circuit's proofs are settled from now on; 32 bytes in lower-case hex. */
  | { readonly kind: 'circuit'; readonly circuit: BatchCircuit; readonly digest: string }
  /** A proof of that batch verified; its state root says which batch of that number is meant. */
  | { readonly kind: 'proved'; readonly index: number; readonly root: bigint }
  /** The proof of that batch, or the job of it, is not there any more: it is to be proved again. */
  | { readonly kind: 'unproved'; readonly index: number; readonly root: bigint }
  /** From now on the chain may take all batches up to that one: their settlement is sent. */
  | { readonly kind: 'sent'; readonly index: number; readonly root: bigint }
  /** The chain took it; or one of that number that was dropped after its settlement was sent, which then holds again. */
  | { readonly kind: 'settled'; readonly index: number; readonly root: bigint }
  /** The chain took back all batches after that one. */
  | { readonly kind: 'reorganised'; readonly settled: number }
  /** No reorganisation takes it back any more. */
  | { readonly kind: 'final'; readonly index: number }
  /**
   * What an operator had done, at that clock; who asked for it and who agreed, where they said who they are. It changes nothing: it is
   * written so that the log has it. One of the same number is the same, written again.
   */
  | {
      readonly kind: 'act'
      readonly number: bigint
      readonly at: bigint
      readonly act: string
      readonly askedBy?: string | undefined
      readonly agreedBy?: string | undefined
    }

export type RecordKind = SequencerRecord['kind']
export type RecordOf<Kind extends RecordKind> = Extract<SequencerRecord, { kind: Kind }>

/** The version that encodings begin with. */
export const RECORD_VERSION = 1

/** Longest record in bytes: a risk table of the largest profile, or a thousand entries of the queue, with room to spare. */
const MAX_BYTES = 1 << 20

/**
 * The bytes of a record, the same for the same record whoever encodes it: a byte of version, then JSON with all fields in the order of
 * their schema and numbers as decimal strings. The journal is hashed over these. Throws INPUT_INVALID for what {@link decodeRecord}
 * would refuse.
 */
export function encodeRecord(record: SequencerRecord): Uint8Array {
  const listed = 'signed' in record ? { ...record, signed: merged(record.signed) } : record
  const bytes = bytesOf(decodeWith(recordSchema, toJson(listed), 'INPUT_INVALID', 'record'))
  if (bytes.length > MAX_BYTES) throw invalid(`has ${bytes.length} bytes; a record has at most ${MAX_BYTES}`)
  return bytes
}

/** The inverse of {@link encodeRecord}. Throws INPUT_INVALID for any other bytes than those it gives. */
export function decodeRecord(bytes: Uint8Array): SequencerRecord {
  if (bytes.length === 0 || bytes.length > MAX_BYTES) throw invalid(`has ${bytes.length} bytes; need 1 to ${MAX_BYTES}`)
  if (bytes[0] !== RECORD_VERSION) throw invalid(`is of version ${bytes[0]}; this program knows ${RECORD_VERSION}`)
  const read = decodeWith(recordSchema, jsonIn(bytes.subarray(1)), 'INPUT_INVALID', 'record')
  if (Buffer.compare(bytesOf(read), bytes) !== 0) throw invalid('is not in the one form that it has')
  if (read.kind === 'bid') return { ...read, signed: splitBid(read.signed) }
  return read.kind === 'cash-message' ? { ...read, signed: splitSigned(read.signed) } : read
}

/** Of a record as its schema gives it: with its fields in the order in which they stand there. */
function bytesOf(record: z.output<typeof recordSchema>): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(toJson(record)))
  const bytes = new Uint8Array(body.length + 1)
  bytes[0] = RECORD_VERSION
  bytes.set(body, 1)
  return bytes
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    // A key that stands twice is no matter: it is not in the one form that a record has.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) throw invalid('is no JSON')
    throw cause
  }
}

/** With its signature in one object, as files have it. */
function merged(signed: SignedCashMessage | SignedBid) {
  return 'message' in signed ? listedOperation(signed) : listedBid(signed)
}

function invalid(message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path: 'record' })
}
