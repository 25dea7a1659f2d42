/** Unix seconds for people, in UTC. */
export function timeText(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000', '')
}

/** A length of time for people: its two largest units. */
export function durationText(seconds: bigint): string {
  const parts = [
    [seconds / 86_400n, 'd'],
    [(seconds / 3_600n) % 24n, 'h'],
    [(seconds / 60n) % 60n, 'min'],
    [seconds % 60n, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0n)
  if (first < 0) return '0 s'
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0n)
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ')
}
