import { ZkclearError } from '../protocol/errors.ts'
import { type BatchArgument, batchArguments, rowArgument, type StateProof } from './batch-arguments.ts'
import { type ContractAt, contractAt } from './contract-at.ts'
import { decodeRefusal } from './refusal.ts'
import { misplaced, type SettleOptions } from './settle.ts'
import { type Confirmation, transact } from './transact.ts'

export interface SettleManyOptions extends Omit<SettleOptions, 'proved'> {
  /** In the order in which the batches were made, each from where the one before it led; of any kinds. At least one. */
  proofs: readonly StateProof[]
}

/** Batches that were settled by one transaction. */
export interface SettledMany extends Confirmation {
  readonly chainId: bigint
  /** Number of the first among the batches of this Settlement; the others follow. */
  readonly firstBatch: bigint
  /** By what number Settlement knows the circuit of each. */
  readonly kinds: readonly number[]
}

/**
 * Settles consecutive batches, of any kinds, by one transaction and one pairing: all of them or none. It takes less gas than
 * settling them one by one, the more of them the less for each, until a chain's limit for a transaction. Where the operator signs
 * and another sends, whoever sees the signatures may settle the first of them alone.
 *
 * Throws what `settle` throws; if a proof is false, the error's `details.index` says which of them, the first if they are more.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const settlement = '0x610178dA211FEF7D417bC0e6FeD39F05609AD788'
 * const { firstBatch, gasUsed } = await settleMany({ signer: connection.signer, settlement, proofs })
 */
export async function settleMany(given: SettleManyOptions): Promise<SettledMany> {
  const { signer, settlement, proofs, operator, anchor, fromBlock, ...options } = given
  requireRow(proofs)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const batches = await batchArguments(at, proofs, { operator, anchor, fromBlock })
  const kinds = batches.map(({ kind }) => kind)
  const call = { method: 'settleMany', values: [rowArgument(batches)], event: 'Settled' }
  const { event, ...confirmation } = await transact(at, call, options).catch(async (error) => {
    throw (await halfSettled(at, proofs, error, fromBlock)) ?? (await falseProof(at, batches, error)) ?? error
  })
  return { chainId: at.chainId, firstBatch: event.args.batch, kinds, ...confirmation }
}

/** Throws INPUT_INVALID unless each starts from where the one before it led. */
function requireRow(proofs: readonly StateProof[]): void {
  if (proofs.length === 0) throw new ZkclearError('INPUT_INVALID', 'need one proof at least', { path: 'proofs' })
  for (const [i, { statement }] of proofs.entries()) {
    const before = proofs[i - 1]?.statement.newStateRoot ?? statement.oldStateRoot
    if (statement.oldStateRoot === before) continue
    const message = `starts from state root ${statement.oldStateRoot}, and the one before it leads to ${before}; give them in order`
    throw new ZkclearError('INPUT_INVALID', message, { path: `proofs[${i}]` })
  }
}

/** What the refusal comes from, if the first batch is not the next one: who saw the operator's signatures may have settled some. */
async function halfSettled(
  at: ContractAt,
  proofs: readonly StateProof[],
  error: unknown,
  fromBlock: number | undefined,
): Promise<unknown> {
  const first = await misplaced(at, proofs[0]!.statement, error, fromBlock)
  if (!(first instanceof ZkclearError) || first.details.standing !== 'settled') return first
  const last = await misplaced(at, proofs.at(-1)!.statement, error, fromBlock)
  if (last instanceof ZkclearError && last.details.standing === 'settled') return first
  const message =
    'the first of them are settled already, and not all: settle those that are left ("zkclear settle" passes over what is settled)'
  return new ZkclearError('CONTRACT_REFUSED', message, { cause: error, details: first.details })
}

/** Which of the proofs the contract's refusal comes from, if it is that they do not all hold. */
async function falseProof(at: ContractAt, batches: readonly BatchArgument[], error: unknown): Promise<unknown> {
  if (!(error instanceof ZkclearError) || error.details.refusal !== 'ProofsRejected') return undefined
  const { Contract } = await import('ethers')
  const { ABIS } = await import('./abi.ts')
  const authority = new Contract(
    await at.contract.getFunction('authority').staticCall(),
    [...ABIS.Authority],
    at.contract.runner,
  )
  const domain = await at.contract.getFunction('domain').staticCall()
  for (const [index, { kind, batch }] of batches.entries()) {
    const { proof, commitment, words } = batch
    const holds = await authority
      .getFunction('requireProof')
      .staticCall(kind, domain, proof, commitment, words)
      .then(
        () => true,
        (cause) => decodeRefusal('Authority', authority.interface, cause)?.refusal !== 'ProofRejected',
      )
    if (holds) continue
    const message = `Settlement refuses all of them: the proof at place ${index} does not hold, and maybe others after it; check it with "zkclear verify", and prove it again`
    return new ZkclearError('CONTRACT_REFUSED', message, { cause: error, details: { ...error.details, index } })
  }
  return undefined
}
