import { type AddedRound, transcriptDigest } from '../keys/ceremony/index.ts'
import type { Outcome } from './report.ts'
import { tableText } from './table.ts'

/** What a round that was added prints. */
export function roundOutcome({ index, path, transcript, resumed }: AddedRound, next: string): Outcome {
  const digest = transcriptDigest(transcript)
  const { kind, name, keys } = transcript.rounds.at(-1)!
  const table = tableText(
    ['circuit', 'hash of the contribution (BLAKE2b-512)'],
    keys.map(({ circuit, contribution }) => [circuit, `${contribution.slice(0, 64)}\n${contribution.slice(64)}`]),
  )
  const lines = [
    `Round ${index}: ${kind === 'beacon' ? 'beacon' : `contribution by ${name}`}`,
    table,
    ...(resumed.length > 0 ? [`finished by an earlier run: ${resumed.join(', ')}`] : []),
    `digest: ${digest}`,
    next,
  ]
  return {
    document: { folder: path, round: index, kind, name, digest, keys, resumed },
    text: lines.join('\n'),
  }
}
