import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { contractOf } from '../../settlement/contract-at.ts'
import { journalHead } from '../journal/journal.ts'
import type { KeyWrapper } from '../keys/key-provider.ts'
import type { Database } from '../postgres/database.ts'
import { Sealer } from '../sealing/sealer.ts'
import { sequencerConfig } from '../serve/config.ts'
import { replay } from '../writer/recover.ts'
import { type ExitTerms, exitTermsOf, type RootsOfExit, tableAmong } from './exit-terms.ts'
import { tablesInJournal } from './journal-tables.ts'

export interface FrozenTermsOptions {
  readonly database: Database
  readonly keys: KeyWrapper
  readonly provider: Provider
  readonly settlement: string
  readonly profile: ProfileName
  /** Where the contract stands. */
  readonly roots: RootsOfExit
  readonly warn: (message: string) => void
}

/**
 * All that the exits of a frozen venue are proved from, as its database has it; nothing is written there. Throws INPUT_INVALID for the
 * database or the keys of another venue, and for one that does not have the state that the contract stands at; as `replay` does.
 */
export async function frozenTerms({ database, keys, roots, ...options }: FrozenTermsOptions): Promise<ExitTerms> {
  const { provider, settlement, profile, warn } = options
  const sealer = await Sealer.read(database, keys)
  const config = await sequencerConfig(await contractOf('Settlement', settlement, provider, 'settlement'), profile)
  const journal = await journalHead(database)
  const replayed = await replay({ database, sealer, journal, config, warn })
  const earlier = (riskRoot: bigint) => tableAmong(tablesInJournal(database, sealer, journal.epoch), riskRoot)
  const terms = replayed && (await exitTermsOf(replayed.state, roots, earlier))
  if (terms !== undefined) return terms
  const message =
    'does not have the state that the contract stands at; "zkclear recover" has each account from the chain'
  throw new ZkclearError('INPUT_INVALID', message, { path: 'database' })
}
