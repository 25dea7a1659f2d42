import type { Provider, Signer } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { batchArguments, rowArgument, type StateProof } from '../../settlement/batch-arguments.ts'
import { chainError } from '../../settlement/chain-error.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { type Call, tryCall } from '../../settlement/transact.ts'
import { toldByNode } from '../watcher/told-by-node.ts'
import { type Fees, feesOver, lowestOf } from './fees.ts'
import { type Flight, nextStep, RESEND_MS, type Situation } from './next-step.ts'
import { meaningOf, type Refused } from './refusal-meaning.ts'
import type { StoredTransaction } from './signed-transaction.ts'
import type { Transactions } from './transactions.ts'

export interface SettlerOptions {
  readonly transactions: Transactions
  /** Who sends and pays, connected to a node. */
  readonly wallet: Signer & { readonly address: string }
  /** Signs what another sends; undefined where the operator sends. */
  readonly operator?: Signer | undefined
  /** The Settlement, as the wallet calls it. */
  readonly at: ContractAt
  /** Another node, which is sent what the wallet's is sent. */
  readonly otherProvider?: Provider | undefined
  /** The block of the contract's deployment. */
  readonly fromBlock: number
  /** 32 bytes in hex that a settlement carries: the head of the log. */
  anchor(): Promise<string>
}

/** What a turn of the settler came to. */
export type Turn =
  | { readonly kind: 'idle' | 'sent' | 'rewind' }
  /** Transactions of which the chain has told the outcome: it has to be looked at anew. */
  | { readonly kind: 'resolved'; readonly reverted: number }
  | {
      readonly kind: 'refused'
      readonly batch: number
      readonly root: bigint
      readonly meaning: Refused
      /** The name of the contract's error, where it gave one. */
      readonly refusal: string | undefined
      readonly message: string
    }

/** How batches stand, and what settling them needs. */
export interface TurnSituation extends Omit<Situation, 'flights'> {
  /** Most wei for a unit of gas. */
  readonly feeCap: bigint
  /** The proofs of the first batches of the line, so many. */
  proofsOf(batches: number): Promise<readonly StateProof[]>
  /** Comes before a settlement of so many of them is signed, stored and sent: from then on the chain may take them. */
  beforeSending(batches: number): Promise<void>
}

/** Gas beyond the estimate, as in settle: what a call costs hangs on the time of its block as well. */
const SPARE_GAS = 60_000n
/** What a transfer of nothing takes. */
const TRANSFER_GAS = 21_000n

