import { quoteAtMarks, soldForDebt } from '../../protocol/exit.ts'
import { max, toField } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { accountInput } from '../state/account-input.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { type ExitStatement, type ExitWitness, exitCodec } from './statement.ts'

/** Shapes of Exit's inputs. */
export function exitShapes(shape: VenueShape): Record<string, InputShape> {
  const { markets: M, collaterals: K, accountLevels } = shape
  return {
    dataCommitment: [],
    dataChallenge: [],
    dataValue: [],
    domain: [],
    riskRoot: [],
    account: [],
    priced: [],
    riskWords: [riskTableLength(shape)],
    marketsRoot: [],
    accountChildren: [accountLevels, 4],
    keyX: [],
    keyY: [],
    ownerCommitment: [],
    viewKey: [],
    status: [],
    nonce: [],
    collateral: [K],
    size: [M],
    fundingIndex: [M],
    openBuy: [M],
    openSell: [M],
    sold: [K - 1],
    covers: [K - 1],
  }
}

/** All inputs of Exit; the statement is the one that the witness proves, or a forged one. */
export function exitInput(statement: ExitStatement, witness: ExitWitness, shape: VenueShape): CircuitInput {
  const { account, children, marketsRoot, riskTable } = witness
  const { domain, riskRoot, account: index } = statement
  const words = riskTable && riskTableWords(riskTable).map(toField)
  return {
    ...signalInputs(exitCodec, statement),
    ...{ domain, riskRoot, account: index },
    priced: riskTable === undefined ? 0n : 1n,
    riskWords: words ?? new Array<bigint>(riskTableLength(shape)).fill(0n),
    marketsRoot,
    accountChildren: children,
    ...accountInput(account),
    ...debtHints(witness),
  }
}

/** What each asset pays, and whether nothing is owed after it. */
function debtHints({ account, riskTable }: ExitWitness): { sold: bigint[]; covers: bigint[] } {
  const sold = soldForDebt(account, riskTable)
  let rest = BASIS_POINTS * max(0n, -quoteAtMarks(account, riskTable))
  const covers = sold.map((lots, i) => {
    const { price, weight } = riskTable?.collaterals[i + 1] ?? { price: 0n, weight: 0n }
    rest = max(0n, rest - lots * price * weight)
    return rest === 0n ? 1n : 0n
  })
  return { sold, covers }
}
