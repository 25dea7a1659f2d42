import { ZkclearError } from '../../protocol/errors.ts'
import type { ExposureBounds } from '../../protocol/exposure.ts'
import { toField } from '../../protocol/numbers.ts'
import { BITS } from '../../protocol/parameters.ts'
import { publicData } from '../../protocol/public-data.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { stateRoot } from '../../protocol/state.ts'
import { type OpenableState, type OwnerStatement, type OwnerWitness, ownerNullifier } from '../state/owned-account.ts'
import { STATE_MOVE_SIGNALS } from '../state/statement.ts'
import { requireBigints, type StatementCodec, statementCodec } from '../statement.ts'

/** The number of the list of words that an exposure publishes, as a kind of batch has one; no batch has it. */
export const EXPOSURE_KIND = 253

/** What a portfolio-exposure proof says: its owner has an account in stateRoot whose profit is within the bounds at riskRoot. */
export interface ExposureStatement extends OwnerStatement, ExposureBounds {
  /** What the owner says with the proof, such as who shall receive something; 248 bits, of which the circuit makes nothing. */
  readonly memo: bigint
}

export type ExposureWitness = OwnerWitness

const head = statementCodec<Omit<ExposureStatement, keyof ExposureBounds>>({
  domain: 248,
  stateRoot: 'field',
  riskRoot: 'field',
  context: 248,
  memo: 248,
  nullifier: 'field',
})

export const exposureCodec: Omit<StatementCodec<ExposureStatement>, 'decodeStatement'> = {
  publicSignals: STATE_MOVE_SIGNALS,
  statementFields: [...head.statementFields, 'low', 'high'],
  statementOf(fields) {
    const { low, high, ...rest } = Object(fields)
    return { ...head.statementOf(rest), ...requireBounds(low, high) }
  },
  encodeStatement(given) {
    const statement = exposureCodec.statementOf({ ...given })
    const { commitment, challenge, value } = publicData(statement.domain, EXPOSURE_KIND, exposureWords(statement))
    return [commitment, challenge, value]
  },
}

/** The words that stand for the statement; a bound below 0 is r less what it is below. */
export function exposureWords(statement: ExposureStatement): readonly bigint[] {
  const { domain, stateRoot, riskRoot, context, memo, nullifier, low, high } = statement
  return [domain, stateRoot, riskRoot, context, memo, nullifier, ...[...low, ...high].map(toField)]
}

/** What an owner chooses to say. */
export interface ExposureTerms extends ExposureBounds {
  readonly domain: bigint
  readonly context: bigint
  /** Default: 0. */
  readonly memo?: bigint
}

/**
 * The statement that an owner proves about an account of the state.
 *
 * @example
 * const witness = exposureWitness(state, 1, ownerSecret, riskTable)
 * const band = { low: new Array<bigint>(15).fill(-5_000n), high: new Array<bigint>(15).fill(5_000n) }
 * const statement = exposureStatement(state, witness, { domain, context: 42n, ...band })
 */
export function exposureStatement(
  state: OpenableState,
  witness: ExposureWitness,
  { domain, context, memo = 0n, low, high }: ExposureTerms,
): ExposureStatement {
  return {
    domain,
    stateRoot: stateRoot(state),
    riskRoot: hashRiskTable(witness.riskTable),
    context,
    memo,
    nullifier: ownerNullifier(domain, witness.ownerSecret, context),
    low,
    high,
  }
}

/** Throws STATEMENT_INVALID unless they are two lists of one length, of quanta of that width, none of `low` above its `high`. */
function requireBounds(low: unknown, high: unknown): ExposureBounds {
  const bounds = { low: requireBigints(low, 'statement.low'), high: requireBigints(high, 'statement.high') }
  const refuse = (message: string, path: string): never => {
    throw new ZkclearError('STATEMENT_INVALID', message, { path: `statement.${path}` })
  }
  if (bounds.low.length === 0) refuse('must be a list of quanta, one number for each scenario from 1 on', 'low')
  if (bounds.low.length !== bounds.high.length)
    refuse(`has ${bounds.high.length} numbers, and low ${bounds.low.length}; need as many`, 'high')
  const most = 1n << BigInt(BITS.profit)
  for (const name of ['low', 'high'] as const) {
    const wrong = bounds[name].findIndex((bound) => bound < -most || bound >= most)
    if (wrong >= 0) {
      const message = `is ${bounds[name][wrong]}; must be in [-2^${BITS.profit}, 2^${BITS.profit})`
      refuse(message, `${name}[${wrong}]`)
    }
  }
  const crossed = bounds.low.findIndex((bound, i) => bound > bounds.high[i]!)
  if (crossed >= 0)
    refuse(`is ${bounds.low[crossed]}, above its high ${bounds.high[crossed]}; no profit is between`, `low[${crossed}]`)
  return bounds
}

export { ownerWitness as exposureWitness } from '../state/owned-account.ts'
