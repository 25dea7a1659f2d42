import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import {
  DEFAULT_FEES,
  DEFAULT_PERIODS,
  type Periods,
  PLAY,
  type QueueFees,
  type VenueTerms,
} from '../settlement/index.ts'
import { decimalBelow, parseWith, signalSchema } from '../verifier/json.ts'
import { readJson } from './read-file.ts'
import { readRiskParameters } from './venue-files.ts'

const number = decimalBelow(1n << 256n, '2^256')
const address = z.string('must be an address')

/** Some of these numbers, by name. */
function numbers<Name extends string>(names: readonly Name[]) {
  const shape = Object.fromEntries(names.map((name) => [name, number.optional()]))
  return z.strictObject(shape).transform((given) => given as Partial<Record<Name, bigint>>)
}

const termsSchema = z.strictObject({
  version: z.literal(1, 'must be 1'),
  assets: z.array(
    z.strictObject({
      token: z.string(`must be an address, or "${PLAY}"`),
      lotScale: number,
      minDeposit: number,
      outflow: z.strictObject({ floor: number, shareBps: number }).optional(),
    }),
  ),
  house: z.strictObject({
    owner: address,
    key: z.strictObject({ x: signalSchema, y: signalSchema }),
    ownerCommitment: signalSchema,
    viewCommitment: signalSchema,
  }),
  governor: address,
  operator: address,
  guardian: address.optional(),
  periods: numbers(Object.keys(DEFAULT_PERIODS) as (keyof Periods)[]).optional(),
  shortDelay: z.boolean().optional(),
  fees: numbers(Object.keys(DEFAULT_FEES) as (keyof QueueFees)[]).optional(),
  margin: numbers(['ratioBps', 'maxRootAge', 'maxRiskAge']).optional(),
  coverPerHour: number.optional(),
  riskParameters: z.string('must be the path of a file').optional(),
  genesisRoot: signalSchema.optional(),
})

/**
 * Reads what a venue is to be deployed with; its risk parameters are in a file of their own, named from where this one is. Throws
 * INPUT_INVALID and RISK_PARAMETERS_INVALID, naming the field, and FILE_UNREADABLE.
 */
export async function readTerms(file: string): Promise<VenueTerms> {
  const json = await readJson(file, 'json')
  const { version: _, riskParameters, ...terms } = parseWith(termsSchema, json, 'INPUT_INVALID', 'terms')
  if (riskParameters === undefined) return terms as VenueTerms
  const { parameters } = await readRiskParameters(resolve(dirname(file), riskParameters))
  return { ...terms, riskParameters: parameters } as VenueTerms
}
