import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import { makeAccount, makeState, makeTable } from '../../lab/instances/model.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import type { State } from '../../protocol/state.ts'
import { type LobsterFlow, lobsterAccounts, parseLobster } from '../../venue/lobster.ts'

const FILE = join(packageRoot(), '..', 'shared', 'data', 'nasdaq-amzn-2021-04-12.csv')

/** Why tests on real order flow are skipped, or false: the file is test material that the project may not publish. */
export const skipNasdaq: string | false = existsSync(FILE) ? false : `needs ${join('..', 'shared', 'data')}`

/** Midnight in New York on 2021-04-12. */
export const START_OF_DAY = 1_618_200_000n

/** The first 12,000 messages of one trading day of AMZN, as a flow for the accounts 1 to `accounts`. */
export function nasdaqFlow(accounts: number): LobsterFlow {
  const indices = Array.from({ length: accounts }, (_, i) => i + 1)
  const options = { market: 0, startOfDay: START_OF_DAY, ...lobsterAccounts(indices) }
  return parseLobster(readFileSync(FILE, 'utf8'), options)
}

/** A venue for that flow: rich accounts, a wide band around 3,380 dollars a share. */
export function nasdaqVenue(shape: VenueShape, accounts: number): { state: State; riskTable: RiskTable } {
  const indices = Array.from({ length: accounts }, (_, i) => i + 1)
  const rich = makeAccount(shape, { cash: 1n << 70n })
  const state = makeState(shape, Object.fromEntries(indices.map((index) => [index, rich])))
  const mark = 3_380_000_000n
  const riskTable = makeTable(
    shape,
    { asOf: START_OF_DAY, maxAge: 86_400n },
    {
      mark,
      band: 300_000_000n,
      maxPosition: 1n << 30n,
      lastTradeTime: START_OF_DAY + 86_400n,
      scenarioPrices: Array.from({ length: shape.scenarios }, (_, s) => mark + BigInt(s) * 20_000_000n),
    },
  )
  return { state, riskTable }
}
