import { assertCanonical } from '../../protocol/numbers.ts'
import { contractAt } from '../contract-at.ts'
import type { Registration } from '../terms.ts'
import { view } from '../view.ts'
import { type AccountOptions, enqueue, type Queued, queueCall } from './enqueue.ts'

export interface RegisterAccountOptions extends Omit<AccountOptions, 'account'> {
  registration: Registration
}

/**
 * Registers an account, which is the signer's from then on: `account` of what it gives is its index. It can hold money at once;
 * the venue enters it when it serves the queue. The fee is read and sent with a margin, which comes back. Keep the view key, and give it
 * to the venue: without it the account cannot trade, and nobody can leave a dead venue with what it holds.
 *
 * Throws INPUT_INVALID, CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED as `settle` does.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { signer, chainId } = connection
 * const settlement = '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0'
 * const secrets = await deriveAccountSecrets(signer, { chainId, settlement, number: 0 })
 * const { account } = await registerAccount({ signer, settlement, registration: registrationOf(secrets) })
 */
export async function registerAccount(given: RegisterAccountOptions): Promise<Queued> {
  const { signer, settlement, registration, ...options } = given
  const { key, ownerCommitment, viewCommitment } = registration
  const words = { 'key.x': key.x, 'key.y': key.y, ownerCommitment, viewCommitment }
  for (const [name, word] of Object.entries(words)) assertCanonical(word, `registration.${name}`)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const call = await queueCall(at, 'register', Object.values(words), await view(at, 'registrationFee'))
  return enqueue(at, call, options)
}
