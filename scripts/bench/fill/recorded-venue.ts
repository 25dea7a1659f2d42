import type { VenueShape } from '../../../protocol/shape.ts'
import { genesisState } from '../../../protocol/state.ts'
import type { Intent } from '../../../venue/intent.ts'
import { sampleVenue } from '../../../venue/sample-venue.ts'

/** A venue for a recorded flow: everybody is rich, and every price of the flow is in the band of its mark. */
export function recordedVenue(shape: VenueShape, indices: readonly number[], intents: readonly Intent[]) {
  const prices = intents.flatMap((intent) => (intent.kind === 'order' ? [intent.price] : []))
  const mark = prices.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[prices.length >> 1]!
  const venue = sampleVenue({ shape, seed: 1n, asOf: intents[0]!.time, makers: indices.length - 1, takers: 1 })
  const [record] = venue.riskTable.markets
  const scenarioPrices = record!.scenarioPrices.map((price) => (price * mark) / record!.mark)
  const market = {
    ...record!,
    mark,
    band: mark / 2n,
    scenarioPrices: scenarioPrices.with(0, mark),
    maxPosition: 1n << 40n,
    maxOpenInterest: 1n << 45n,
  }
  const riskTable = { ...venue.riskTable, maxAge: 86_400n, markets: venue.riskTable.markets.with(0, market) }
  const accounts = venue.genesis.accounts.map((account) => ({
    ...{ ...account, sizes: account.sizes!.map(() => 0n), collateral: account.collateral.with(0, 1n << 70n) },
  }))
  return { state: genesisState({ ...venue.genesis, accounts }, shape), riskTable }
}
