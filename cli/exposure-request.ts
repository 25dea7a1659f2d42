import { z } from 'zod'
import {
  type ExposureStatement,
  type ExposureWitness,
  exposureStatement,
  portfolioExposure,
} from '../circuits/index.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { tightScenarios } from '../protocol/exposure.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { parseWith, signalSchema, signedSchema } from '../verifier/json.ts'
import { ownerFields, readOwner } from './owner-request.ts'
import { readJson } from './read-file.ts'

/** Quanta: one number for all scenarios from 1 on, or a list with one for each. */
const boundsSchema = z
  .union(
    [signedSchema, z.array(signedSchema)],
    'must be a decimal string, or a list of one for each scenario from 1 on',
  )
  .transform((bounds) => bounds)

/** What a trader wants to prove. */
const requestSchema = z.strictObject({
  ...ownerFields,
  /** Default: 0. */
  memo: signalSchema.optional(),
  low: boundsSchema,
  high: boundsSchema,
})

/**
 * Reads an exposure request and the files it names, and warns of bounds that tell about sizes. Throws INPUT_INVALID,
 * STATEMENT_INVALID, or as {@link readOwner}.
 */
export async function readExposureJob(
  file: string,
  profile: ProfileName,
  warn: (message: string) => void,
): Promise<{ circuit: 'portfolio-exposure'; statement: ExposureStatement; witness: ExposureWitness }> {
  const request = parseWith(requestSchema, await readJson(file, 'json'), 'INPUT_INVALID', 'request')
  const { state, witness, domain, context } = await readOwner(request, file, profile)
  const { scenarios } = venueShape(profile)
  const bounds = (name: 'low' | 'high'): readonly bigint[] => {
    const given = request[name]
    if (typeof given === 'bigint') return new Array<bigint>(scenarios - 1).fill(given)
    if (given.length === scenarios - 1) return given
    const message = `has ${given.length} bounds; need one, or a list of ${scenarios - 1}: one for each scenario from 1 on`
    throw new ZkclearError('INPUT_INVALID', message, { path: `request.${name}` })
  }
  const terms = { domain, context, memo: request.memo ?? 0n, low: bounds('low'), high: bounds('high') }
  const statement = portfolioExposure.statementOf({ ...exposureStatement(state, witness, terms) })
  const tight = tightScenarios(witness.account, witness.riskTable, statement)
  if (tight.length > 0) warn(tightWarning(tight, witness.riskTable.markets.length))
  return { circuit: 'portfolio-exposure', statement, witness }
}

function tightWarning(tight: readonly number[], markets: number): string {
  const which = tight.length === 1 ? `scenario ${tight[0]} is` : `scenarios ${tight.join(', ')} are`
  const equations = tight.length === 1 ? 'a linear equation' : `${tight.length} linear equations`
  return (
    `the band of ${which} narrower than what one lot of some market moves there, or than a tenth of what the positions win ` +
    `and lose there: whoever sees the proof has ${equations} about the sizes in ${markets} markets, and as many as there are ` +
    'markets give all sizes away; widen the bounds'
  )
}
