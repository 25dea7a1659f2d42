import { connectVenue, type Session, type Signer, signerOf, type VenueClient } from '../../../client/index.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { PATIENCE } from './patience.ts'
import type { OwnKeys } from './vault.ts'

/** A trader who is signed in, with all that this page does in his name. His keys are in the page's memory, and nowhere else. */
export interface Trader extends OwnKeys {
  readonly venue: VenueClient
  readonly url: string
  readonly session: Session
  readonly signer: Signer
  readonly domain: bigint
  /** Address of the Settlement, as the venue says. */
  readonly settlement: string
  /** The account was registered with another view key than that of the keys file. */
  readonly isViewKeyRefused: boolean
}

/** Signs in at the venue that served this page. Throws VENUE_REFUSED, VENUE_UNREACHABLE. */
export async function signIn({ account, secrets }: OwnKeys): Promise<Trader> {
  const url = location.origin
  const venue = connectVenue({ url })
  const { domain, settlement } = await venue.status(PATIENCE)
  const credentials = { account, privateKey: secrets.privateKey, domain }
  const session = await venue.login(credentials, PATIENCE).catch((error: ZkclearError) => {
    if (error.details.code !== 'LOGIN_REFUSED') throw error
    const why = `the venue has no account ${account}, or its trading key is not the one of these keys`
    throw new ZkclearError('VENUE_REFUSED', why, { cause: error })
  })
  const shared = await venue
    .shareViewKey({ account, viewKey: secrets.viewKey }, PATIENCE)
    .catch((error: ZkclearError) => error)
  const isViewKeyRefused = shared instanceof ZkclearError && shared.details.code === 'VIEW_KEY_REFUSED'
  const signer = signerOf(credentials)
  return { account, secrets, venue, url, session, signer, domain, settlement, isViewKeyRefused }
}
