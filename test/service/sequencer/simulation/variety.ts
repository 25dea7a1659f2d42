import assert from 'node:assert/strict'

/** What schedules are for: effects, and what befalls a venue. */
const WANTED = [
  ...['> executed', '> filled', '> busted', '> refused', '> sealed', '> dropped', '> rewound', '> served'],
  ...['> finality', '> taken-over', '> deleveraged', 'crash before-append', 'crash after-append', 'reorganised'],
  ...['pause', 'final', 'dead orders taken back', 'made anew: AGE', 'made anew: PAUSE', 'due: flag', 'due: takeover'],
]

/** Requires that all of it happened in some schedule. */
export function requireVariety(seen: ReadonlyMap<string, number>): void {
  for (const name of WANTED) assert.ok((seen.get(name) ?? 0) > 0, `never: ${name}`)
}
