import type { HouseCover } from '../protocol/takeover/best-bid.ts'

/** What the house may pay, for people. */
export function coverText({ now, perHour }: HouseCover): string {
  if (perHour === 0n) return 'the house pays for nobody: its coverPerHour is 0'
  return `the house may pay ${now} quanta now, of a coverPerHour of ${perHour}`
}
