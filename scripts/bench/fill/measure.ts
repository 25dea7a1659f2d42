import { readFile } from 'node:fs/promises'
import { TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { genesisState } from '../../../protocol/state.ts'
import { lobsterAccounts, parseLobster, sampleVenue } from '../../../venue/index.ts'
import { type BatchBounds, cut, type Fill } from './cut.ts'
import { measurePrices, type Prices } from './prices.ts'
import { quotingFlow } from './quoting-flow.ts'
import { recordedVenue } from './recorded-venue.ts'
import { bundled, queued, type TracedWord, traceFlow } from './trace.ts'

/** A flow as batches see it. */
export interface FlowShape {
  readonly name: string
  readonly messages: number
  readonly steps: number
  readonly bundles: number
}

export interface FillResult {
  readonly prices: Prices
  readonly flows: readonly FlowShape[]
  readonly rows: readonly { readonly bounds: BatchBounds; readonly fills: readonly Fill[] }[]
}

const SHAPE = venueShape('standard')
const AS_OF = 1_700_000_000n

/** Beside the standard size itself. */
const STUDIED: readonly BatchBounds[] = [
  [32, 32, 48, 14, 0],
  [32, 12, 48, 12, 4],
  [32, 24, 36, 16, 2],
  [40, 24, 44, 14, 4],
  [40, 24, 44, 16, 4],
  [40, 28, 44, 18, 2],
  [40, 28, 44, 20, 0],
  [40, 32, 44, 20, 2],
  [48, 28, 52, 16, 4],
].map(([messages, signatures, steps, accounts, lightAccounts]) => {
  return { messages, signatures, steps, accounts, lightAccounts } as BatchBounds
})

/** Replays a generated flow, and a recorded one in LOBSTER's format if there is one, for batches of several sizes. */
export async function measureFill(
  recorded: string | undefined,
  report: (fraction: number) => void,
): Promise<FillResult> {
  const flows = new Map<string, readonly TracedWord[]>()
  if (recorded !== undefined) {
    const text = await readFile(recorded, 'utf8')
    for (const accounts of [12, 50, 200]) {
      const indices = Array.from({ length: accounts }, (_, i) => i + 1)
      const { intents } = parseLobster(text, { market: 0, startOfDay: AS_OF, ...lobsterAccounts(indices) })
      flows.set(`recorded, ${accounts} accounts`, traceFlow(recordedVenue(SHAPE, indices, intents), intents))
    }
  }
  const venue = sampleVenue({ shape: SHAPE, seed: 1n, asOf: AS_OF, makers: 16, takers: 300 })
  const made = quotingFlow(venue, { seed: 3n, lines: 8000, markets: 2 })
  const state = genesisState(venue.genesis, SHAPE)
  flows.set('generated, 316 accounts', traceFlow({ state, riskTable: venue.riskTable }, made))
  const all = [...flows.values()]
  const { name: _, ...standard } = TRADE_BATCH_SIZES.standard
  return {
    prices: await measurePrices('standard', report),
    flows: [...flows].map(([name, words]) => ({
      ...{ name, messages: words.length, bundles: bundled(words).length },
      steps: words.reduce((sum, word) => sum + word.steps.length, 0),
    })),
    rows: [standard, ...STUDIED].map((bounds) => ({
      ...{ bounds, fills: all.map((words) => cut(bundled(queued(words, bounds.messages)), bounds)) },
    })),
  }
}
