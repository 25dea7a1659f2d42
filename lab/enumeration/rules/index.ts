import type { Enumeration } from '../enumeration.ts'
import { bundles } from './bundles.ts'
import * as cash from './cash.ts'
import { closingOnly } from './closing.ts'
import * as deleverage from './deleverage.ts'
import * as gadgets from './gadgets.ts'
import * as loading from './loading.ts'
import * as margin from './margin.ts'
import { marginOverABatch } from './margin-over-batch.ts'
import * as pricing from './pricing.ts'
import * as publicData from './public-data.ts'
import * as step from './step.ts'
import * as takeover from './takeover.ts'
import * as tree from './tree.ts'
import * as words from './words.ts'

/** Everything that is enumerated, by what it is about. */
export const ENUMERATIONS: Readonly<
  Record<
    'gadgets' | 'words' | 'tree' | 'step' | 'margin' | 'cash' | 'takeover' | 'deleverage' | 'prices',
    readonly Enumeration[]
  >
> = {
  gadgets: [
    gadgets.assertBinary,
    gadgets.assertBits,
    gadgets.isNegative,
    gadgets.isLess,
    gadgets.isSame,
    gadgets.logic,
    gadgets.divideUp,
    gadgets.mulDivUpRounding,
    gadgets.oneHot,
    gadgets.assertAtMost,
    gadgets.pick,
    gadgets.choose,
  ],
  words: [
    words.slotWords,
    words.handWords,
    words.messageWords,
    words.nextMessage,
    bundles,
    publicData.packedUpdates,
    publicData.publicData,
  ],
  tree: [tree.merkle],
  step: [
    step.windowInsertion,
    step.windowRemoval,
    step.windowQueue,
    step.bestHead,
    step.partialFills,
    step.openInterest,
    loading.loading,
    loading.cap,
    loading.priceBand,
    loading.times,
    loading.whatIsNext,
    loading.unsignedCancels,
    loading.cancelAll,
    closingOnly,
  ],
  margin: [margin.marginOfOneMarket, margin.marginOfTwoMarkets, margin.marginOfFundingAndCollateral, marginOverABatch],
  cash: [cash.cashAmounts, cash.withdrawals, cash.maintenance],
  takeover: [takeover.auctions, takeover.prices, takeover.passedPositions, takeover.passedCollateral],
  deleverage: [deleverage.asked, deleverage.closings, deleverage.scores, deleverage.houses],
  prices: [pricing.places, pricing.rootOfQuotient, pricing.signedBits, pricing.deviates],
}
