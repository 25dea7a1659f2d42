import { stateRoot } from '../../../../protocol/state.ts'
import type { QueuedEntry, RewindCause } from '../../../../service/sequencer/record.ts'
import { batchAt, lastIndex } from '../../../../service/sequencer/state.ts'
import { rewindDue } from '../../../../service/watcher/rewind-due.ts'
import { CONFIG } from './beginning.ts'
import { assertInstance, assertProvable } from './chain.ts'
import { tellQueue } from './queueing.ts'
import type { Scene } from './scene.ts'

/** The next batch is sent to the chain, which mostly takes it. */
export function settle(scene: Scene): void {
  if (scene.below(4) === 0) dropVoid(scene)
  const { batches } = scene.state
  const next = batches.find(({ index }) => index > scene.chain.settled.length)
  if (next === undefined || !scene.chain.takes(next, scene.clock / 1000n)) return
  assertProvable(next)
  if (scene.below(40) === 0) assertInstance(next, CONFIG)
  const mark = { index: next.index, root: stateRoot(next.after.state) }
  if (scene.below(4) === 0) scene.put({ kind: 'proved', ...mark })
  scene.put({ kind: 'sent', ...mark })
  // It may be dropped on its way, and come after all.
  if (scene.below(20) === 0) {
    scene.lost.push(scene.chain.lose(next))
    return
  }
  scene.chain.settle(next)
  scene.put({ kind: 'settled', ...mark })
}

export function finalize(scene: Scene): void {
  const { settledIndex, finalIndex } = scene.state
  if (settledIndex > finalIndex)
    scene.put({ kind: 'final', index: finalIndex + 1 + scene.below(settledIndex - finalIndex) })
  else scene.put({ kind: 'final', index: settledIndex })
}

/** The chain takes back batches, and sometimes the entries that none of those left serves. */
export function reorganise(scene: Scene): void {
  const { settledIndex, finalIndex } = scene.state
  if (settledIndex === finalIndex) return
  const settled = finalIndex + scene.below(settledIndex - finalIndex)
  scene.lost.push(...scene.chain.takeBack(settled))
  scene.put({ kind: 'reorganised', settled })
  if (scene.below(3) === 0) rewind(scene)
  const first = scene.chain.served + scene.below(scene.chain.entries.length - scene.chain.served + 1)
  if (scene.below(2) === 0 || first === scene.chain.entries.length) return
  const others = scene.chain.entries.slice(first).map((entry): QueuedEntry => {
    return entry.operation.kind === 'DEPOSIT' ? { ...entry, operation: { ...entry.operation, amount: 7n } } : entry
  })
  scene.chain.entries.splice(first, others.length, ...others)
  tellQueue(scene, BigInt(first))
}

/** The chain takes, after all, a batch that it had taken before, with the entries that stood then. */
export function takeBack(scene: Scene): boolean {
  const { finalIndex } = scene.state
  const fits = scene.lost.filter(({ batch }) => batch.index > finalIndex && scene.chain.fits(batch))
  if (fits.length === 0) return false
  const { batch, entries } = scene.pick(fits)
  if (!scene.chain.takes(batch, scene.clock / 1000n)) return false
  const { served } = scene.chain
  scene.chain.entries.splice(served, entries.length, ...entries)
  scene.chain.settle(batch)
  const root = stateRoot(batch.after.state)
  const ours = batchAt(scene.state, batch.index)
  if (ours === undefined || stateRoot(ours.after.state) !== root) scene.witness.count('dropped and taken after all')
  scene.put({ kind: 'settled', index: batch.index, root })
  tellQueue(scene, BigInt(served + entries.length))
  return true
}

export function rewind(scene: Scene, cause: RewindCause = 'OPERATOR'): void {
  const { settledIndex, batches } = scene.state
  const last = lastIndex(scene.state)
  const to = settledIndex + scene.below(last - settledIndex + 1)
  const items = batches.filter(({ index }) => index > to).flatMap((batch) => batch.items)
  const poisons = items.length > 0 && scene.below(5) === 0
  const without = poisons ? { without: [scene.pick(items).record] } : {}
  scene.put({ kind: 'rewind', to, cause, ...without })
}

/** Makes anew, as the venue does, what a pause voided or what grew too old. */
export function dropVoid(scene: Scene): void {
  const { pausedUntil } = scene.chain
  const due = rewindDue(scene.state, { time: scene.clock / 1000n, pausedUntil, table: undefined })
  if (due === undefined) return
  scene.witness.count(`made anew: ${due.cause}`)
  scene.put(due)
}

export function pause(scene: Scene): void {
  const now = scene.clock / 1000n
  const until = scene.below(3) === 0 ? now : now + 1n + BigInt(scene.below(3))
  scene.chain.pausedUntil = until
  scene.put({ kind: 'pause', until })
  if (until > now && scene.below(2) === 0) rewind(scene, 'PAUSE')
}
