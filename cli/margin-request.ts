import { z } from 'zod'
import { type MarginStatement, type MarginWitness, marginStatement } from '../circuits/index.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { parseWith, signalSchema } from '../verifier/json.ts'
import { ownerFields, readOwner } from './owner-request.ts'
import { readJson } from './read-file.ts'

/** What a trader wants to prove. */
const requestSchema = z.strictObject({ ...ownerFields, ratioBps: signalSchema })

/** Reads a margin request and the files it names. Throws INPUT_INVALID, or as {@link readOwner}. */
export async function readMarginJob(
  file: string,
  profile: ProfileName,
): Promise<{ circuit: 'margin-sufficiency'; statement: MarginStatement; witness: MarginWitness }> {
  const request = parseWith(requestSchema, await readJson(file, 'json'), 'INPUT_INVALID', 'request')
  const { state, witness, domain, context } = await readOwner(request, file, profile)
  const statement = marginStatement(state, witness, { domain, ratioBps: request.ratioBps, context })
  return { circuit: 'margin-sufficiency', statement, witness }
}
