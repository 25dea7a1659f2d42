import type { Signer } from 'ethers'
import { CASH_BATCH_KIND } from '../circuits/cash-batch/statement.ts'
import { requireStateCircuit } from '../circuits/registry.ts'
import { type StateMoveStatement, wordsOf } from '../circuits/state/statement.ts'
import { queueAfter } from '../protocol/cash-batch/retries.ts'
import { unpackCashData } from '../protocol/cash-batch/words.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { Groth16Proof } from '../verifier/proof.ts'
import type { ContractAt } from './contract-at.ts'
import { proofArgument, requireProved } from './proof-argument.ts'
import { waitingEntries } from './queue.ts'
import { retriesOf } from './retries.ts'
import { signBatch } from './sign-batch.ts'

/** A proof that moves the state, as a prover returns it and a proof file holds it. */
export interface StateProof {
  /** Name of its circuit. */
  readonly circuit: string
  readonly proof: Groth16Proof
  readonly statement: StateMoveStatement
}

/** A batch as Settlement takes it, and by what number it knows the circuit. */
export interface BatchArgument {
  readonly kind: number
  readonly batch: {
    readonly proof: ReturnType<typeof proofArgument>
    readonly commitment: bigint
    readonly words: readonly bigint[]
    readonly payers: readonly string[]
    readonly anchor: string
    readonly signature: string
  }
}

export interface BatchContext {
  /** Signs each batch, if another sends the transaction. */
  readonly operator?: Signer | undefined
  /** 32 bytes in hex to stand beside each batch. */
  readonly anchor?: string | undefined
  /** The block from which entries of the queue are looked up. */
  readonly fromBlock?: number | undefined
}

/**
 * What Settlement is called with to settle these proofs next, in their order. Throws INPUT_INVALID, STATEMENT_INVALID,
 * PROOF_INVALID, CHAIN_UNREACHABLE.
 */
export async function batchArguments(
  at: ContractAt,
  proofs: readonly StateProof[],
  { operator, anchor = NO_ANCHOR, fromBlock = 0 }: BatchContext,
): Promise<readonly BatchArgument[]> {
  requireAnchor(anchor)
  const unsigned = proofs.map((proved) => {
    const { circuit: name, proof, statement } = requireProved(proved)
    const circuit = requireStateCircuit(name)
    const commitment = circuit.encodeStatement(statement)[0]!
    const kind = circuit.settlementKind
    return { kind, proof: proofArgument(circuit, proof, statement), commitment, words: wordsOf(statement) }
  })
  const slots = unsigned.map(({ kind, words }) => (kind === CASH_BATCH_KIND ? unpackCashData(words).slots : []))
  const cures = slots.flat().filter(({ kind }) => kind === 'CURE')
  const accounts = cures.map(({ account }) => account)
  let retries: readonly number[] = await retriesOf(at, accounts)
  const consumed = slots.map((of) => {
    const behind = queueAfter(of, retries)
    retries = behind.retries
    return behind.consumed
  })
  const payers = await payersOf(at, consumed, fromBlock)
  const batches: BatchArgument[] = []
  let entries = 0
  for (const [place, { kind, ...batch }] of unsigned.entries()) {
    const { words } = batch
    const signature =
      operator === undefined ? NO_SIGNATURE : await signBatch(at, operator, { kind, words, anchor }, { place, entries })
    batches.push({ kind, batch: { ...batch, payers: payers[place]!, anchor, signature } })
    entries += consumed[place]!.length
  }
  return batches
}

interface RowItem extends Pick<BatchArgument, 'kind'> {
  readonly batch: Omit<BatchArgument['batch'], 'proof'> & { readonly proof: unknown }
}

/** A row of batches as Settlement takes it to settle them together; all of them have the same anchor, and all a signature or none. */
export function rowArgument(row: readonly RowItem[]) {
  const batches = row.map(({ batch }) => batch)
  return {
    kinds: `0x${row.map(({ kind }) => kind.toString(16).padStart(2, '0')).join('')}`,
    proofs: batches.map(({ proof }) => proof),
    commitments: batches.map(({ commitment }) => commitment),
    words: batches.flatMap(({ words }) => words),
    payers: batches.flatMap(({ payers }) => payers),
    anchor: batches[0]?.anchor ?? NO_ANCHOR,
    signatures: batches.flatMap(({ signature }) => (signature === NO_SIGNATURE ? [] : [signature])),
  }
}

/** What stands for a signature where the operator sends the transaction. */
const NO_SIGNATURE = '0x'
const NO_ANCHOR = `0x${'0'.repeat(64)}`

function requireAnchor(anchor: string): void {
  if (typeof anchor === 'string' && /^0x[0-9a-fA-F]{64}$/.test(anchor)) return
  throw new ZkclearError('INPUT_INVALID', 'need 32 bytes: 0x and 64 hex digits', { path: 'anchor' })
}

/** Who paid the deposits that each batch consumes, in order: the queue's events say it. */
async function payersOf(at: ContractAt, consumed: readonly (readonly string[])[], fromBlock: number) {
  const all = consumed.flat()
  const entries = all.includes('DEPOSIT') ? await waitingEntries(at, fromBlock, all.length) : []
  let next = 0
  return consumed.map((kinds) =>
    kinds.flatMap((kind) => {
      // A batch that does not fit the queue is for the contract to refuse.
      const payer = entries[next++]?.payer ?? NOBODY
      return kind === 'DEPOSIT' ? [payer] : []
    }),
  )
}

const NOBODY = `0x${'0'.repeat(40)}`
