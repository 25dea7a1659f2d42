import type { Provider } from 'ethers'
import type { HouseCover } from '../protocol/takeover/best-bid.ts'
import { contractOf } from './contract-at.ts'
import { view } from './view.ts'

/**
 * What the house may pay for takeovers, now and in an hour, by Authority. Throws INPUT_INVALID if there is no Settlement at the address,
 * CHAIN_UNREACHABLE.
 *
 * @example
 * const { now, perHour } = await readCover({ provider: signer.provider!, settlement })
 * console.log(`the house may pay ${now} quanta now, of ${perHour} in an hour`)
 */
export async function readCover(options: {
  readonly provider: Provider
  readonly settlement: string
}): Promise<HouseCover> {
  const { provider, settlement } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const authority = await contractOf('Authority', await view<string>(at, 'authority'), provider, 'settlement')
  const [now, perHour] = await Promise.all([view(authority, 'coverNow'), view(authority, 'coverPerHour')])
  return { now, perHour }
}
