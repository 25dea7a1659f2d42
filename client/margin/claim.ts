import {
  type MarginStatement,
  type MarginWitness,
  marginStatement,
  marginWitness,
} from '../../circuits/margin-sufficiency/statement.ts'
import { hashAccount, ownerCommitment } from '../../protocol/account.ts'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { venueShape } from '../../protocol/shape.ts'
import { Tree } from '../../protocol/tree.ts'
import { decodeExit } from '../../venue/files/exit-file.ts'
import { toJson } from '../../venue/files/schema.ts'
import type { Opening } from '../session.ts'

/** What is proved, and for what. */
export interface MarginTerms {
  /** Of the venue, as its contract has it. */
  readonly domain: bigint
  /** Basis points, 17 bits; 10000 is maintenance margin. */
  readonly ratioBps: bigint
  /** What the proof is for: `marginContext` of a gate and a purpose. */
  readonly context: bigint
}

export interface MarginClaim {
  readonly statement: MarginStatement
  readonly witness: MarginWitness
}

/** Of an account's secrets those that prove margin. */
export type OwnerSecrets = Pick<AccountSecrets, 'ownerSecret' | 'viewKey'>

/**
 * What the owner of an account proves from what a venue told of it. That this is so, the venue is not believed: account and path have to
 * lead to the state root, the table to its root, and the account has to be the owner's. Whether the root is the chain's, the contract
 * that takes the proof says. Throws VENUE_REFUSED for an answer that does not fit together or is of another venue, INPUT_INVALID for
 * secrets that are not the account's.
 */
export function marginClaim(opening: Opening, secrets: OwnerSecrets, terms: MarginTerms): MarginClaim {
  const { profile, domain, batch: _, since: __, isKept: ___, ...opened } = opening
  if (domain !== terms.domain) throw refused('is of another venue than its domain says')
  if (ownerCommitment(secrets.ownerSecret) !== opened.account.ownerCommitment) {
    throw new ZkclearError('INPUT_INVALID', `is not that of account ${opened.index}`, { path: 'ownerSecret' })
  }
  const { index, account, children, marketsRoot, riskTable } = checked({
    ...{ version: 1, profile, domain, ...opened },
    account: { ...opened.account, viewKey: secrets.viewKey },
  })
  const accounts = Tree.fromOpenings(venueShape(profile).accountLevels, hashAccount, [
    { index, leaf: account, children },
  ])
  const state = { accounts, marketsRoot }
  const witness = marginWitness(state, index, secrets.ownerSecret, riskTable!)
  return { statement: marginStatement(state, witness, terms), witness }
}

/** An opening is what an exit is made from, of a venue that lives. */
function checked(opened: { readonly profile: Opening['profile']; readonly [field: string]: unknown }) {
  try {
    return decodeExit(toJson(opened), opened.profile)
  } catch (cause) {
    throw refused('does not fit together, or the view key is not that of the account', cause)
  }
}

function refused(what: string, cause?: unknown): ZkclearError {
  return new ZkclearError('VENUE_REFUSED', `what the venue tells of the account ${what}`, { cause })
}
