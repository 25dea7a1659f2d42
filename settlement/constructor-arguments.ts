import { toField } from '../protocol/numbers.ts'
import { hashRiskParameters, riskParameterWords } from '../protocol/risk/parameter-words.ts'
import type { RiskParameters } from '../protocol/risk/parameters.ts'
import type { CompleteTerms } from './terms.ts'

/** A circuit as it is deployed: the address of its verifier and how many words its proofs publish. */
export interface DeployedCircuit {
  readonly verifier: string
  readonly words: number
}

/** Those that Authority holds. */
export interface DeployedCircuits {
  /** By kind. */
  readonly batches: readonly DeployedCircuit[]
  readonly riskUpdate: DeployedCircuit
  readonly exitVerifier: string
}

/** What stands on the chain before Settlement, and what the circuits say of the state. */
export interface Places {
  readonly genesisRoot: bigint
  readonly accountLevels: number
  readonly tokens: readonly string[]
  readonly authority: string
  readonly exits: string
}

/** What Authority's constructor takes. */
export function authorityArguments(
  { periods, shortDelay, assets, coverPerHour, riskParameters, ...roles }: CompleteTerms,
  { batches, riskUpdate, exitVerifier }: DeployedCircuits,
) {
  const { governor, operator, guardian } = roles
  const { upgradeDelay, executionWindow, maxPause, windDownPeriod, closingNotice, maxDeadline } = periods
  return [
    { upgradeDelay, executionWindow, maxPause, windDownPeriod, closingNotice, shortDelay },
    { governor, operator, guardian },
    [...batches],
    riskUpdate,
    exitVerifier,
    assets.map(({ outflow }) => outflow!),
    maxDeadline,
    coverPerHour!,
    toldParameters(riskParameters),
  ] as const
}

/** Risk parameters as Authority is told of them: the root, and the words that it is the hash of. */
export function toldParameters(parameters: RiskParameters | undefined) {
  if (parameters === undefined) return { root: 0n, words: [] as bigint[] }
  return { root: hashRiskParameters(parameters), words: riskParameterWords(parameters).map(toField) }
}

/** What Settlement's constructor takes. */
export function settlementArguments(
  { assets, house, periods, fees }: CompleteTerms,
  { genesisRoot, accountLevels, tokens, authority, exits }: Places,
) {
  const { owner, key, ownerCommitment, viewCommitment } = house
  const { forcePeriod, spacing, maxDeadline, outflowMax } = periods
  return {
    genesisRoot,
    accountLevels,
    house: { owner, x: key.x, y: key.y, ownerCommitment, viewCommitment },
    assets: assets.map(({ lotScale, minDeposit }, i) => ({ token: tokens[i]!, lotScale, minDeposit })),
    outflowMax,
    queue: {
      ...{ forcePeriod, spacing, maxDeadline },
      maxPending: fees.maxPending,
      fee: fees.base,
      feeStep: fees.step,
      registrationFee: fees.registration,
    },
    authority,
    exits,
  }
}
