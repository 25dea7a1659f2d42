import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { requestWithdrawal } from '../../settlement/index.ts'
import type { Chain } from './chain.ts'
import type { Owner } from './owners.ts'
import type { DemoVenue } from './venue.ts'

/** 100 USDC. */
const LOTS = 100_000_000n

/**
 * Two traders want 100 USDC each: the first signs a message for the venue, which is what is given back; the second asks the
 * contract, so that the venue must serve the request.
 */
export async function askForMoney(
  owners: readonly Owner[],
  venue: DemoVenue,
  chain: Chain,
): Promise<readonly SignedCashMessage[]> {
  const [signs, forces] = owners as [Owner, Owner]
  const { settlement } = chain.settlement
  await requestWithdrawal({ signer: forces.signer, settlement, account: forces.account, asset: 0, lots: LOTS })
  const { account, secrets } = signs
  const nonce = venue.state.accounts.get(account)!.nonce + 1n
  const expiry = (await chain.time()) + 3_600n
  const message = { kind: 'WITHDRAW', account, counterAccount: 0, asset: 0, amount: LOTS, nonce, expiry } as const
  return [signCashMessage(message, chain.deployment.domain, secrets.privateKey)]
}
