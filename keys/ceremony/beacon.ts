import { z } from 'zod'
import { ZkclearError } from '../../protocol/errors.ts'
import { parseWith } from '../../verifier/json.ts'
import { type AddedRound, addRound } from './add-round.ts'
import type { RunOptions } from './progress.ts'
import { beaconValueSchema, contributionCount, iterationsSchema, textSchema } from './transcript.ts'

export interface BeaconOptions extends RunOptions {
  directory: string
  /** Public randomness that nobody could know before the last contribution: 16 to 64 bytes in lower-case hex. */
  value: string
  /** log2 of the times that the value is hashed, 10 to 32. Default 16. */
  iterationsExponent?: number | undefined
  /** Where the value comes from, so that everybody can look it up. At most 4000 characters. */
  source?: string | undefined
}

const optionsSchema = z.object({
  value: beaconValueSchema,
  iterationsExponent: iterationsSchema.default(16),
  source: textSchema.default(''),
})

/**
 * Applies the beacon as the last round, after which nothing can be contributed. Throws INPUT_INVALID for a malformed beacon, a
 * second one, or before anybody contributed: a key from a beacon alone has a secret that everybody knows. Else as `contribute`.
 */
export async function applyBeacon(options: BeaconOptions): Promise<AddedRound> {
  const { value, iterationsExponent, source } = parseWith(optionsSchema, options, 'INPUT_INVALID', 'beacon')
  const name = 'beacon'
  return await addRound(
    options.directory,
    ({ transcript }) => {
      if (contributionCount(transcript) > 0) return { kind: 'beacon', name, value, iterationsExponent, source }
      const message =
        'has no contribution yet; a beacon is public, so by itself it leaves keys under which anybody can forge'
      throw new ZkclearError('INPUT_INVALID', message, { path: options.directory })
    },
    ({ from, to }) => ({ kind: 'beacon', from, to, name, value, iterationsExponent }),
    options,
  )
}
