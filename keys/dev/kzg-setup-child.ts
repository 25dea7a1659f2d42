// Runs snarkjs's setup of a PLONK or FFLONK key in a process of its own: it prints to standard output, leaves threads
// running and takes memory that it does not give back.

import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { fflonk, plonk, zKey } from 'snarkjs'
import type { KzgSystem } from '../../verifier/kzg/shapes.ts'

/** What the parent sends. Paths are absolute. */
export interface SetupJob {
  readonly system: KzgSystem
  readonly r1cs: string
  readonly powersOfTau: string
  readonly zkey: string
  readonly vkey: string
}

export type SetupMessage = { readonly done: true } | { readonly failed: string; readonly code?: string | undefined }

const complaints: string[] = []
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (line: string) => void complaints.push(line),
}

async function run({ system, r1cs, powersOfTau, zkey, vkey }: SetupJob): Promise<SetupMessage> {
  const setup = { plonk, fflonk }[system].setup as (...given: unknown[]) => Promise<unknown>
  const result = await setup(r1cs, powersOfTau, zkey, logger)
  // Where others throw, it returns -1.
  if (result === -1) throw new Error(complaints.join('; ') || 'snarkjs gave no reason')
  const key: unknown = await zKey.exportVerificationKey(zkey, logger)
  await writeFile(vkey, `${JSON.stringify(key, null, 1)}\n`)
  return { done: true }
}

// A parent that was killed leaves no child behind.
process.on('disconnect', () => process.exit(1))
process.once('message', async (job: SetupJob) => {
  const message = await run(job).catch(
    (error): SetupMessage => ({
      failed: String(error?.message ?? error),
      code: error?.code,
    }),
  )
  process.send?.(message, () => process.exit())
})
