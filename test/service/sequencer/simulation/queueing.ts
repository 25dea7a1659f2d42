import type { QueuedEntry } from '../../../../service/sequencer/record.ts'
import type { Scene } from './scene.ts'
import { ADDRESS, commitmentOf, NEWCOMERS, OWNER, POINTS, TRADERS } from './traders.ts'

/** Up to three entries more in the contract's queue. */
export function queue(scene: Scene): void {
  const { entries } = scene.chain
  const first = BigInt(entries.length)
  for (let more = scene.below(3); more >= 0; more--) entries.push(someEntry(scene))
  tellQueue(scene, first)
}

/** The venue is told the queue from that entry on. */
export function tellQueue(scene: Scene, first: bigint): void {
  const block = { blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` }
  scene.put({ kind: 'queue', first, entries: scene.chain.entries.slice(Number(first)), ...block })
}

function someEntry(scene: Scene): QueuedEntry {
  const account = scene.pick(TRADERS)
  const askedAt = scene.clock / 1000n
  const deadline = askedAt + 3_600n
  const chance = scene.below(6)
  if (chance === 0 && scene.registered < NEWCOMERS.length) {
    const index = NEWCOMERS[scene.registered++]!
    const operation = { kind: 'REGISTER', account: index, key: POINTS[0]!, ownerCommitment: OWNER } as const
    return { operation, deadline, askedAt, viewCommitment: commitmentOf(index), owner: ADDRESS }
  }
  if (chance === 1) return { operation: { kind: 'FORCED', account, asset: 0, requested: 200n }, deadline, askedAt }
  if (chance === 2) return { operation: { kind: 'SUSPEND', account }, deadline, askedAt }
  if (chance === 3) return { operation: { kind: 'RESUME', account }, deadline, askedAt }
  if (chance === 4) return { operation: { kind: 'ROTATE', account, key: scene.pick(POINTS) }, deadline, askedAt }
  return { operation: { kind: 'DEPOSIT', account, asset: scene.below(2), amount: 300n }, deadline, askedAt }
}
