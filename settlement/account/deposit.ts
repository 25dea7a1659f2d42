import { requireAddress } from '../../protocol/address.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { type ContractAt, contractAt } from '../contract-at.ts'
import { type Call, type TransactionOptions, transact, tryCall } from '../transact.ts'
import { view } from '../view.ts'
import { type AccountOptions, enqueue, type Queued, queueCall } from './enqueue.ts'
import { assetOf, requireAccount, requireLots } from './input.ts'

export interface DepositOptions extends AccountOptions {
  asset: number
  /** Lots, in [1, 2^80). */
  lots: bigint
  /** Whose account it is meant to be; the contract refuses a deposit for anybody else's. Default: the signer. */
  owner?: string | undefined
}

/** A deposit that waits in the queue. */
export interface Deposited extends Queued {
  readonly asset: number
  readonly lots: bigint
  /** Address of the token, and how many of its units the lots are. */
  readonly token: string
  readonly units: bigint
  /** The transaction that approved them; undefined if as many were approved already. */
  readonly approval: string | undefined
}

/**
 * Deposits lots of an asset for an account. If fewer token units are approved than they are, as many are approved as are needed,
 * in a transaction before it; what no approval would mend is found before that one is sent.
 *
 * Throws INPUT_INVALID, also where the signer has too little of the token; CONTRACT_REFUSED, TRANSACTION_FAILED,
 * CHAIN_UNREACHABLE, ABORTED as `settle` does.
 */
export async function deposit(given: DepositOptions): Promise<Deposited> {
  const { signer, settlement, account, asset, lots, owner, ...options } = given
  requireAccount(account)
  requireLots(lots)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const sender = await signer.getAddress()
  const meant = owner === undefined ? sender : requireAddress(owner, 'owner')
  const { token: address, lotScale } = await assetOf(at, asset)
  const units = lots * lotScale
  const token = await contractAt('Token', address, signer, 'asset')
  const call = await queueCall(at, 'deposit', [account, asset, lots, meant])
  const [balance, allowance] = await Promise.all([
    view(token, 'balanceOf', sender),
    view(token, 'allowance', sender, at.address),
  ])
  if (balance < units) {
    const message = `${lots} lots are ${units} units of ${address}, and ${sender} has ${balance}; deposit less, or from where they are`
    throw new ZkclearError('INPUT_INVALID', message, {
      path: 'lots',
      details: { units: `${units}`, balance: `${balance}` },
    })
  }
  let approval: string | undefined
  if (allowance < units) {
    await refuseWhatNoApprovalMends(at, call)
    approval = await approve(token, { spender: at.address, units, allowance }, firstHalf(options))
  }
  const queued = await enqueue(at, call, approval === undefined ? options : secondHalf(options))
  return { ...queued, asset, lots, token: address, units, approval }
}

/** Throws what the deposit would be refused for were everything approved, as far as the contract comes to it before the token. */
async function refuseWhatNoApprovalMends(at: ContractAt, call: Call): Promise<void> {
  await tryCall(at, call).catch((error: ZkclearError) => {
    const refused = error.code === 'CONTRACT_REFUSED' && error.details.refusal !== 'SafeERC20FailedOperation'
    if (refused || error.code === 'CHAIN_UNREACHABLE') throw error
  })
}

interface Approval {
  readonly spender: string
  readonly units: bigint
  readonly allowance: bigint
}

async function approve(
  token: ContractAt,
  { spender, units, allowance }: Approval,
  options: TransactionOptions,
): Promise<string> {
  const set = async (value: bigint) => {
    const call = { method: 'approve', values: [spender, value], event: 'Approval' }
    return (await transact(token, call, options)).transactionHash
  }
  // Some tokens let nobody change one allowance into another.
  if (allowance > 0n) await set(0n)
  return set(units)
}

function firstHalf({ signal, onProgress }: TransactionOptions): TransactionOptions {
  return {
    signal,
    onProgress: ({ stage, fraction }) => onProgress?.({ stage: `approve: ${stage}`, fraction: fraction / 2 }),
  }
}

function secondHalf({ signal, onProgress }: TransactionOptions): TransactionOptions {
  return { signal, onProgress: ({ stage, fraction }) => onProgress?.({ stage, fraction: (1 + fraction) / 2 }) }
}
