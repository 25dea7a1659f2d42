/** From when to when something waited. */
export type Span = readonly [from: number, to: number]

/** How many of them waited at once from one time to another, on average. */
export function meanWaiting(spans: readonly Span[], [from, to]: Span): number {
  const together = spans.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(begin, from)), 0)
  return together / (to - from)
}

/** The same in each of so many parts of that time, one after the other. */
export function meansWaiting(spans: readonly Span[], [from, to]: Span, parts: number): number[] {
  const part = (to - from) / parts
  return Array.from({ length: parts }, (_, i) => meanWaiting(spans, [from + i * part, from + (i + 1) * part]))
}
