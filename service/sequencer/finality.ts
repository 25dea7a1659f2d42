import { ZkclearError } from '../../protocol/errors.ts'
import { accountAt } from '../../protocol/state.ts'
import type { BatchCircuit } from './batch-circuits.ts'
import { bidsThatHold } from './bids.ts'
import type { Draft } from './draft.ts'
import { takeBack } from './rewind.ts'
import { batchAt, droppedAt, lastIndex, ledgerAt, ledgerRoot, rootOf, type SealedBatch } from './state.ts'

/** A proof of the batch verified. Throws INPUT_INVALID for a batch that is not there, or not that one. */
export function markProved(draft: Draft, index: number, root: bigint): void {
  const batch = requireBatch(draft, index, root)
  draft.batches = draft.batches.with(draft.batches.indexOf(batch), { ...batch, proved: true })
  draft.effects.push({ kind: 'finality', index, state: 'proved' })
}

/** The batch has to be proved again. Throws INPUT_INVALID for a batch that is not there, or not that one. */
export function markUnproved(draft: Draft, index: number, root: bigint): void {
  const before = requireBatch(draft, index, root)
  const batch = { ...before, proved: false }
  draft.batches = draft.batches.with(draft.batches.indexOf(before), batch)
  draft.effects.push({ kind: 'reproved', batch })
}

/** The settlement of all batches up to that one is sent. Throws INPUT_INVALID for a batch that is not there, or not that one. */
export function markSent(draft: Draft, index: number, root: bigint): void {
  requireBatch(draft, index, root)
  draft.batches = draft.batches.map((batch) => (batch.index <= index ? { ...batch, sent: true } : batch))
}

/**
 * The chain took the batch. One that was dropped, and comes after the last that is settled, takes the place of all that were made since.
 * Throws INPUT_INVALID unless it is the one after the last that it took.
 */
export function markSettled(draft: Draft, index: number, root: bigint): void {
  if (index !== draft.settledIndex + 1) {
    refuse(`batch ${index} cannot be settled after ${draft.settledIndex}`, 'index')
  }
  const batch = batchAt(draft, index)
  const from = ledgerRoot(ledgerAt(draft, index - 1))
  const dropped =
    batch !== undefined && rootOf(batch) === root ? undefined : droppedAt(draft, index, { from, to: root })
  if (dropped === undefined) requireBatch(draft, index, root)
  else takeBack(draft, dropped)
  draft.settledIndex = index
  draft.effects.push({ kind: 'finality', index, state: 'settled' })
}

/** The chain took back all batches after that one. Throws INPUT_INVALID where it had not taken more, or they are final. */
export function markUnsettled(draft: Draft, settled: number): void {
  if (settled >= draft.settledIndex) refuse(`${draft.settledIndex} batches are settled`, 'settled')
  if (settled < draft.finalIndex) refuse(`batch ${draft.finalIndex} is final`, 'settled')
  for (let index = draft.settledIndex; index > settled; index--) {
    draft.effects.push({ kind: 'finality', index, state: 'unsettled' })
  }
  draft.settledIndex = settled
}

/** Nothing takes the batch back any more: what is only needed to go back before it goes. Throws INPUT_INVALID if it is not settled. */
export function markFinal(draft: Draft, index: number): void {
  if (index > draft.settledIndex) refuse(`batch ${index} is not settled`, 'index')
  if (index <= draft.finalIndex) refuse(`batch ${draft.finalIndex} is final already`, 'index')
  const { after: base } = batchAt(draft, index)!
  for (let i = draft.finalIndex + 1; i <= index; i++) {
    draft.effects.push({ kind: 'finality', index: i, state: 'final' })
  }
  draft.batches = draft.batches.slice(index - draft.finalIndex)
  draft.finalIndex = index
  draft.dropped = draft.dropped.filter(({ batch }) => batch.index > index)
  draft.base = base
  draft.entries = draft.entries.slice(Number(base.served - draft.firstEntry))
  draft.firstEntry = base.served
  const isEntered = (account: number) => (accountAt(base.state, account)?.viewKey ?? 0n) !== 0n
  draft.viewKeys = new Map([...draft.viewKeys].filter(([account]) => !isEntered(account)))
  draft.viewCommitments = new Map([...draft.viewCommitments].filter(([account]) => !isEntered(account)))
  draft.bids = bidsThatHold(draft)
}

/** Another verification key: what is not settled is proved anew. */
export function changeCircuit(draft: Draft, circuit: BatchCircuit, digest: string): void {
  if (draft.circuits.get(circuit) === digest) return
  const isFirst = !draft.circuits.has(circuit)
  draft.circuits = new Map(draft.circuits).set(circuit, digest)
  if (isFirst) return
  draft.dropped = draft.dropped.map((one) => {
    return one.batch.work.circuit === circuit ? { ...one, batch: { ...one.batch, proved: false } } : one
  })
  draft.batches = draft.batches.map((batch) => {
    if (batch.index <= draft.settledIndex || batch.work.circuit !== circuit) return batch
    const again = { ...batch, proved: false }
    draft.effects.push({ kind: 'reproved', batch: again })
    return again
  })
}

function requireBatch(draft: Draft, index: number, root: bigint): SealedBatch {
  const batch = batchAt(draft, index)
  if (batch === undefined) {
    return refuse(`there is no batch ${index} that is not final; the last is ${lastIndex(draft)}`, 'index')
  }
  if (rootOf(batch) !== root) refuse(`batch ${index} leads to another state`, 'root')
  return batch
}

function refuse(message: string, field: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path: `record.${field}` })
}
