import type { Command } from 'commander'
import type { AccountSecrets } from '../protocol/account-secrets.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type Connection, deriveAccountSecrets, isRegisteredWith, registrationOf } from '../settlement/index.ts'
import { integerOption } from './options.ts'

/** Which secrets of a wallet, and where they go. */
export interface WalletOptions {
  readonly settlement: string
  readonly number: bigint
  readonly out: string
  readonly viewOut?: string
}

const LAST_NUMBER = (1n << 32n) - 1n

export function addWalletOptions(command: Command): Command {
  const bounds = { low: 0n, high: LAST_NUMBER, otherwise: 0n }
  return command
    .addOption(integerOption('--number <n>', "which of the wallet's accounts, counted from 0 by its owner", bounds))
    .requiredOption('--out <file>', 'keys file (docs/flow.md), which is made, or added to')
    .option('--view-out <file>', 'also a file with the view key alone: what the venue is to be given')
}

export const ROTATION = { low: 0n, high: LAST_NUMBER, otherwise: 0n }

/** The secrets of the sender's wallet. Throws as `deriveAccountSecrets`. */
export async function walletSecrets(
  { signer, chainId }: Connection,
  { settlement, number }: WalletOptions,
  rotation = 0n,
): Promise<AccountSecrets> {
  return deriveAccountSecrets(signer, { chainId, settlement, number: Number(number), rotation: Number(rotation) })
}

/** Throws INPUT_INVALID unless the account was registered with the view key of these secrets. */
export async function requireOwn(
  { signer }: Connection,
  account: number,
  secrets: AccountSecrets,
  { settlement, number }: WalletOptions,
): Promise<void> {
  const registration = registrationOf(secrets)
  if (await isRegisteredWith({ provider: signer.provider!, settlement, account, registration })) return
  const message = `account ${account} was registered with other secrets than number ${number} of this wallet; give another --number, or the wallet that registered it`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--account' })
}
