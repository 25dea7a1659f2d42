import { type AddedStep, transcriptDigest } from '../keys/ceremony/index.ts'
import { tableText } from './table.ts'
import type { Outcome } from './verb.ts'

/** What a step that was added prints. */
export function stepOutcome({ index, path, transcript, resumed }: AddedStep, next: string): Outcome {
  const digest = transcriptDigest(transcript)
  const { kind, name, keys } = transcript.steps.at(-1)!
  const table = tableText(
    ['circuit', 'hash of the contribution (BLAKE2b-512)'],
    keys.map(({ circuit, contribution }) => [circuit, `${contribution.slice(0, 64)}\n${contribution.slice(64)}`]),
  )
  const lines = [
    `Step ${index}: ${kind === 'beacon' ? 'beacon' : `contribution by ${name}`}`,
    table,
    ...(resumed.length > 0 ? [`finished by an earlier run: ${resumed.join(', ')}`] : []),
    `digest: ${digest}`,
    next,
  ]
  return {
    document: { folder: path, step: index, kind, name, digest, keys, resumed },
    text: lines.join('\n'),
  }
}
