// Runs one job (see job.ts) in a process of its own: the job comes as the first message, shares and the outcome go back.

import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { curves, zKey } from 'snarkjs'
import { bindingPoint } from './binding.ts'
import { contributionFault } from './contribution-chain.ts'
import type { CeremonyCurve } from './curve.ts'
import type { Job, JobMessage } from './job.ts'
import { openKeyFile } from './key-file.ts'
import { relationFault } from './key-relation.ts'

/** What snarkjs logs on its way, with the share that lies before each and the share that each takes. */
const STAGES: readonly [RegExp, number, number][] = [
  [/^processing constraints: (\d+)\/(\d+)/, 0, 0.1],
  [/^Writing points end C: (\d+)\/(\d+)/, 0.15, 0.35],
  [/^Writing points end A: (\d+)\/(\d+)/, 0.5, 0.1],
  [/^Writing points end B1: (\d+)\/(\d+)/, 0.6, 0.1],
  [/^Writing points end B2: (\d+)\/(\d+)/, 0.7, 0.3],
  [/^Applying key: L Section: (\d+)\/(\d+)/, 0, 0.5],
  [/^Applying key: H Section: (\d+)\/(\d+)/, 0.5, 0.5],
  [/^Same ratio check L section: +(\d+)\/(\d+)/, 0, 0.3],
  [/^H Verification\(tau\): +(\d+)\/(\d+)/, 0.3, 0.3],
  [/^H Verification\(lagrange\): +(\d+)\/(\d+)/, 0.6, 0.4],
]

const send = (message: JobMessage) => new Promise((resolve) => process.send?.(message, resolve))

function report(line: string): void {
  for (const [pattern, before, share] of STAGES) {
    const match = pattern.exec(line)
    if (match) process.send?.({ share: before + (share * Number(match[1])) / Math.max(1, Number(match[2])) })
  }
}

const complaints: string[] = []
const logger = {
  debug: report,
  info: () => undefined,
  warn: () => undefined,
  error: (line: string) => void complaints.push(line),
}

async function run(job: Job): Promise<string | undefined> {
  switch (job.kind) {
    case 'initial-key':
      return refuseUnlessBytes(await zKey.newZKey(job.r1cs, job.powersOfTau, job.to, logger))
    case 'contribute': {
      // snarkjs hashes 64 bytes of Node's generator with this; an empty text would make it ask on the terminal.
      const entropy = `${randomBytes(64).toString('hex')}${job.typed}`
      // snarkjs draws the point that it multiplies by the secret from this and draws no other in G1; that the key holds ours
      // is checked afterwards.
      const curve = (await curves.getCurveFromName('bn128')) as CeremonyCurve
      const point = bindingPoint(curve, job.binding)
      curve.G1.fromRng = () => point
      return refuseUnlessBytes(await zKey.contribute(job.from, job.to, job.name, entropy, logger))
    }
    case 'beacon':
      return refuseUnlessBytes(await zKey.beacon(job.from, job.to, job.name, job.value, job.iterationsExponent, logger))
    case 'check':
      return await check(job.from, job.to)
    case 'snarkjs-verify':
      if ((await zKey.verifyFromInit(job.initial, job.powersOfTau, job.key, logger)) === true) return undefined
      return `snarkjs refuses it: ${complaints.join('; ') || 'no reason given'}`
  }
}

/** snarkjs returns a hash, or -1 or false where others would throw. */
function refuseUnlessBytes(result: unknown): undefined {
  if (result instanceof Uint8Array && result.length === 64) return
  throw new Error(complaints.join('; ') || `snarkjs returned ${String(result)}`)
}

async function check(fromPath: string, toPath: string): Promise<string | undefined> {
  await using from = await openKeyFile(fromPath)
  await using to = await openKeyFile(toPath)
  const curve = (await curves.getCurveFromName('bn128')) as CeremonyCurve
  return (
    (await contributionFault(curve, to)) ?? (await relationFault(curve, from, to, (share) => process.send?.({ share })))
  )
}

// A parent that was killed leaves no child behind.
process.on('disconnect', () => process.exit(1))
process.once('message', async (job: Job) => {
  try {
    const fault = await run(job)
    await send(fault === undefined ? { done: true } : { done: true, fault })
  } catch (error) {
    await send({ failed: error instanceof Error ? error.message : String(error) })
  }
  // snarkjs leaves threads running.
  process.exit()
})
