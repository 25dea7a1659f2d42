import { z } from 'zod'

/** What worker and dispatcher say to each other. Raised with every change that one of them would not understand. */
export const WIRE_VERSION = 3

/** The longest that a worker lets the dispatcher wait for a job, in milliseconds. */
export const LONGEST_WAIT_MS = 20_000

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const name = z.string().min(1).max(64)

/** The lease's number, as a decimal string. */
export const fenceSchema = z.string().regex(/^[1-9][0-9]{0,17}$/)

export const idSchema = digest

/** A worker asks for something to prove. */
export const leaseSchema = z.strictObject({
  version: z.int().nonnegative(),
  circuits: z
    .array(z.strictObject({ circuit: name, profile: name, digest }))
    .min(1)
    .max(64),
  /** Bytes that a proof may take. */
  memory: z.int().nonnegative(),
  waitMs: z.int().min(0).max(LONGEST_WAIT_MS),
})

/** What a worker is given. */
export const jobSchema = z.strictObject({
  id: digest,
  fence: fenceSchema,
  circuit: name,
  profile: name,
  statement: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** How long it may go unheard, in milliseconds. */
  leaseMs: z.int().positive(),
})

export const heartbeatSchema = z.strictObject({
  fence: fenceSchema,
  /** It found a witness, with which the statement holds. */
  witnessed: z.literal(true).optional(),
})

/** A proof in snarkjs's form. */
export const resultSchema = z.strictObject({ fence: fenceSchema, proof: z.unknown() })

export const failSchema = z.strictObject({
  fence: fenceSchema,
  /** `input`: nobody can prove it; `worker`: this one could not; `returned`: it did not try to the end. */
  reason: z.enum(['input', 'worker', 'returned']),
  code: z.string().regex(/^[A-Z_]{1,40}$/),
  /** Says nothing private. */
  message: z
    .string()
    .max(1000)
    .refine((text) => !text.includes('\0'), 'no text of the database holds a zero byte'),
})

export type LeaseBody = z.infer<typeof leaseSchema>
export type WireJob = z.infer<typeof jobSchema>
export type FailBody = z.infer<typeof failSchema>
