import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import {
  type MarginStatement,
  type MarginWitness,
  marginStatement,
  marginWitness,
  type OpenableState,
} from '../circuits/index.ts'
import { hashAccount, ownerCommitment } from '../protocol/account.ts'
import { marginContext, settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { Tree } from '../protocol/tree.ts'
import { decodeExit, decodeState } from '../venue/index.ts'
import { decimalBelow, parseWith, signalSchema } from '../verifier/json.ts'
import { readJson } from './read-file.ts'
import { parseFieldSecret, readSecret } from './secret.ts'
import { readDocument, readKeys, readRiskTable } from './venue-files.ts'

/** Where a request says what the owner's secret is. */
const SECRET = 'request.ownerSecret'

const path = z.string('must be a text').min(1, 'must not be empty').max(4096)

/** A signal as a decimal string, or an object that it follows from. Unlike a union's, the error is about the one given. */
function valueOr<Parts extends z.ZodType>(parts: Parts, allowed: string) {
  return z.unknown().transform((value, context): bigint | z.output<Parts> => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject && typeof value !== 'string') {
      context.addIssue({ code: 'custom', message: allowed })
      return z.NEVER
    }
    const result = (isObject ? parts : signalSchema).safeParse(value)
    if (result.success) return result.data as bigint | z.output<Parts>
    for (const { message, path } of result.error.issues) context.addIssue({ code: 'custom', message, path: [...path] })
    return z.NEVER
  })
}

/** What a trader wants to prove. The owner's secret itself is elsewhere: in a file of its own or in the environment. */
const requestSchema = z.strictObject({
  version: z.literal(1),
  /** Files, as seen from the folder of the request. */
  state: path,
  risk: path,
  account: z.int().nonnegative(),
  ownerSecret: z
    .strictObject(
      { file: path.optional(), env: path.optional(), keys: path.optional() },
      'must be { "file": path }, { "keys": path } or { "env": name of a variable }, never the secret itself',
    )
    .refine((source) => Object.keys(source).length === 1, 'must say one of "file", "keys" and "env"'),
  /** The venue: its domain, or the chain and contract that it stands for. */
  domain: valueOr(
    z.strictObject({ chainId: decimalBelow(1n << 256n, '2^256'), settlement: z.string('must be an address') }),
    'must be a decimal string or { "chainId": decimal string, "settlement": address }',
  ),
  ratioBps: signalSchema,
  /** What the proof is made for: the context itself, or the gate and purpose that it stands for. */
  context: valueOr(
    z.strictObject({ gate: z.string('must be an address'), purpose: z.string('must be 32 bytes in hex') }),
    'must be a decimal string or { "gate": address, "purpose": 32 bytes in hex }',
  ),
})

/**
 * Reads a margin request and the files it names. Throws INPUT_INVALID, FILE_UNREADABLE, or what reading a state and a risk
 * table throws; errors never hold the secret.
 */
export async function readMarginJob(
  file: string,
  profile: ProfileName,
): Promise<{ circuit: 'margin-sufficiency'; statement: MarginStatement; witness: MarginWitness }> {
  const request = parseWith(requestSchema, await readJson(file, 'json'), 'INPUT_INVALID', 'request')
  const beside = (name: string) => resolve(dirname(file), name)
  const { account, domain, ratioBps, context } = request
  const state = await readDocument(beside(request.state), (json) => openable(json, profile))
  const riskTable = await readRiskTable(beside(request.risk), profile)
  const ownerSecret = await readOwnerSecret(request.ownerSecret, account, beside)
  const witness = marginWitness(state, account, ownerSecret, riskTable)
  if (ownerCommitment(ownerSecret) !== witness.account.ownerCommitment) {
    const message = `is not the owner's secret of account ${account}; check the account and where the secret is from`
    throw new ZkclearError('INPUT_INVALID', message, { path: SECRET })
  }
  const statement = marginStatement(state, witness, {
    domain:
      typeof domain === 'bigint'
        ? domain
        : within('request.domain', () => settlementDomain(domain.chainId, domain.settlement)),
    ratioBps,
    context:
      typeof context === 'bigint'
        ? context
        : within('request.context', () => marginContext(context.gate, context.purpose)),
  })
  return { circuit: 'margin-sufficiency', statement, witness }
}

/** A state file, or an exit file: what "zkclear recover" found out about one account. */
function openable(json: unknown, profile: ProfileName): OpenableState {
  if (!Object.hasOwn(Object(json), 'children')) return decodeState(json, profile)
  const { index, account, children, marketsRoot } = decodeExit(json, profile)
  const { accountLevels } = venueShape(profile)
  const accounts = Tree.fromOpenings(accountLevels, hashAccount, [{ index, leaf: account, children }])
  return { accounts, marketsRoot }
}

/** Runs a computation from a part of the request; its errors name the field in the request. */
function within<T>(part: string, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.path === undefined) throw error
    const { code, message, path, details } = error
    throw new ZkclearError(code, message.slice(path!.length + 2), { path: `${part}.${path}`, details, cause: error })
  }
}

/** Throws INPUT_INVALID or FILE_UNREADABLE. */
async function readOwnerSecret(
  source: z.infer<typeof requestSchema>['ownerSecret'],
  account: number,
  beside: (name: string) => string,
): Promise<bigint> {
  if (source.env !== undefined) return parseFieldSecret(await readSecret({ env: source.env }), SECRET)
  if (source.file !== undefined) return parseFieldSecret(await readSecret({ file: beside(source.file) }), SECRET)
  const secrets = (await readKeys(beside(source.keys!))).get(account)
  if (secrets !== undefined) return secrets.ownerSecret
  throw new ZkclearError('INPUT_INVALID', `has no keys of account ${account}`, { path: 'request.ownerSecret.keys' })
}
