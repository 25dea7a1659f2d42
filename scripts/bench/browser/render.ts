import { bytes, milliseconds, table } from '../markdown.ts'
import type { BrowserResult } from './measure.ts'

/** A margin proof in a browser, by profile. */
export function renderBrowser(results: readonly BrowserResult[]): string {
  const browsers = [...new Set(results.map(({ browser }) => browser))].join(', ')
  return `### Margin proved in the browser

As the traders' page does it: a worker computes the witness with circom's program, proves with snarkjs on as many threads as there are
cores, and verifies. In ${browsers}. The page loads program and key once and keeps them; a first proof is in a new worker, whose
code runs for the first time.

${table(
  ['margin-sufficiency', 'files', 'ready to prove', 'first proof', 'witness', 'proof', 'all, verified'],
  results.map(({ profile, fileBytes, load, first, witness, prove, all }) => [
    profile,
    bytes(fileBytes),
    ...[load, first, witness, prove, all].map(milliseconds),
  ]),
)}`
}
