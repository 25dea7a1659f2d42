import { bytes, milliseconds, table } from './markdown.ts'
import type { ProcessTimes, StartupTimes } from './startup.ts'

/** Whole processes, beside an earlier version's where that was measured. */
export function renderStartup(times: StartupTimes): string {
  const cells = (of: ProcessTimes | undefined) =>
    of === undefined ? ['', '', ''] : [milliseconds(of.cpu), milliseconds(of.wall), bytes(of.peakBytes)]
  const compared = Object.values(times).some(({ before }) => before !== undefined)
  const head = ['CPU', 'wall', 'peak memory']
  return `### Starting

Whole processes, from their start to their end, with one proof of margin-sufficiency to verify and its key in a file.${
    compared ? ' The last three columns are those of the version before, run in turn.' : ''
  }

${table(
  ['', ...head, ...(compared ? head.map((title) => `${title}, before`) : [])],
  Object.entries(times).map(([name, { now, before }]) => [
    `\`${name}\``,
    ...cells(now),
    ...(compared ? cells(before) : []),
  ]),
)}`
}
