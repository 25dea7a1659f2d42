import type { Signer } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { max } from '../../protocol/numbers.ts'
import { batchArguments, type StateProof } from '../../settlement/batch-arguments.ts'
import { chainError } from '../../settlement/chain-error.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { tryCall } from '../../settlement/transact.ts'
import { type Flight, meaningOf, nextStep, type Refused, type Situation } from './next-step.ts'
import type { StoredTransaction, Transactions } from './transactions.ts'

export interface SettlerOptions {
  readonly transactions: Transactions
  /** The operator's, connected to a node. */
  readonly wallet: Signer & { readonly address: string }
  /** The Settlement, as the wallet calls it. */
  readonly at: ContractAt
  /** The block of the contract's deployment. */
  readonly fromBlock: number
}

/** What a turn of the settler came to. */
export type Turn =
  | { readonly kind: 'idle' | 'sent' | 'rewind' }
  /** Transactions of which the chain has told the outcome: it has to be looked at anew. */
  | { readonly kind: 'resolved'; readonly reverted: number }
  | { readonly kind: 'refused'; readonly batch: number; readonly meaning: Refused; readonly message: string }

export type TurnSituation = Omit<Situation, 'flights'>

interface Fees {
  readonly maxFee: bigint
  readonly priorityFee: bigint
}

/** Gas beyond the estimate, as in settle: what a call costs hangs on the time of its block as well. */
const SPARE_GAS = 60_000n
/** What a transfer of nothing takes. */
const TRANSFER_GAS = 21_000n

/** Settles proved batches one at a time. Each turn looks at the chain and the stored transactions first, so it may be killed anywhere. */
export class Settler {
  readonly #options: SettlerOptions
  readonly #sentAt = new Map<string, number>()

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /**
   * Takes one step; `proofOf` gives the proof of the batch that is next. Throws CHAIN_UNREACHABLE, TRANSACTION_FAILED,
   * LEADERSHIP_LOST, DATABASE_UNAVAILABLE.
   */
  async turn(situation: TurnSituation, proofOf: () => Promise<StateProof>): Promise<Turn> {
    const { transactions, wallet } = this.#options
    const used = BigInt(await told(wallet.getNonce('latest'), 'the nonce of the operator cannot be read'))
    const reverted = await this.#resolve(used)
    if (reverted !== undefined) return { kind: 'resolved', reverted }
    const stored = await transactions.inFlight(used)
    const flights = stored.map((one): Flight => {
      const sentAt = this.#sentAt.get(one.hash)
      return { ...one, sinceSent: sentAt === undefined ? undefined : performance.now() - sentAt }
    })
    const step = nextStep({ ...situation, flights })
    if (step.kind === 'wait') return { kind: 'idle' }
    if (step.kind === 'rewind') return { kind: 'rewind' }
    if (step.kind === 'settle') return await this.#settle(situation.next!, await proofOf(), { nonce: used })
    const flight = stored.at(-1)!
    if (step.kind === 'resend') await this.#send(flight)
    else if (step.kind === 'cancel') await this.#cancel(flight)
    else return await this.#settle(situation.next!, await proofOf(), { nonce: flight.nonce, over: flight })
    return { kind: 'sent' }
  }

