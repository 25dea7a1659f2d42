import type { Provider } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import { max } from '../protocol/numbers.ts'
import { checkRiskParameters, doubtfulRiskParameters, MIN_REST } from '../protocol/risk/check-parameters.ts'
import type { VenueShape } from '../protocol/shape.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'
import { toldParameters } from './risk/told-parameters.ts'
import { DEFAULT_PERIODS, type VenueTerms } from './terms.ts'
import type { VenueNow } from './venue-now.ts'

/** Seconds from the end of a pause until the guardian may pause again, if it was not ended early: as `pause` of Operation.sol has them. */
function restOf(maxPause: bigint): bigint {
  return max(2n * maxPause, MIN_REST)
}

/** What is allowed of a venue's terms, and hardly meant, one sentence each. */
export function doubtfulTerms({ periods, riskParameters }: Pick<VenueTerms, 'periods' | 'riskParameters'>): string[] {
  const { maxPause = DEFAULT_PERIODS.maxPause } = periods ?? {}
  return riskParameters === undefined ? [] : doubtfulRiskParameters(riskParameters, { rest: restOf(maxPause) })
}

export interface DoubtsOptions {
  readonly provider: Provider
  readonly authority: string
  /** Of its deployment. */
  readonly fromBlock: number
  readonly shape: VenueShape
}

/** The same of the risk parameters that are in force on chain, and of those that are proposed; also that nobody told them, or that they break a bound. */
export async function doubtsNow({ parametersRoot, pending }: VenueNow, chain: DoubtsOptions): Promise<string[]> {
  const rest = restOf(await maxPauseOf(chain))
  const proposed = pending.filter(({ item }) => item === 'PARAMETERS').map(rootOf)
  const roots = [[parametersRoot, ''] as const, ...proposed.map((root) => [root, 'proposed: '] as const)]
  const doubts: string[] = []
  for (const [root, prefix] of roots) {
    if (root === 0n) continue
    doubts.push(...(await doubtsOf(root)).map((doubt) => `${prefix}${doubt}`))
  }
  return doubts

  async function doubtsOf(root: bigint): Promise<string[]> {
    try {
      const parameters = await toldParameters({ ...chain, parametersRoot: root })
      checkRiskParameters(parameters, chain.shape)
      return doubtfulRiskParameters(parameters, { rest })
    } catch (error) {
      const isUntold = error instanceof ZkclearError && error.details.reason === 'PARAMETERS'
      if (isUntold)
        return [`parameters: nobody told those whose root is ${root}, so that no table can follow from them`]
      const isInvalid = error instanceof ZkclearError && error.code === 'RISK_PARAMETERS_INVALID'
      if (isInvalid) return [`${error.message}; no table can follow from them`]
      throw error
    }
  }
}

async function maxPauseOf({ provider, authority }: DoubtsOptions): Promise<bigint> {
  const { Contract } = await import('ethers')
  try {
    return await new Contract(authority, [...ABIS.Authority], provider).getFunction('maxPause').staticCall()
  } catch (cause) {
    throw chainError(cause, `the terms of ${authority} cannot be read`)
  }
}

function rootOf({ target, number }: VenueNow['pending'][number]): bigint {
  return (BigInt(target) << 96n) | number
}
