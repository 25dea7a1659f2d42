import type { Account } from '../../protocol/account.ts'
import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { excesses, scenarioLoss, worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { type RiskTable, riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { accountAt } from '../../protocol/state.ts'
import { accountsInput } from '../state/account-input.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { type DeleverageStatement, deleverageCodec } from './statement.ts'

/** Shapes of Deleverage's inputs. */
export function deleverageShapes(shape: VenueShape): Record<string, InputShape> {
  const { markets, collaterals, accountLevels } = shape
  return {
    ...{ dataCommitment: [], dataChallenge: [], dataValue: [] },
    ...{ domain: [], timestamp: [], resumedAt: [] },
    riskWords: [riskTableLength(shape)],
    ...{ victim: [], counterparty: [], market: [], lots: [], houseFails: [] },
    accountsRoot: [],
    ...{ keyX: [3], keyY: [3], ownerCommitment: [3], viewKey: [3], status: [3], nonce: [3] },
    collateral: [3, collaterals],
    ...{ size: [3, markets], fundingIndex: [3, markets], openBuy: [3, markets], openSell: [3, markets] },
    accountChildren: [3, accountLevels, 4],
    ...{ openInterest: [markets], booksRoot: [] },
    ...{ victimScenario: [], worstLoss: [], penniless: [], scenario: [] },
  }
}

/** All inputs of Deleverage; the statement is the one that the deleveraging proves, or a forged one. */
export function deleverageInput(statement: DeleverageStatement, made: Deleveraging): CircuitInput {
  const { context, before, after, closing, houseFails } = made
  const { riskTable } = context
  const { victim, counterparty, market, lots } = closing
  const opened = [victim, counterparty, HOUSE].map((index) => accountAt(before, index)!)
  const poorer = before.accounts.set(victim, accountAt(after, victim)!)
  return {
    ...signalInputs(deleverageCodec, statement),
    ...{ domain: statement.domain, timestamp: statement.timestamp, resumedAt: context.resumedAt },
    riskWords: riskTableWords(riskTable).map(toField),
    ...{ victim: BigInt(victim), counterparty: BigInt(counterparty), market: BigInt(market), lots },
    houseFails: houseFails ? 1n : 0n,
    accountsRoot: before.accounts.root,
    ...accountsInput(opened),
    accountChildren: [
      before.accounts.path(victim).children,
      poorer.path(counterparty).children,
      before.accounts.path(HOUSE).children,
    ],
    ...{ openInterest: before.openInterest, booksRoot: before.books.root },
    victimScenario: worstScenario(accountAt(before, victim)!, riskTable),
    worstLoss: toField(worstLoss(accountAt(after, counterparty)!, riskTable)),
    ...houseHints(made),
  }
}

/** Why the house cannot pay: it has not that much cash, or misses initial margin without it, by most in that scenario. */
function houseHints({ context: { riskTable }, before, asked }: Deleveraging): CircuitInput {
  const house = accountAt(before, HOUSE)!
  const left = house.collateral[0]! - asked
  const poorer = { ...house, collateral: house.collateral.with(0, left) }
  const missed = excesses(poorer, riskTable, riskTable.initialMarginBps)
  const least = missed.reduce((worst, excess, s) => (excess < missed[worst]! ? s : worst), 0)
  return { penniless: left < 0n ? 1n : 0n, scenario: BigInt(least) }
}

/** The first of the scenarios in which the account loses most. */
function worstScenario(account: Account, table: RiskTable): bigint {
  const worst = worstLoss(account, table)
  return BigInt(table.markets[0]!.scenarioPrices.findIndex((_, s) => scenarioLoss(account, table, s) === worst))
}
