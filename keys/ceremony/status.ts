import { checkKeyHashes, listRounds, openLastRound } from './directory.ts'
import { contributionCount, isComplete, type Transcript, transcriptDigest } from './transcript.ts'

/** What a ceremony has come to, and what is to be done next. */
export interface CeremonyStatus {
  readonly digest: string
  readonly state: 'open' | 'complete'
  readonly contributions: number
  /** Rounds whose folders are here; the last one is all that a contributor needs. */
  readonly rounds: readonly number[]
  /** Folders that interrupted runs left; the same command goes on from there. */
  readonly unfinished: readonly string[]
  readonly next: string
  readonly transcript: Transcript
}

/**
 * Reads a ceremony and compares its last keys with its transcript; `verifyCeremony` checks everything. Throws FILE_UNREADABLE,
 * CEREMONY_INVALID, ABORTED.
 */
export async function ceremonyStatus(
  directory: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<CeremonyStatus> {
  const last = await openLastRound(directory)
  await checkKeyHashes(last, signal)
  const { rounds, unfinished } = await listRounds(directory)
  const { transcript } = last
  const contributions = contributionCount(transcript)
  return {
    digest: transcriptDigest(transcript),
    state: isComplete(transcript) ? 'complete' : 'open',
    contributions,
    rounds,
    unfinished,
    next: nextAction(transcript, contributions),
    transcript,
  }
}

function nextAction(transcript: Transcript, contributions: number): string {
  if (isComplete(transcript)) return 'verify and export; publish the digest'
  if (contributions === 0) return 'contribute: until somebody does, anybody can forge proofs under these keys'
  return 'contribute, or apply the beacon'
}
