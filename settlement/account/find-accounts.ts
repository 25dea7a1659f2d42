import type { Provider } from 'ethers'
import { CASH_KINDS } from '../../protocol/parameters.ts'
import { ABIS } from '../abi.ts'
import { contractOf } from '../contract-at.ts'
import { readLogs } from '../logs.ts'
import { parseLog } from '../parse-log.ts'
import type { Registration } from '../terms.ts'
import { view } from '../view.ts'
import { requireAccount } from './input.ts'

export interface FindAccountsOptions {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  readonly registration: Registration
  /** Whose accounts are looked for. */
  readonly owner: string
  /** The first block to read: that of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
}

/**
 * The indices of the accounts that were registered so and are that owner's now, in ascending order: for who has only the wallet left.
 * What somebody else registered with the same words is not among them.
 *
 * Throws INPUT_INVALID if there is no Settlement at the address; CHAIN_UNREACHABLE, TRANSACTION_FAILED.
 */
export async function findAccounts(options: FindAccountsOptions): Promise<readonly number[]> {
  const { provider, settlement, registration, owner, fromBlock = 0 } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const { Interface } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const found: number[] = []
  for await (const log of readLogs(provider, at.address, [abi.getEvent('Queued')!.topicHash], { fromBlock })) {
    const { kind, account, c } = parseLog(abi, log).args.entry
    if (kind === BigInt(CASH_KINDS.REGISTER) && c === registration.ownerCommitment) found.push(Number(account))
  }
  const own: number[] = []
  for (const account of found) {
    const [commitment, present] = await Promise.all([
      view(at, 'viewCommitmentOf', account),
      view<string>(at, 'ownerOf', account),
    ])
    if (commitment === registration.viewCommitment && present.toLowerCase() === owner.toLowerCase()) own.push(account)
  }
  return own
}

/**
 * Whether the account was registered with the view key of that registration, whoever owns it now. Throws CONTRACT_REFUSED if there
 * is no such account, and as `findAccounts`.
 */
export async function isRegisteredWith(
  options: Omit<FindAccountsOptions, 'owner' | 'fromBlock'> & { readonly account: number },
): Promise<boolean> {
  const { provider, settlement, registration, account } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  return (await view(at, 'viewCommitmentOf', requireAccount(account))) === registration.viewCommitment
}
