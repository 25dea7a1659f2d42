import type { Draft } from './draft.ts'
import type { QueuedEntry } from './record.ts'

/** Learns what registrations in the queue say of their accounts: which view key they commit to, and who owns them. */
export function learnOf(draft: Draft, entries: readonly QueuedEntry[]): void {
  const commitments = new Map(draft.viewCommitments)
  const owners = new Map(draft.owners)
  for (const { operation, viewCommitment: commitment, owner } of entries) {
    if (commitment !== undefined) commitments.set(operation.account, commitment)
    if (owner !== undefined) owners.set(operation.account, owner)
  }
  draft.viewCommitments = commitments
  draft.owners = owners
}
