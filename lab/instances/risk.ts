import { exampleOracleKey, exampleReport, exampleRiskParameters } from '../../circuits/risk-update/example.ts'
import type { RiskUpdateWitness } from '../../circuits/risk-update/index.ts'
import { riskUpdateOf, riskUpdateStatement } from '../../circuits/risk-update/index.ts'
import { riskUpdateInput, riskUpdateShapes } from '../../circuits/risk-update/input.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { type MarketParameters, type RiskParameters, UNLISTED } from '../../protocol/risk/parameters.ts'
import { type PriceReport, signReport } from '../../protocol/risk/report.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import type { TestCircuit } from '../circuits/harness.ts'

/** A venue so small that its risk update compiles and is audited quickly: a perpetual, a call and a put. */
const RISK_VENUE: VenueShape = {
  name: 'test',
  markets: 3,
  collaterals: 2,
  scenarios: 4,
  accountLevels: 2,
  window: 2,
  underlyings: 2,
  oracles: 3,
}

const DOMAIN = 7n
const START = 1_700_000_000n

export const RISK_CIRCUIT: TestCircuit = {
  name: `risk-update-${RISK_VENUE.name}`,
  template: 'RiskUpdate',
  source: 'risk-update/risk-update.circom',
  templateArguments() {
    const { markets, collaterals, scenarios, underlyings, oracles } = RISK_VENUE
    return [markets, collaterals, scenarios, underlyings, oracles]
  },
  publicSignals: ['dataCommitment', 'dataChallenge', 'dataValue'],
  inputShapes: () => riskUpdateShapes(RISK_VENUE),
}

/** The inputs of an update. */
export function riskInput(witness: RiskUpdateWitness): CircuitInput {
  return riskUpdateInput(riskUpdateStatement(witness, DOMAIN, RISK_VENUE).statement, witness, RISK_VENUE)
}

/** Prices that oracles report at a time, as the example's are but for what is given. */
interface Moment {
  readonly at: bigint
  readonly oracles?: readonly number[]
  readonly change?: (report: PriceReport) => Partial<PriceReport>
  readonly parameters?: RiskParameters
  readonly retired?: bigint
}

const EXAMPLE = exampleRiskParameters({ ...RISK_VENUE, markets: 4 })
const PARAMETERS = { ...EXAMPLE, markets: [0, 2, 3].map((m) => EXAMPLE.markets[m]!) }

const [PERPETUAL, CALL, PUT] = PARAMETERS.markets as [MarketParameters, MarketParameters, MarketParameters]
const listing = (...markets: readonly MarketParameters[]): RiskParameters => ({ ...PARAMETERS, markets })
const OTHERS = listing(PERPETUAL, { ...PERPETUAL, underlying: 1 }, { ...PUT, strike: 1n, maxPrice: 1n })

/** The perpetual gets an expiry, so many seconds after the first table. */
const ending = (at: bigint) => listing({ ...PERPETUAL, expiry: START + at }, CALL, PUT)

/** The update that the last moment makes, when all before it have made theirs. */
function riskWitness(moments: readonly Moment[], parameters: RiskParameters = PARAMETERS): RiskUpdateWitness {
  let before: RiskSnapshot | undefined
  const witnesses = moments.map(({ at, oracles = [0, 1, 2], change = () => ({}), retired = 0n, ...others }) => {
    const reports = oracles.map((oracle) => {
      const report = exampleReport(RISK_VENUE, START + at, oracle)
      return signReport({ ...report, ...change(report) }, RISK_VENUE, exampleOracleKey(oracle))
    })
    const witness = { parameters, before, reports, retired, ...others }
    before = riskUpdateOf(witness, RISK_VENUE).after
    return witness
  })
  return witnesses.at(-1)!
}

const DAY = 86_400n
const scaled =
  (percent: bigint) =>
  ({ indices, forwards }: PriceReport) => ({
    indices: indices.map((price) => (price * percent) / 100n),
    forwards: forwards.map((price) => (price * percent) / 100n),
  })

/** Tables up to the one after the expiry of a perpetual that is dearer than its index. */
const ENDED: readonly Moment[] = [
  { at: 0n },
  { at: 100n, parameters: ending(3_000n) },
  { at: 2_900n, parameters: ending(3_000n) },
  { at: 3_100n, parameters: ending(3_000n) },
]

/**
 * The first table; a sample, and none; a jump up and down, the second of a row; after an outage; in a window, and its expiry, of a
 * call that pays and of a put that does not; a call and a put that were settled, of which the first is retired, so that it becomes a
 * perpetual and the second, though parameters name another strike, stays. Then a perpetual that gets an expiry sooner than there may
 * be one; one that is given another; its expiry, with no outage; after that what is settled, and what is relisted; a call that the
 * first table settles, without a window, and whose parameters then name another expiry; a market in which nothing is listed; and times
 * not longer after 0 than a variance remembers.
 */
export const RISK_UPDATES: readonly (() => RiskUpdateWitness)[] = [
  () => riskWitness([{ at: 0n }]),
  () => riskWitness([{ at: 0n }, { at: 660n }]),
  () => riskWitness([{ at: 0n }, { at: 60n, oracles: [0, 2], change: scaled(99n) }]),
  () => riskWitness([{ at: 0n }, { at: 60n, change: scaled(80n) }, { at: 960n, change: scaled(130n) }]),
  () => riskWitness([{ at: 0n }, { at: 400n, change: scaled(101n) }]),
  () => riskWitness([{ at: 0n }, { at: 7n * DAY - 900n }, { at: 7n * DAY - 300n, change: scaled(120n) }]),
  () =>
    riskWitness([
      { at: 0n },
      { at: 7n * DAY - 900n, change: scaled(120n) },
      { at: 7n * DAY + 5n, change: scaled(120n) },
      { at: 14n * DAY + 5n, change: scaled(120n) },
    ]),
  () =>
    riskWitness([
      { at: 0n },
      { at: 14n * DAY + 5n, change: scaled(110n) },
      { at: 15n * DAY, change: scaled(110n), parameters: OTHERS, retired: 0b011n },
    ]),
  () => riskWitness([{ at: 0n }, { at: 100n, parameters: ending(1_000n) }]),
  () => riskWitness([{ at: 0n }, { at: 100n, parameters: ending(3_000n) }, { at: 200n, parameters: ending(4_000n) }]),
  () => riskWitness(ENDED),
  () => riskWitness([...ENDED, { at: 3_200n, parameters: ending(9_000n) }]),
  () => riskWitness([...ENDED, { at: 3_200n, retired: 0b001n }]),
  () =>
    riskWitness([
      { at: 8n * DAY, change: scaled(120n) },
      {
        at: 8n * DAY + 60n,
        change: scaled(110n),
        parameters: listing(PERPETUAL, { ...CALL, expiry: START + 9n * DAY }, PUT),
      },
    ]),
  () => riskWitness([{ at: 0n }, { at: 60n }], listing(PERPETUAL, CALL, UNLISTED)),
  () => riskWitness([{ at: 1_000n - START }, { at: 2_000n - START }]),
]
