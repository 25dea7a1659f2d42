import { z } from 'zod'
import { parseWith } from '../../verifier/json.ts'
import { type AddedRound, addRound } from './add-round.ts'
import { bindingSeed } from './binding.ts'
import type { RunOptions } from './progress.ts'
import { nameSchema, textSchema } from './transcript.ts'

export interface ContributeOptions extends RunOptions {
  /** The ceremony; its last round's folder is enough. */
  directory: string
  /** Who contributes: one line, at most 64 characters. Public. */
  name: string
  /** What the contributor attests, at most 4000 characters. Public. */
  attestation?: string | undefined
  /** Text to mix into what the operating system's generator gives, at most 4000 characters. Never stored or logged. */
  entropy?: string | undefined
}

const optionsSchema = z.object({
  name: nameSchema,
  attestation: textSchema.default(''),
  entropy: z.string().max(4000).default(''),
})

/**
 * Contributes a fresh secret to every circuit of a ceremony and adds that as the next round. Each circuit gets a secret of its
 * own, which lives in a child process that ends with it. If interrupted, the same call goes on from the circuits that are
 * finished. Throws INPUT_INVALID, also after the beacon; OUTPUT_UNWRITABLE, FILE_UNREADABLE, CEREMONY_INVALID, ABORTED.
 */
export async function contribute(options: ContributeOptions): Promise<AddedRound> {
  const { name, attestation, entropy } = parseWith(optionsSchema, options, 'INPUT_INVALID', 'contribution')
  return await addRound(
    options.directory,
    () => ({ kind: 'contribution', name, attestation }),
    ({ from, to, circuit, previous }) => {
      const binding = bindingSeed({ circuit, previous, name, attestation })
      return { kind: 'contribute', from, to, name, binding, typed: entropy }
    },
    options,
  )
}
