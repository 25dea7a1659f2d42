import type { AccountSecrets } from '../../../protocol/account-secrets.ts'
import { deposit, deriveAccountSecrets, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import type { Chain } from '../chain.ts'
import type { Report } from '../progress.ts'

/** A trader who trades by himself. */
export interface Trader {
  readonly account: number
  readonly secrets: AccountSecrets
}

/** A million dollars each, in lots of the first asset. */
const LOTS = 1_000_000_000_000n

/** So many wallets of the development node register an account each, and bring play money. */
export async function enter(chain: Chain, wallets: number, report: Report): Promise<readonly Trader[]> {
  const { settlement } = chain.settlement
  const { chainId } = await chain.provider.getNetwork()
  const entered: Trader[] = []
  for (let number = 1; number <= wallets; number++) {
    const signer = await chain.account(number)
    const secrets = await deriveAccountSecrets(signer, { chainId, settlement, number: 0 })
    const { account } = await registerAccount({ signer, settlement, registration: registrationOf(secrets) })
    await mintPlay({ signer, settlement, asset: 0, lots: LOTS })
    await deposit({ signer, settlement, account, asset: 0, lots: LOTS })
    entered.push({ account, secrets })
    report(number / wallets)
  }
  return entered
}
