import type { QueueEntry } from '../settlement/index.ts'

/** What an entry of the queue asks for, in a few words. */
export function entryText({ index, kind, account, asset, a }: QueueEntry): string {
  const lots = kind === 'DEPOSIT' || kind === 'FORCED' ? ` of ${a} lots of asset ${asset}` : ''
  return `entry ${index}, ${kind} of account ${account}${lots}`
}
