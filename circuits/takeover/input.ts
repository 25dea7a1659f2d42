import type { Account } from '../../protocol/account.ts'
import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import { isScalar } from '../../protocol/crypto/eddsa.ts'
import { scenarioLoss, worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { accountAt } from '../../protocol/state.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { WINDOWS, windowsOf } from '../lib/fixed-base-windows.ts'
import { accountsInput, unusedAccount, unusedPath } from '../state/account-input.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { type TakeoverStatement, takeoverCodec } from './statement.ts'

/** Shapes of Takeover's inputs. */
export function takeoverShapes(shape: VenueShape): Record<string, InputShape> {
  const { markets, collaterals, accountLevels } = shape
  return {
    ...{ dataCommitment: [], dataChallenge: [], dataValue: [] },
    ...{ domain: [], timestamp: [], resumedAt: [] },
    riskWords: [riskTableLength(shape)],
    ...{ victim: [], bidder: [], price: [], bidNonce: [], expiry: [] },
    ...{ signatureR8x: [], signatureR8y: [], signatureWindow: [WINDOWS + 1, 2] },
    accountsRoot: [],
    ...{ keyX: [3], keyY: [3], ownerCommitment: [3], viewKey: [3], status: [3], nonce: [3] },
    collateral: [3, collaterals],
    ...{ size: [3, markets], fundingIndex: [3, markets], openBuy: [3, markets], openSell: [3, markets] },
    accountChildren: [3, accountLevels, 4],
    ...{ openInterest: [markets], booksRoot: [] },
    ...{ scenario: [], worstLoss: [2] },
  }
}

/** All inputs of Takeover; the statement is the one that the takeover proves, or a forged one. */
export function takeoverInput(statement: TakeoverStatement, takeover: Takeover, shape: VenueShape): CircuitInput {
  const { context, before, after, bid, subsidy } = takeover
  const { riskTable } = context
  const { victim, bidder, price, nonce, expiry } = bid.bid
  const { R8x, R8y, S } = bid.signature
  const poorer = before.accounts.set(victim, accountAt(after, victim)!)
  const richer = poorer.set(bidder, accountAt(after, bidder)!)
  const pays = subsidy > 0n
  const house = pays ? accountAt(before, HOUSE)! : unusedAccount(shape)
  const houseAfter = pays ? accountAt(after, HOUSE)! : house
  return {
    ...signalInputs(takeoverCodec, statement),
    ...{ domain: statement.domain, timestamp: statement.timestamp, resumedAt: context.resumedAt },
    riskWords: riskTableWords(riskTable).map(toField),
    ...{ victim: BigInt(victim), bidder: BigInt(bidder), price: toField(price), bidNonce: nonce, expiry },
    // Windows of any scalar do for a signature that does not hold.
    ...{ signatureR8x: R8x, signatureR8y: R8y, signatureWindow: windowsOf(isScalar(S) ? S : 1n) },
    accountsRoot: before.accounts.root,
    ...accountsInput([accountAt(before, victim)!, accountAt(before, bidder)!, house]),
    accountChildren: [
      before.accounts.path(victim).children,
      poorer.path(bidder).children,
      pays ? richer.path(HOUSE).children : unusedPath(shape),
    ],
    ...{ openInterest: before.openInterest, booksRoot: before.books.root },
    scenario: BigInt(worstScenario(accountAt(before, victim)!, takeover)),
    worstLoss: [accountAt(after, bidder)!, houseAfter].map((account) => toField(worstLoss(account, riskTable))),
  }
}

/** The scenario in which the account loses most. */
function worstScenario(account: Account, { context: { riskTable } }: Takeover): number {
  const losses = riskTable.markets[0]!.scenarioPrices.map((_, s) => scenarioLoss(account, riskTable, s))
  return losses.reduce((worst, loss, s) => (loss > losses[worst]! ? s : worst), 0)
}
