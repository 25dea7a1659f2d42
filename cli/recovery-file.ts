import { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { ChainCheckpoint } from '../settlement/index.ts'
import {
  accountIndex,
  assertProfile,
  decodeWith,
  field,
  fileHead,
  type Json,
  toJson,
  uint,
} from '../venue/files/schema.ts'
import { accountSchema } from '../venue/files/state-file.ts'

/** What "zkclear recover" keeps between two runs. */
export interface KeptRecovery {
  /** The account that is followed. */
  readonly index: number
  readonly checkpoint: ChainCheckpoint
}

const LEAF_BYTES = 32
const count = z.int('must be an integer').nonnegative('must not be negative')

const recoveryFile = z.strictObject({
  ...fileHead,
  chainId: uint(256),
  settlement: z.string('must be an address'),
  block: z.strictObject({ number: count, hash: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 32 bytes in hex') }),
  batches: count,
  ...{ stateRoot: field, marketsRoot: field, riskRoot: field },
  index: accountIndex,
  account: accountSchema.optional(),
  leaves: z.base64('must be base64'),
})

/** The file `recovery.json`: leaves are 32 bytes each, most significant first, by index. Private: it holds the account. */
export function encodeRecovery({ index, checkpoint }: KeptRecovery, profile: ProfileName): Json {
  const { leaves, account, ...rest } = checkpoint
  const bytes = Buffer.alloc(LEAF_BYTES * leaves.length)
  for (const [i, leaf] of leaves.entries()) {
    bytes.write(leaf.toString(16).padStart(2 * LEAF_BYTES, '0'), LEAF_BYTES * i, 'hex')
  }
  return toJson({ version: 1, profile, ...rest, index, account, leaves: bytes.toString('base64') })
}

/** Throws INPUT_INVALID, naming the field. Whether it all fits together, `ChainRecovery.open` says. */
export function decodeRecovery(json: unknown, profile: ProfileName): KeptRecovery {
  const file = decodeWith(recoveryFile, json, 'INPUT_INVALID', 'recovery')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'recovery')
  const { version: _, profile: __, index, leaves: text, account, ...rest } = file
  const bytes = Buffer.from(text, 'base64')
  const leaves = Array.from({ length: Math.ceil(bytes.length / LEAF_BYTES) }, (_, i) => {
    return BigInt(`0x${bytes.toString('hex', LEAF_BYTES * i, LEAF_BYTES * (i + 1))}`)
  })
  if (bytes.length % LEAF_BYTES !== 0 || leaves.some((leaf) => leaf >= FIELD)) {
    const message = `must be hashes of ${LEAF_BYTES} bytes each, below r`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'recovery.leaves' })
  }
  return { index, checkpoint: { ...rest, account, leaves } }
}
