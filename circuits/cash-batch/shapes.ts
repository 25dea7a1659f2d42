import { POSITIONS_PER_GROUP } from '../../protocol/account.ts'
import { TOP_LEVELS } from '../../protocol/parameters.ts'
import { riskTableLength } from '../../protocol/risk-table.ts'
import { bookLevels } from '../../protocol/state.ts'
import { TOP_NODES } from '../../protocol/tree.ts'
import { WINDOWS } from '../lib/fixed-base-windows.ts'
import { shapeArgument } from '../state/shape.ts'
import type { InputShape, TemplateArgument } from '../types.ts'
import type { CashSizes } from './input.ts'

/** CashBatch's arguments for a venue and a batch of those sizes. */
export function cashArguments(sizes: CashSizes): readonly TemplateArgument[] {
  return [shapeArgument(sizes), sizes.slots]
}

/** Shapes of CashBatch's inputs. */
export function cashBatchShapes(sizes: CashSizes): Record<string, InputShape> {
  const { markets: M, collaterals: K, accountLevels, window: W, slots: N } = sizes
  return {
    dataCommitment: [],
    dataChallenge: [],
    dataValue: [],
    domain: [],
    timestamp: [],
    riskRoot: [],
    riskWords: [riskTableLength(sizes)],
    kind: [N],
    account: [N],
    asset: [N],
    requested: [N],
    paid: [N],
    available: [N],
    messageNonce: [N],
    expiry: [N],
    signatureR8x: [N],
    signatureR8y: [N],
    signatureWindow: [N, WINDOWS + 1, 2],
    pointX: [N],
    pointY: [N],
    newViewKey: [N],
    cured: [N],
    expiring: [N],
    accountNodes: [TOP_NODES],
    keyX: [N],
    keyY: [N],
    ownerCommitment: [N],
    viewKey: [N],
    status: [N],
    nonce: [N],
    collateral: [N, K],
    size: [N, M],
    fundingIndex: [N, M],
    openBuy: [N, M],
    openSell: [N, M],
    accountChildren: [N, accountLevels - TOP_LEVELS, 4],
    openInterest: [M],
    booksRoot: [],
    sweeps: [],
    retires: [],
    market: [],
    bids: [W],
    asks: [W],
    nextSequence: [],
    fees: [],
    messageChain: [],
    hand: [],
    salt: [],
    bookChildren: [bookLevels(sizes), 4],
    houseKeyX: [],
    houseKeyY: [],
    houseOwnerCommitment: [],
    houseViewKey: [],
    houseStatus: [],
    houseNonce: [],
    houseCollateral: [K],
    houseGroups: [Math.ceil(M / POSITIONS_PER_GROUP)],
    houseChildren: [accountLevels - TOP_LEVELS, 4],
    worstLoss: [N],
    scenario: [N],
  }
}
