import type { CircuitInput } from '../../circuits/types.ts'
import { toField } from '../../protocol/numbers.ts'
import { riskParameterWords } from '../../protocol/risk/parameter-words.ts'
import { earliestReport, reportsProbeInput, threeReports } from './reports.ts'
import { everyKind } from './risk-parameters.ts'
import { SETTLEMENTS, settlementInput } from './settlements.ts'

const NOW = 1_700_000_000n
/** Two to the 32nd: a deviation of 1. */
const ONE = 1n << 32n

const BREAKER: CircuitInput = {
  ...{ first: 0n, index: 800n, asOf: NOW, outage: 0n, oldIndex: 1_000n },
  ...{ oldClosedUntil: 0n, oldClosedSince: 0n, jumpBps: 1_000n, cooldown: 600n },
}

const FUNDING: CircuitInput = {
  ...{ mark: 1_000_700n, index: 1_000_000n, fundingIndex: 5n, fundingRest: 7n, seconds: 60n },
  ...{ multiplier: 1_000_000n, fundingCap: 1_000n, maxPrice: 1n << 40n },
}

const VOLATILITY: CircuitInput = {
  ...{ first: 0n, index: 5_100n, asOf: NOW, elapsed: 60n },
  ...{ oldSampleIndex: 5_000n, oldSampleTime: NOW - 700n, oldVariance: 800_000n ** 2n, oldShock: 8_000n },
  ...{ floor: 10n, cap: 900_000n, factor: 10_000n, stepPerHour: 5_000n, memory: 86_400n },
}

const SCENARIOS: CircuitInput = {
  ...{ isOption: 1n, isPut: 0n, strike: 1_100_000n, maxPrice: 1n << 40n, forward: 1_000_000n },
  ...{ volatility: 800_000n, shock: 50_000n, seconds: 2_592_000n },
  move: [0n, 3_000_000n, toField(-3_000_000n)],
  volatilityMove: [0n, 250_000n, 0n, toField(-250_000n)],
  extreme: [0n, 1n],
}

const MEMORY = Array.from({ length: 13 }, (_, i) => 1_000n + BigInt(i))

/** Honest inputs of the circuits that tests compile of single templates of risk-update. */
export const RISK_GADGET_INPUTS: Readonly<Record<string, readonly (() => CircuitInput)[]>> = {
  'LogarithmProbe-48': [() => ({ in: 1_234_567n }), () => ({ in: (1n << 48n) - 1n })],
  'RootProbe-48': [() => ({ in: 81n }), () => ({ in: 123_456_789n })],
  'DeviationProbe-24-40': [
    () => ({ volatility: 800_000n, seconds: 2_592_000n }),
    () => ({ volatility: 5_000_000n, seconds: 1n << 39n }),
  ],
  'ScaledDeviationProbe-35': [
    () => ({ deviation: ONE / 3n, move: 250_000n }),
    () => ({ deviation: ONE, move: toField(-250_000n) }),
  ],
  'SignedBitsProbe-8': [() => ({ in: 77n }), () => ({ in: toField(-77n) }), () => ({ in: 0n })],
  'OutOfTheMoneyProbe-48-35': [
    () => ({ high: 1_234_000n, low: 1_000_000n, distance: 1n << 106n, deviation: ONE / 3n }),
    () => ({ high: 1_234_000n, low: 1_000_000n, distance: 1n << 104n, deviation: ONE }),
    () => ({ high: 5_000n, low: 5_000n, distance: 0n, deviation: 0n }),
  ],
  'BlackProbe-48-35': [
    () => ({ forward: 1_000_000n, strike: 1_234_000n, deviation: ONE / 3n, isPut: 0n }),
    () => ({ forward: 1_000_000n, strike: 1_234_000n, deviation: ONE / 3n, isPut: 1n }),
    () => ({ forward: 5_000n, strike: 4_000n, deviation: ONE / 90n, isPut: 0n }),
    () => ({ forward: 5_000n, strike: 5_000n, deviation: 0n, isPut: 1n }),
  ],
  'LowerMedianProbe-5-47': [
    () => ({ used: [1n, 0n, 1n, 0n, 1n], at: [0n, 1n, 0n], values: [9n, 6n, 5n, 8n, 7n] }),
    () => ({ used: [1n, 1n, 1n, 1n, 1n], at: [0n, 0n, 1n], values: [9n, 6n, 5n, 8n, 7n] }),
  ],
  'ReportsProbe-5-2-2': [() => reportsProbeInput(threeReports()), earliestReport],
  'RiskParametersProbe-5-2-6-2-3': [() => ({ words: riskParameterWords(everyKind()).map(toField) })],
  BreakerProbe: [
    () => BREAKER,
    () => ({ ...BREAKER, index: 1_010n }),
    () => ({ ...BREAKER, oldClosedUntil: NOW + 5n, oldClosedSince: NOW - 5n }),
    () => ({ ...BREAKER, index: 1_010n, outage: 1n }),
  ],
  FundingProbe: [
    () => FUNDING,
    () => ({ ...FUNDING, mark: 900_000n }),
    () => ({ ...FUNDING, mark: 1_100_000n, fundingIndex: toField(-5n) }),
  ],
  VolatilityProbe: [
    () => VOLATILITY,
    () => ({ ...VOLATILITY, oldSampleTime: NOW - 60n }),
    () => ({ ...VOLATILITY, index: 4_900n, oldShock: 300_000n }),
    () => ({
      ...VOLATILITY,
      ...{ first: 1n, elapsed: NOW, oldSampleIndex: 0n, oldSampleTime: 0n, oldVariance: 0n, oldShock: 0n },
    }),
  ],
  MemoryProbe: [0n, 1n].map((blank) => () => ({ blank, words: MEMORY })),
  'ScenarioProbe-4': [
    () => SCENARIOS,
    () => ({ ...SCENARIOS, isPut: 1n, maxPrice: 60_000n }),
    () => ({ ...SCENARIOS, isOption: 0n, strike: 0n, extreme: [1n, 0n] }),
  ],
  SettlementPriceProbe: Object.values(SETTLEMENTS).map((settlement) => () => settlementInput(settlement)),
}