  /** Notes what became of transactions whose nonces the chain has used. Gives how many reverted; undefined if there were none. */
  async #resolve(used: bigint): Promise<number | undefined> {
    const { transactions, wallet } = this.#options
    const unresolved = await transactions.unresolved(used)
    if (unresolved.length === 0) return undefined
    let reverted = 0
    for (const { hash } of unresolved) {
      const receipt = await told(wallet.provider!.getTransactionReceipt(hash), 'a receipt cannot be read')
      if (receipt?.status === 0) reverted++
      await transactions.resolve(hash, receipt === null ? 'replaced' : receipt.status === 1 ? 'mined' : 'reverted')
      this.#sentAt.delete(hash)
    }
    return reverted
  }

  async #settle(
    { index, root }: NonNullable<TurnSituation['next']>,
    proof: StateProof,
    { nonce, over }: { readonly nonce: bigint; readonly over?: Fees },
  ): Promise<Turn> {
    const { at, fromBlock } = this.#options
    const [argument] = await batchArguments(at, [proof], { fromBlock })
    const { kind, batch } = argument!
    const values = [kind, batch]
    try {
      await tryCall(at, { method: 'settle', values, event: 'Settled', statement: { ...proof.statement } })
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.code !== 'CONTRACT_REFUSED') throw error
      const { refusal } = error.details as { refusal?: string }
      return { kind: 'refused', batch: index, meaning: meaningOf(refusal), message: error.message }
    }
    const method = at.contract.getFunction('settle')
    const what = 'the settlement cannot be prepared'
    const [estimate, { to, data }] = await told(
      Promise.all([method.estimateGas(...values), method.populateTransaction(...values)]),
      what,
    )
    const gasLimit = estimate + estimate / 5n + SPARE_GAS
    await this.#sign({ nonce, to, data, gasLimit }, { batch: index, root }, over)
    return { kind: 'sent' }
  }

  /** Gives the nonce to a transfer of nothing from the operator to himself. */
  async #cancel({ nonce, maxFee, priorityFee }: StoredTransaction): Promise<void> {
    const call = { nonce, to: this.#options.wallet.address, data: '0x', gasLimit: TRANSFER_GAS }
    await this.#sign(call, { batch: 0, root: 0n }, { maxFee, priorityFee })
  }

  /** Signs, stores and sends; with the fees of now, and above those of the transaction that it is to replace. */
  async #sign(
    call: { readonly nonce: bigint; readonly to: string; readonly data: string; readonly gasLimit: bigint },
    { batch, root }: { readonly batch: number; readonly root: bigint },
    over: Fees | undefined,
  ): Promise<void> {
    const { transactions, wallet, at } = this.#options
    const { Transaction } = await import('ethers')
    const { maxFee, priorityFee } = feesOver(await this.#fees(), over)
    const { nonce, ...rest } = call
    const fees = { maxFeePerGas: maxFee, maxPriorityFeePerGas: priorityFee }
    const raw = await wallet.signTransaction({ ...rest, ...fees, type: 2, chainId: at.chainId, nonce: Number(nonce) })
    const stored = { hash: Transaction.from(raw).hash!, nonce, batch, root, raw, maxFee, priorityFee }
    await transactions.store(stored)
    await this.#send(stored)
  }

  async #fees(): Promise<Fees> {
    const { wallet } = this.#options
    const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await told(
      wallet.provider!.getFeeData(),
      'the price of gas cannot be read',
    )
    const maxFee = maxFeePerGas ?? gasPrice ?? 0n
    return { maxFee, priorityFee: maxPriorityFeePerGas ?? maxFee }
  }

  /** What comes of it, the next turn sees on the chain: a node that has it already says so as an error. */
  async #send({ hash, raw }: Pick<StoredTransaction, 'hash' | 'raw'>): Promise<void> {
    const { wallet } = this.#options
    this.#sentAt.set(hash, performance.now())
    await wallet.provider!.broadcastTransaction(raw).catch((cause) => {
      const error = chainError(cause, 'the settlement cannot be sent')
      if (error.code === 'CHAIN_UNREACHABLE') throw error
    })
  }
}

/** Fees of now, and an eighth above those of the transaction that is replaced: nodes take no less. */
export function feesOver(now: Fees, over: Fees | undefined): Fees {
  if (over === undefined) return now
  const raised = (fee: bigint) => fee + fee / 8n + 1n
  return { maxFee: max(now.maxFee, raised(over.maxFee)), priorityFee: max(now.priorityFee, raised(over.priorityFee)) }
}

async function told<T>(promise: Promise<T>, what: string): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    throw chainError(cause, what)
  }
}
