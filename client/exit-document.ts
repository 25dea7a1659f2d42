import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { decodeExit, type ExitDocument, encodeExit } from '../venue/files/exit-file.ts'
import type { Exit } from './session.ts'

/**
 * What an exit is proved from: what a frozen venue tells of it, with the view key, which it does not tell. Throws VENUE_REFUSED where
 * account, path and table do not lead to the roots that the venue names. Whether those are the contract's is for whoever asks it.
 */
export function exitDocument(
  { profile, hasViewKey, account, ...told }: Exit,
  viewKey: bigint,
): { readonly exit: ExitDocument; readonly profile: ProfileName } {
  const exit = { ...told, account: { ...account, viewKey: hasViewKey ? viewKey : 0n }, riskTable: told.riskTable }
  try {
    decodeExit(encodeExit(exit, profile), profile)
  } catch (cause) {
    if (!(cause instanceof ZkclearError) || cause.code !== 'INPUT_INVALID') throw cause
    const why = `what the venue tells does not lead to the state that it names, or the view key is not the account's: ${cause.message}`
    throw new ZkclearError('VENUE_REFUSED', why, { cause })
  }
  return { exit, profile }
}
