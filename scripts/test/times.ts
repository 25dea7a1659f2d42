import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The record that the order of the tests and the table in docs/developing.md are made from: seconds and file, slowest first. */
export const RECORD = join(import.meta.dirname, '..', '..', 'test', 'times.tsv')

export interface Time {
  readonly seconds: number
  /** A test file, or in brackets something else that takes time. */
  readonly file: string
}

/** Reads such a record; empty if there is none. */
export function readTimes(file: string): Time[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const [seconds, name] = line.split('\t')
    return { seconds: Number(seconds), file: name! }
  })
}

export function writeTimes(file: string, times: readonly Time[]): void {
  const sorted = times.toSorted((a, b) => b.seconds - a.seconds || (a.file < b.file ? -1 : 1))
  writeFileSync(file, sorted.map(({ seconds, file }) => `${seconds.toFixed(1)}\t${file}\n`).join(''))
}

/** The slowest, as a Markdown table. */
export function timesTable(times: readonly Time[], rows: number): string {
  const shown = times.slice(0, rows).map(({ seconds, file }) => `| ${seconds.toFixed(1)} | ${file} |`)
  return ['| seconds | file |', '|---:|---|', ...shown].join('\n')
}
