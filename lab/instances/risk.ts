import { exampleOracleKey, exampleReport, exampleRiskParameters } from '../../circuits/risk-update/example.ts'
import type { RiskUpdateWitness } from '../../circuits/risk-update/index.ts'
import { riskUpdateOf, riskUpdateStatement } from '../../circuits/risk-update/index.ts'
import { riskUpdateInput, riskUpdateShapes } from '../../circuits/risk-update/input.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
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

const OTHERS: RiskParameters = {
  ...PARAMETERS,
  markets: [
    PARAMETERS.markets[0]!,
    { ...PARAMETERS.markets[0]!, underlying: 1 },
    { ...PARAMETERS.markets[2]!, strike: 1n, maxPrice: 1n },
  ],
}

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

/**
 * The first table; a sample, and none; a jump up and down, the second of a row; after an outage; in a window, and its expiry, of a
 * call that pays and of a put that does not; a call and a put that were settled, of which the first is retired, so that it becomes a
 * perpetual and the second, though parameters name another strike, stays.
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
]
