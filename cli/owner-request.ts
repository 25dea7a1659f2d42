import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { type OpenableState, type OwnerWitness, ownerWitness } from '../circuits/state/owned-account.ts'
import { hashAccount, ownerCommitment } from '../protocol/account.ts'
import { marginContext, settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { Tree } from '../protocol/tree.ts'
import { decodeExit, decodeState } from '../venue/index.ts'
import { decimalBelow, signalSchema } from '../verifier/json.ts'
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

/**
 * What every request says of an owner who wants to prove something. The owner's secret itself is elsewhere: in a file of its own
 * or in the environment.
 */
export const ownerFields = {
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
  /** What the proof is made for: the context itself, or the gate and purpose that it stands for. */
  context: valueOr(
    z.strictObject({ gate: z.string('must be an address'), purpose: z.string('must be 32 bytes in hex') }),
    'must be a decimal string or { "gate": address, "purpose": 32 bytes in hex }',
  ),
}

/** A request as far as it is about the owner. */
export type OwnerRequest = { readonly [Name in keyof typeof ownerFields]: z.infer<(typeof ownerFields)[Name]> }

/** What a request comes to: the account with what opens it, and what its proof is for. */
export interface OwnerTerms {
  readonly state: OpenableState
  readonly witness: OwnerWitness
  readonly domain: bigint
  readonly context: bigint
}

/**
 * Reads the files that a request names. Throws INPUT_INVALID, FILE_UNREADABLE, or what reading a state and a risk table throws;
 * errors never hold the secret.
 */
export async function readOwner(request: OwnerRequest, file: string, profile: ProfileName): Promise<OwnerTerms> {
  const beside = (name: string) => resolve(dirname(file), name)
  const { account, domain, context } = request
  const state = await readDocument(beside(request.state), (json) => openable(json, profile))
  const riskTable = await readRiskTable(beside(request.risk), profile)
  const ownerSecret = await readOwnerSecret(request.ownerSecret, account, beside)
  const witness = ownerWitness(state, account, ownerSecret, riskTable)
  if (ownerCommitment(ownerSecret) !== witness.account.ownerCommitment) {
    const message = `is not the owner's secret of account ${account}; check the account and where the secret is from`
    throw new ZkclearError('INPUT_INVALID', message, { path: SECRET })
  }
  return {
    state,
    witness,
    domain:
      typeof domain === 'bigint'
        ? domain
        : within('request.domain', () => settlementDomain(domain.chainId, domain.settlement)),
    context:
      typeof context === 'bigint'
        ? context
        : within('request.context', () => marginContext(context.gate, context.purpose)),
  }
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
  source: z.infer<(typeof ownerFields)['ownerSecret']>,
  account: number,
  beside: (name: string) => string,
): Promise<bigint> {
  if (source.env !== undefined) return parseFieldSecret(await readSecret({ env: source.env }), SECRET)
  if (source.file !== undefined) return parseFieldSecret(await readSecret({ file: beside(source.file) }), SECRET)
  const secrets = (await readKeys(beside(source.keys!))).get(account)
  if (secrets !== undefined) return secrets.ownerSecret
  throw new ZkclearError('INPUT_INVALID', `has no keys of account ${account}`, { path: 'request.ownerSecret.keys' })
}
