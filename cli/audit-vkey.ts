import { deriveToxicWaste } from '../keys/dev/toxic-waste.ts'
import { DEFAULT_DEV_SEED } from '../keys/selection.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { auditKey } from '../verifier/audit-key.ts'
import { EXIT } from './exit-codes.ts'
import { readText } from './read-file.ts'
import type { Outcome } from './report.ts'

/** Vets a verification key, or a verifier's source, by itself: ends with 0 if nothing is wrong with it, else with 1. */
export async function auditVerificationKey(path: string): Promise<Outcome> {
  const text = await readText(path, 'proof')
  const { format, publicSignals, faults } = await auditKey(text, {
    publicDeltas: [deriveToxicWaste(DEFAULT_DEV_SEED).delta],
  }).catch((error) => {
    if (error instanceof ZkclearError && error.path === undefined) {
      throw new ZkclearError(error.code, error.message, { path, details: error.details, cause: error })
    }
    throw error
  })
  const verdict = faults.length > 0 ? 'UNSAFE' : 'NO FAULT FOUND'
  const lines = [`${verdict}: ${path} (${format}; public signals: ${publicSignals})`]
  for (const { code, message } of faults) lines.push(`  ${code}: ${message}`)
  if (faults.length === 0) {
    lines.push('A key cannot show which circuit it is for, nor that the secrets of its set-up were destroyed.')
  }
  return {
    document: { file: path, verdict, format, publicSignals, faults },
    text: lines.join('\n'),
    code: faults.length > 0 ? EXIT.false : EXIT.success,
  }
}
