import { z } from 'zod'
import { alert } from './alerts.ts'
import { streamWord } from './events.ts'
import * as n from './numbers.ts'

/** Unix milliseconds. */
const milliseconds = z.int().nonnegative()
const count = z.int().nonnegative()
const circuit = z.enum(['trade-batch', 'cash-batch', 'takeover', 'deleverage'])
/** 20 bytes, or 32, in hex with 0x. */
const hex = z.string().regex(/^0x[0-9a-fA-F]+$/)

/** What a batch goes through, in order. */
export const STAGES = ['cut', 'witnessed', 'proved', 'sent', 'mined', 'final'] as const
export type Stage = (typeof STAGES)[number]

const batch = z.strictObject({
  ...{ batch: n.batch, circuit },
  /** Of traders: orders, cancels, withdrawals and transfers. */
  messages: count,
  /** What a cash batch does, those messages included; missing of others. */
  operations: count.optional(),
  /** The batch's own time, unix seconds; what it would be made anew at, the clock limit counts from. */
  timestamp: n.seconds,
  /** The last one that it reached. */
  stage: z.enum(STAGES),
  /** When it reached each; missing of those that it did not, and that came before this process did. */
  stages: z.partialRecord(z.enum(STAGES), milliseconds),
  /** Where its proof stands; missing once it is proved. */
  job: z
    .strictObject({
      state: z.enum(['ready', 'leased', 'proved', 'failed', 'dead', 'withdrawn']),
      attempts: count,
      /** Id of the worker that has it. */
      worker: z.string().optional(),
      error: z.string().optional(),
    })
    .optional(),
})

const book = z.strictObject({
  market: n.market,
  /** Resting orders, and their lots. */
  bids: count,
  asks: count,
  bidLots: n.lots,
  askLots: n.lots,
  /** Lots, long and short together. */
  openInterest: n.quanta,
  /** Orders that wait for a batch. */
  waiting: count,
  /** Of the newest table; missing before the first one. */
  phase: z.enum(['OPEN', 'SHELTERED', 'SETTLED']).optional(),
  mark: n.price.optional(),
})

/** Of the last proofs of a circuit, at most a hundred, in this process. */
const proofTimes = z.strictObject({ circuit, proofs: count, last: milliseconds, p50: milliseconds, p95: milliseconds })

const worker = z.strictObject({
  /** Of its token. */
  ...{ id: z.string(), name: z.string() },
  state: z.enum(['proving', 'idle', 'lost']),
  heardAt: milliseconds,
  /** The batch that it proves. */
  batch: n.batch.optional(),
  /** Handed in to this process, and attempts that came to nothing. */
  proofs: count,
  failures: count,
})

/** Lots of an asset. */
const asset = z.strictObject({
  asset: z.int().nonnegative(),
  /** What accounts own together: by the contract, and by the journal at the same batch where that is known. */
  vault: n.quanta,
  journal: n.quanta.optional(),
  /** Deposited and in no batch yet; credited to owners. */
  queued: n.quanta,
  claimable: n.quanta,
  /** What the token says that the contract has. */
  balance: n.quanta,
})

/** The whole state of a venue, for those who run it: nothing of an account, nothing secret. */
export const operatorState = z.strictObject({
  /** The time that the chain's next block would have, unix seconds: what countdowns are counted against. */
  time: n.seconds,
  /** When this was put together. */
  at: milliseconds,
  venue: z.strictObject({
    ...{ settlement: hex, chainId: n.counter, profile: z.string(), epoch: n.counter, term: n.counter },
    records: n.record,
    /** When this process began. */
    startedAt: milliseconds,
  }),
  /** What counts down to the nearest end first, then pages, then the rest. */
  alerts: z.array(alert),
  line: z.strictObject({
    /** Why nothing is settled until a person resumes; why nothing is made now. */
    stopped: z.string().optional(),
    halted: z.string().optional(),
    approvals: z.array(z.strictObject({ act: z.string(), name: z.string() })),
  }),
  breaker: z.strictObject({
    pausedUntil: n.seconds,
    /** From when on positions may only be closed; missing if no end is announced. */
    closingFrom: n.seconds.optional(),
    /** 0 while it lives. */
    frozenAt: n.seconds,
  }),
  batches: z.strictObject({
    ...{ sealed: n.batch, proved: n.batch, settled: n.batch, final: n.batch },
    /** Those that are not final, and the last that are, oldest first. */
    list: z.array(batch),
  }),
  queue: z.strictObject({
    waiting: count,
    /** Number of the first entry that is not served in a settled batch, when it was asked for, and until when it must be. */
    first: n.counter,
    askedAt: n.seconds.optional(),
    deadline: n.seconds.optional(),
    isStalled: z.boolean(),
  }),
  /** Missing before the first. */
  table: z.strictObject({ asOf: n.seconds, postedAt: n.seconds, expiresAt: n.seconds }).optional(),
  intake: z.strictObject({
    /** Messages in the batch that is being made, and such as no batch has tried. */
    open: count,
    waiting: count,
    /** Messages that may be accepted now. */
    credit: n.quanta,
  }),
  books: z.array(book),
  proving: z.strictObject({
    times: z.array(proofTimes),
    jobs: z.strictObject({ ready: count, leased: count, failed: count, dead: count }),
  }),
  workers: z.array(worker),
  /** Missing until the chain was asked. */
  solvency: z
    .strictObject({
      readAt: milliseconds,
      /** The batch at which contract and journal are compared. */
      batch: n.batch,
      isEven: z.boolean(),
      assets: z.array(asset),
    })
    .optional(),
  insurance: z.strictObject({
    /** Lots of each asset of the house; missing before it is registered. */
    house: z.array(n.quanta).optional(),
    /** Quanta that it may pay for takeovers now, and in an hour; missing until the chain was asked. */
    coverNow: n.quanta.optional(),
    coverPerHour: n.quanta.optional(),
    /** Accounts that are flagged now. */
    flagged: count,
  }),
  /** Who pays for gas: wei, and for how many settlements that is enough at the fees of now. Missing until it was asked. */
  gas: z.array(z.strictObject({ address: hex, balance: n.quanta, settlements: n.quanta.optional() })).optional(),
  log: z.strictObject({ size: n.record, root: z.string(), key: z.string() }),
  /** Bytes of the file system that has the data. */
  disk: z.strictObject({ free: n.quanta, total: n.quanta }).optional(),
  /** When the newest one was taken that is known, unix milliseconds; missing if none is. */
  backup: z.strictObject({ at: milliseconds }).optional(),
})

export type OperatorState = z.output<typeof operatorState>

/** The stream: the whole state at its beginning, and again when it has changed, once a second at most. */
export const operatorStateLine = z.union([
  z.strictObject({ kind: z.literal('state'), state: operatorState }),
  streamWord,
])