/** Settles proved batches in order, as many together as are proved. Each turn looks at the chain and the stored transactions first, so it may be killed anywhere. */
export class Settler {
  readonly #options: SettlerOptions
  readonly #sentAt = new Map<string, number>()

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /** Takes one step. Throws CHAIN_UNREACHABLE, TRANSACTION_FAILED, LEADERSHIP_LOST, DATABASE_UNAVAILABLE, and what the situation's functions do. */
  async turn(situation: TurnSituation): Promise<Turn> {
    const { transactions, wallet } = this.#options
    const used = BigInt(await told(wallet.getNonce('latest'), 'the nonce of who sends cannot be read'))
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
    if (step.kind === 'settle') return await this.#settle(situation, step.batches, used)
    const flight = stored[0]!
    if (step.kind === 'resend') await this.#send(flight)
    else if (step.kind === 'cancel') await this.#cancel(flight, situation.feeCap)
    else await this.#replace(flight, situation.feeCap)
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

  /**
   * Settles so many batches by one transaction, or the first alone where the contract does not take all of them. What another sends than
   * the operator is tried as the operator's own call, which needs no signature of his: whoever sees the signed one may settle it, so that
   * is made only once the batches count as sent.
   */
  async #settle(situation: TurnSituation, batches: number, nonce: bigint): Promise<Turn> {
    const { at, operator } = this.#options
    const row = situation.line.slice(0, batches)
    const proofs = await situation.proofsOf(batches)
    const anchor = await this.#options.anchor()
    const unsigned = await this.#callOf(proofs, { anchor })
    try {
      await tryCall(at, { ...unsigned, from: await operator?.getAddress() })
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.code === 'CHAIN_UNREACHABLE') throw error
      if (batches > 1) return await this.#settle(situation, 1, nonce)
      if (error.code !== 'CONTRACT_REFUSED') throw error
      const { refusal } = error.details as { refusal?: string }
      const { index: batch, root } = row[0]!
      return { kind: 'refused', batch, root, meaning: meaningOf(refusal), refusal, message: error.message }
    }
    await situation.beforeSending(batches)
    const call = operator === undefined ? unsigned : await this.#callOf(proofs, { anchor, operator })
    const method = at.contract.getFunction(call.method)
    const [estimate, { to, data }] = await told(
      Promise.all([method.estimateGas(...call.values), method.populateTransaction(...call.values)]),
      'the settlement cannot be prepared',
    )
    const gasLimit = estimate + estimate / 5n + SPARE_GAS
    await this.#sign(
      { nonce, to, data, gasLimit },
      { batch: row[0]!.index, batches, root: row.at(-1)!.root },
      { over: undefined, cap: situation.feeCap },
    )
    return { kind: 'sent' }
  }

  async #callOf(
    proofs: readonly StateProof[],
    signed: { readonly anchor: string; readonly operator?: Signer },
  ): Promise<Call> {
    const { at, fromBlock } = this.#options
    const batches = await toldByNode(batchArguments(at, proofs, { fromBlock, ...signed }))
    if (batches.length > 1) return { method: 'settleMany', values: [rowArgument(batches)], event: 'Settled' }
    const { kind, batch } = batches[0]!
    return { method: 'settle', values: [kind, batch], event: 'Settled', statement: { ...proofs[0]!.statement } }
  }

  /** The same at a higher fee, if the cap has room for one. It is not tried again: what waits with the node would be in the way of itself. */
  async #replace(flight: StoredTransaction, cap: bigint): Promise<void> {
    const { Transaction } = await import('ethers')
    const { to, data, gasLimit } = Transaction.from(flight.raw)
    await this.#sign({ nonce: flight.nonce, to: to!, data, gasLimit }, flight, { over: flight, cap })
  }

  /** Gives the nonce to a transfer of nothing from who sends to himself; where the cap has no room for that, what is there is sent again. */
  async #cancel(flight: StoredTransaction, cap: bigint): Promise<void> {
    const call = { nonce: flight.nonce, to: this.#options.wallet.address, data: '0x', gasLimit: TRANSFER_GAS }
    await this.#sign(call, { batch: 0, batches: 0, root: 0n }, { over: flight, cap })
  }

  /**
   * Signs, stores and sends; with the fees of now, and above those of the transaction that it is to replace. Where the cap does not let it
   * be replaced, that is sent again.
   */
  async #sign(
    call: { readonly nonce: bigint; readonly to: string; readonly data: string; readonly gasLimit: bigint },
    { batch, batches, root }: Pick<StoredTransaction, 'batch' | 'batches' | 'root'>,
    { over, cap }: { readonly over: StoredTransaction | undefined; readonly cap: bigint },
  ): Promise<void> {
    const { transactions, wallet, at } = this.#options
    const { Transaction } = await import('ethers')
    const fees = feesOver(await this.#fees(), over, cap)
    if (fees === undefined) return await this.#sendAgain(over!)
    const { maxFee, priorityFee } = fees
    const { nonce, ...rest } = call
    const prices = { maxFeePerGas: maxFee, maxPriorityFeePerGas: priorityFee }
    const raw = await wallet.signTransaction({ ...rest, ...prices, type: 2, chainId: at.chainId, nonce: Number(nonce) })
    const stored = { hash: Transaction.from(raw).hash!, nonce, batch, batches, root, raw, maxFee, priorityFee }
    await transactions.store(stored)
    await this.#send(stored)
  }

  /** Unless that was done a moment ago. */
  async #sendAgain(flight: StoredTransaction): Promise<void> {
    const sentAt = this.#sentAt.get(flight.hash) ?? Number.NEGATIVE_INFINITY
    if (performance.now() - sentAt >= RESEND_MS) await this.#send(flight)
  }

  async #fees(): Promise<Fees> {
    const { wallet, otherProvider } = this.#options
    const nodes = [wallet.provider!, ...(otherProvider === undefined ? [] : [otherProvider])]
    const asked = nodes.map(async (node): Promise<Fees> => {
      const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await node.getFeeData()
      const maxFee = maxFeePerGas ?? gasPrice ?? 0n
      return { maxFee, priorityFee: maxPriorityFeePerGas ?? maxFee }
    })
    return lowestOf(await told(Promise.all(asked), 'the price of gas cannot be read'))
  }

  /** What comes of it, the next turn sees on the chain: a node that has it already says so as an error. */
  async #send({ hash, raw }: Pick<StoredTransaction, 'hash' | 'raw'>): Promise<void> {
    const { wallet, otherProvider } = this.#options
    this.#sentAt.set(hash, performance.now())
    // What keeps it from there matters no more than what keeps it from others.
    otherProvider?.broadcastTransaction(raw).catch(() => undefined)
    await wallet.provider!.broadcastTransaction(raw).catch((cause) => {
      const error = chainError(cause, 'the settlement cannot be sent')
      if (error.code === 'CHAIN_UNREACHABLE') throw error
    })
  }
}

async function told<T>(promise: Promise<T>, what: string): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    throw chainError(cause, what)
  }
}
