import {
  type ChainCheckpoint,
  ChainRecovery,
  type ChainRecoveryOptions,
  type ReadOptions,
  type RecoveredExit,
} from './chain-recovery.ts'

/** What was recovered of an account, and what to keep for the next time. */
export interface AccountRecovery {
  readonly exit: RecoveredExit
  readonly checkpoint: ChainCheckpoint
  readonly batches: number
}

/**
 * Rebuilds an account from the chain alone, up to the newest block: {@link ChainRecovery} in one call. Throws INPUT_INVALID with
 * what is wrong in `details.reason`; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
 *
 * @example
 * using connection = await connectReader({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { provider } = connection
 * const settlement = '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e'
 * const venue = { provider, settlement, shape: venueShape('small'), account: { index: 7, viewKey } }
 * const { checkpoint } = await recoverAccount(venue)
 * const later = await recoverAccount({ ...venue, checkpoint })
 */
export async function recoverAccount({
  signal,
  onProgress,
  ...options
}: ChainRecoveryOptions & ReadOptions): Promise<AccountRecovery> {
  const recovery = await ChainRecovery.open(options)
  for await (const _ of recovery.read({ signal, onProgress }));
  const exit = await recovery.exit({ signal })
  return { exit, batches: recovery.batches, checkpoint: recovery.checkpoint()! }
}
