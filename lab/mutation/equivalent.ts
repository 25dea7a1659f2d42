import type { Argument } from './argument.ts'
import { ARITHMETIC_ARGUMENTS } from './equivalent-arithmetic.ts'
import { RISK_UPDATE_ARGUMENTS } from './equivalent-risk-update.ts'
import type { Mutant } from './mutants.ts'

const load = { file: 'trade-batch/load.circom', template: 'Load' } as const
const place = { file: 'trade-batch/place.circom', template: 'Place' } as const
const margin = { file: 'trade-batch/account.circom', template: 'CheckMargin' } as const
const message = { file: 'state/message.circom', template: 'UnpackMessage' } as const
const pay = { file: 'exit/exit.circom', template: 'PayWithAsset' } as const
const amounts = { file: 'cash-batch/amounts.circom', template: 'CashAmounts' } as const
const cashMessage = { file: 'cash-batch/operation.circom', template: 'CheckCashMessage' } as const
const accountMargin = { file: 'cash-batch/margin.circom', template: 'CheckAccountMargin' } as const
const closeLots = { file: 'deleverage/close.circom', template: 'CloseLots' } as const
const deleverage = { file: 'deleverage/deleverage.circom', template: 'Deleverage' } as const
const bankrupt = { file: 'deleverage/deficit.circom', template: 'Bankrupt' } as const
const openAuction = { file: 'takeover/auction.circom', template: 'OpenAuction' } as const
const assertPrice = { file: 'takeover/auction.circom', template: 'AssertPrice' } as const
const assertBid = { file: 'takeover/bid.circom', template: 'AssertBid' } as const
const pass = { file: 'takeover/pass.circom', template: 'PassPortfolio' } as const
const takeover = { file: 'takeover/takeover.circom', template: 'Takeover' } as const
const ABOVE = 'abovePrevious.in <== placing * (from - neighbours.previous - 1);'
const BELOW = 'belowNext.in <== placing * (neighbours.next - from - span);'
const DIFFERENCE =
  'a difference of two numbers of the width is either below it or negative, and a negative one has 254 bits in the field'
const APART =
  'two orders differ in the key, and a key with zeros below it is no order (its size would be 0): words are never that close'
const FITS = 'what is not negative has that width without the check, and a negative number has 254 bits in the field'

const REST = 'by its widths, what is left of a debt is below 2^158 in absolute value'

/** Reviewed by hand; a test holds that each is about an instruction that there is. */
export const ARGUMENTS: readonly Argument[] = [
  ...ARITHMETIC_ARGUMENTS,
  ...RISK_UPDATE_ARGUMENTS,
  {
    ...load,
    instruction: 'work.load <== next.picked.used * (1 - inHand);',
    operator: 'unconstrain',
    reason:
      "active * (1 - inHand) === work.load makes it 0 or 1 still. 1 without a message would need a nonce above the actor's where there is none (nonceGrows); 0 with one idles this step and so all later ones, and `loaded[steps] === used` fails",
  },
  { ...load, instruction: 'nonceGrows.in <== work.nonceRise - signed;', operator: 'widen', reason: DIFFERENCE },
  {
    file: 'trade-batch/load.circom',
    template: 'CheckLoad',
    instruction: 'signal opens <== opening * (message.size - closable);',
    operator: 'alter',
    detail: '1 * (message.size - closable)',
    reason:
      'where opening is 0, nothing is taking, so that nothing is crowded, whatever is beyond; and with a size below 2^48 and less than 2^56 closable lots, what is reached is still in the range that IsLess tells apart',
  },
  { ...place, instruction: ABOVE, operator: 'widen', reason: DIFFERENCE },
  { ...place, instruction: BELOW, operator: 'widen', reason: DIFFERENCE },
  {
    file: 'trade-batch/trade-batch.circom',
    template: 'TradeBatch',
    instruction: 'ascending[t].in <== enabled[t] * (index[t] - index[t - 1] - 1);',
    operator: 'widen',
    reason: `both are paths of 2 * levels bits wherever the slot is enabled, and ${DIFFERENCE}`,
  },
  {
    file: 'trade-batch/load.circom',
    template: 'NextMessage',
    instruction: 'signal bits[9] <== Num2Bits(9)(flags.out);',
    operator: 'widen',
    reason: 'the pointer is one-hot, so the number is that of one message, nine bits, or 0: a tenth bit is 0',
  },
  ...[
    'placing * (from - neighbours.previous + 1)',
    'placing * (from - neighbours.previous - 2)',
    'placing * (from - neighbours.previous - 0)',
  ].map((detail): Argument => ({ ...place, instruction: ABOVE, operator: 'alter', detail, reason: APART })),
  {
    ...place,
    instruction: ABOVE,
    operator: 'alter',
    detail: '1 * (from - neighbours.previous - 1)',
    reason:
      'asks more, and what always holds: a step that places nothing stands at place 0, which has no previous slot, or at the slot that it cancels, whose previous is below its key',
  },
  {
    ...place,
    instruction: BELOW,
    operator: 'alter',
    detail: 'placing * (neighbours.next - from - 0)',
    reason:
      'a miss says that the slot at the place, which is `next`, has another key, so `next` is not within 2^112 of that key; for an order that rests no two words are equal',
  },
  {
    ...place,
    instruction: 'work.takesOut * (1 - victimIsActor + lastEmpty + place[W]) === 0;',
    operator: 'alter',
    detail: 'work.takesOut * (1 - victimIsActor + 0+ place[W])',
    reason:
      'an unused place spells account 2^24 - 1, and no profile has a tree in which whoever acts can have that index: its path has two bits a level, and no more than 10 levels',
  },
  {
    file: 'trade-batch/settle.circom',
    template: 'Settle',
    instruction: 'newTouched.orders[t] <== touched.orders[t] + actor[t] * takesEffect;',
    operator: 'alter',
    detail: 'touched.orders[t] - actor[t] * takesEffect',
    reason: 'only whether the count is 0 is read, and it begins at 0: counted down, it is 0 for the same accounts',
  },
  {
    ...margin,
    instruction: 'releases.in <== closes * (released - cost);',
    operator: 'widen',
    reason: `worstLoss is no less than lossAfter, and by its widths the rest of the sum is below 2^RISK_BITS: ${FITS}`,
  },
  {
    ...margin,
    instruction: 'insideBand.in <== closes * (scaledAllowance - BASIS_POINTS() * cost);',
    operator: 'widen',
    reason: `an account on the side where it was has closed no more lots than it had, and what those may cost is below 2^CLOSING_COST_BITS at any published table: ${FITS}`,
  },
  {
    file: 'trade-batch/closing.circom',
    template: 'MayOpen',
    instruction: 'signal {binary} exceeds <== IsNegative(POSITION_BITS() + 1)(-exposure);',
    operator: 'widen',
    reason: 'by its widths, |exposure| is below 2^57: its sign is the same in one bit more',
  },
  {
    ...message,
    instruction: '(message.used - message.cancelAll) * (lowest + highest) === 0;',
    operator: 'alter',
    detail: '(message.used - message.cancelAll) * (lowest - highest)',
    reason: 'a price is not both 0 and 2^48 - 1, so the two never cancel out',
  },
  {
    ...message,
    instruction:
      'message.cancel * (message.ioc + message.postOnly + message.reduceOnly + message.expiry + beyondSequence) === 0;',
    operator: 'alter',
    detail: 'message.cancel * (message.ioc + message.postOnly + 0+ message.expiry + beyondSequence)',
    reason: 'reduceOnly needs ioc two lines above, and ioc is still in the sum',
  },
  {
    ...pay,
    instruction: '_ <== AssertBits(COLLATERAL_BITS())(sold);',
    operator: 'widen',
    reason: 'the line below it says that sold is at most the lots, which have that width',
  },
  {
    ...pay,
    instruction: '_ <== AssertBits(COLLATERAL_BITS())(lots - sold);',
    operator: 'widen',
    reason: `both have that width, and ${DIFFERENCE}`,
  },
  {
    ...pay,
    instruction: '_ <== AssertBits(REST_BITS())(sign - 1 + covered);',
    operator: 'widen',
    reason: `${REST}: one that is not negative has that width, and a negative one has 254 bits in the field`,
  },
  {
    ...pay,
    instruction: '_ <== AssertBits(REST_BITS())(slack);',
    operator: 'widen',
    reason: `${REST}, and a unit is below 2^78: a sum that is not negative has that width, and a negative one has 254 bits in the field`,
  },
  {
    ...pay,
    instruction: 'signal sign <== (1 - 2 * covered) * rest;',
    operator: 'alter',
    detail: '(1 - 3 * covered) * rest',
    reason:
      'where covered is 1 it doubles a number of which the sign is asked; that is below 2^78, a unit, if some lots are sold, and else 0, so that it fits',
  },
  {
    ...amounts,
    instruction: '_ <== AssertBits(bits)(paid);',
    operator: 'widen',
    reason: 'two lines below, paid is at most what was requested, which has that width',
  },
  ...['requested - paid', 'is.draws * (available - paid)'].map(
    (difference): Argument => ({
      ...amounts,
      instruction: `_ <== AssertBits(bits)(${difference});`,
      operator: 'widen',
      reason: `both have that width, and ${DIFFERENCE}`,
    }),
  ),
  {
    ...cashMessage,
    instruction: '_ <== AssertBits(NONCE_BITS())(signed * (nonce - oldNonce - 1));',
    operator: 'widen',
    reason: `both have that width, and ${DIFFERENCE}`,
  },
  {
    ...cashMessage,
    instruction: '_ <== AssertBits(TIME_BITS())(signed * (expiry - time));',
    operator: 'widen',
    reason: `both have that width, and ${DIFFERENCE}`,
  },
  ...[
    '(is.forced - is.signed + decides) * priced + is.flag',
    '(is.forced + is.signed - decides) * priced + is.flag',
    '(is.forced + is.signed + decides) * priced - is.flag',
  ].map(
    (detail): Argument => ({
      ...accountMargin,
      instruction: 'signal asks <== (is.forced + is.signed + decides) * priced + is.flag;',
      operator: 'alter',
      detail,
      reason: 'kinds exclude each other, of which decides has two, and only whether it is 0 is read',
    }),
  ),
  {
    ...accountMargin,
    instruction: 'signal margined <== (pays + cured) * priced;',
    operator: 'alter',
    detail: '(pays + cured) * 1',
    reason:
      'asks more, and what an account that needs no prices can always show: it has no losses and owes nothing, and before the first table the prover fills in zeros',
  },
  {
    ...accountMargin,
    instruction: 'signal spare <== is.forced * (1 - exhausted);',
    operator: 'alter',
    detail: '1 * (1 - exhausted)',
    reason: 'of any other kind all that was requested is paid, or nothing is available or paid, so that exhausted is 1',
  },
  {
    ...accountMargin,
    instruction: 'misses.in <== refused * (risk + forgone - value.portfolio.scaledNet - 1);',
    operator: 'widen',
    reason:
      'by its widths the sum is below 2^EXCESS_BITS in absolute value: one that is not negative has that width, and a negative one has 254 bits in the field',
  },
  {
    file: 'cash-batch/expire.circom',
    template: 'Expire',
    instruction: 'signal {binary} short <== IsNegative(POSITION_BITS())(old.picked.size);',
    operator: 'widen',
    reason: 'sizes of the state have that width, and 0 too: their signs are the same in one bit more',
  },
  {
    ...closeLots,
    instruction: '_ <== AssertBits(POSITION_BITS())(lots - 1);',
    operator: 'widen',
    reason: `below, lots are at most what the victim holds, which has that width, and ${DIFFERENCE}`,
  },
  ...['held - lots', 'stake - lots'].map(
    (difference): Argument => ({
      ...closeLots,
      instruction: `_ <== AssertBits(POSITION_BITS())(${difference});`,
      operator: 'widen',
      reason: `both have that width, and ${DIFFERENCE}`,
    }),
  ),
  {
    ...bankrupt,
    instruction: 'signal owed <== AssertBits(DEFICIT_BITS())(-value.fair - 1);',
    operator: 'widen',
    reason: `by its widths, an account owes less than 2^DEFICIT_BITS: ${FITS}`,
  },
  {
    ...bankrupt,
    instruction: 'short[m] <== IsNegative(POSITION_BITS())(position[m].size);',
    operator: 'widen',
    reason: 'sizes of the state have that width: their signs are the same in one bit more',
  },
  {
    file: 'deleverage/house.circom',
    template: 'HouseFails',
    instruction: '_ <== AssertBits(EXCESS_BITS())(fails * (lacking - 1));',
    operator: 'widen',
    reason: `by its widths, what is lacking is below 2^EXCESS_BITS in absolute value: ${FITS}`,
  },
  {
    ...deleverage,
    instruction: 'signal {maxbit} time <== AssertBits(TIME_BITS())(timestamp);',
    operator: 'widen',
    reason:
      'below, time is at most asOf + maxAge, and whoever takes the proof compares it with a clock that has the width',
  },
  ...['time - risk.table.asOf', 'risk.table.asOf + risk.table.maxAge - time'].map(
    (difference): Argument => ({
      ...deleverage,
      instruction: `_ <== AssertBits(TIME_BITS())(${difference});`,
      operator: 'widen',
      reason: 'the other of the two is not negative either, and their sum is maxAge, which has fewer bits',
    }),
  ),
  {
    ...deleverage,
    instruction: 'auction.resumedAt <== AssertBits(TIME_BITS())(resumedAt);',
    operator: 'widen',
    reason: 'one of 2^TIME_BITS or more opens the auction after every time',
  },
  ...[
    { instruction: 'signal {binary} always <== One()();', operator: 'unconstrain' as const },
    { instruction: 'signal {binary} hot[M] <== OneHot(M)(market, always);', operator: 'unwire' as const },
  ].map(
    (of): Argument => ({
      ...deleverage,
      ...of,
      reason: 'where no market is hot, nobody holds a lot, and CloseLots refuses to close one',
    }),
  ),
  ...['elapsed', 'auction - elapsed'].map(
    (difference): Argument => ({
      ...openAuction,
      instruction: `_ <== AssertBits(LIQUIDATION_BITS())(${difference});`,
      operator: 'widen',
      reason: 'the other of the two is not negative either, and their sum is auction, which has that width',
    }),
  ),
  ...[
    '_ <== AssertBits(EXCESS_BITS())(BASIS_POINTS() * risk - portfolio.scaledNet - 1);',
    '_ <== AssertBits(EXCESS_BITS())(scaledFair - BASIS_POINTS() * price);',
    '_ <== AssertBits(EXCESS_BITS())(debt);',
    '_ <== AssertBits(EXCESS_BITS() + 35)(above + allowed);',
  ].map(
    (instruction): Argument => ({
      ...assertPrice,
      instruction,
      operator: 'widen',
      reason: `by its widths, the number is below 2 to as many bits in absolute value: ${FITS}`,
    }),
  ),
  {
    ...assertPrice,
    instruction: 'signal debt <== negative * (-scaledFair - 1);',
    operator: 'alter',
    detail: 'negative * (-scaledFair - 2)',
    reason: 'scaledFair is 10^4 times what the account is worth in whole quanta: it is not -1',
  },
  {
    ...assertBid,
    instruction: 'offset <== AssertBits(COLLATERAL_BITS() + 1)(price + (1 << COLLATERAL_BITS()));',
    operator: 'widen',
    reason: 'the sign of the price, which Takeover takes, says that it is in [-2^80, 2^80)',
  },
  ...['nonce - oldNonce - 1', 'expiry - time'].map((difference): Argument => {
    const bits = difference.startsWith('nonce') ? 'NONCE_BITS' : 'TIME_BITS'
    return {
      ...assertBid,
      instruction: `_ <== AssertBits(${bits}())(${difference});`,
      operator: 'widen',
      reason: `both have that width, and ${DIFFERENCE}`,
    }
  }),
  ...[
    'short[m] <== IsNegative(POSITION_BITS())(taken[m].size);',
    'wasShort[m] <== IsNegative(POSITION_BITS())(bidder.position[m].size);',
  ].map(
    (instruction): Argument => ({
      ...pass,
      instruction,
      operator: 'widen',
      reason: 'sizes of the state have that width: their signs are the same in one bit more',
    }),
  ),
  {
    ...pass,
    instruction: 'isShort[m] <== IsNegative(POSITION_BITS() + 1)(size);',
    operator: 'widen',
    reason: 'the sum of two sizes of the state has that width: its sign is the same in one bit more',
  },
  {
    ...pass,
    instruction: '_ <== AssertBits(POSITION_BITS() + 2)(room[m]);',
    operator: 'widen',
    reason: `by its widths, room is below 2^(POSITION_BITS + 2) in absolute value: ${FITS}`,
  },
  {
    ...takeover,
    instruction: 'signal {binary} helped <== IsNegative(COLLATERAL_BITS())(price);',
    operator: 'widen',
    reason: 'the bid spells price + 2^80 in 81 bits, so it is in [-2^80, 2^80): its sign is the same in one bit more',
  },
  {
    ...takeover,
    instruction: 'signal {maxbit} time <== AssertBits(TIME_BITS())(timestamp);',
    operator: 'widen',
    reason: 'the bid expires no earlier, and its expiry has that width',
  },
  ...['time - risk.table.asOf', 'risk.table.asOf + risk.table.maxAge - time'].map(
    (difference): Argument => ({
      ...takeover,
      instruction: `_ <== AssertBits(TIME_BITS())(${difference});`,
      operator: 'widen',
      reason: 'the other of the two is not negative either, and their sum is maxAge, which has fewer bits',
    }),
  ),
  {
    ...takeover,
    instruction: 'auction.resumedAt <== AssertBits(TIME_BITS())(resumedAt);',
    operator: 'widen',
    reason: 'one of 2^TIME_BITS or more opens the auction after every time',
  },
  {
    ...takeover,
    instruction: '_ <== AssertBits(COLLATERAL_BITS())(helped * houseCollateral[0]);',
    operator: 'widen',
    reason: `cash of a state is below 2^COLLATERAL_BITS, and the house pays of it: ${FITS}`,
  },
  {
    ...takeover,
    instruction: 'signal {binary} ownVictim <== IsSame()(victim, bidder);',
    operator: 'unconstrain',
    reason:
      'a victim is flagged, and stays so in the tree in which the bidder is opened, who must not be: status[BIDDER()] === 0',
  },
  {
    ...takeover,
    instruction: 'ownVictim + houseVictim + houseBidder === 0;',
    operator: 'alter',
    detail: '0+ houseVictim + houseBidder',
    reason:
      'a victim is flagged, and stays so in the tree in which the bidder is opened, who must not be: status[BIDDER()] === 0',
  },
  ...['ownVictim - houseVictim + houseBidder', 'ownVictim + houseVictim - houseBidder'].map(
    (detail): Argument => ({
      ...takeover,
      instruction: 'ownVictim + houseVictim + houseBidder === 0;',
      operator: 'alter',
      detail,
      reason: 'where two of them are 1, all three are, so that they never cancel out',
    }),
  ),
  {
    file: 'exit/exit.circom',
    template: 'Exit',
    instruction: 'signal {binary} owes <== IsNegative(QUOTE_BITS())(quote);',
    operator: 'widen',
    reason: 'by its widths, |quote| is below 2^127: its sign is the same in one bit more',
  },
  {
    file: 'exit/exit.circom',
    template: 'Exit',
    instruction: 'debt[0] <== owes * (- BASIS_POINTS() * quote);',
    operator: 'alter',
    detail: '1 * (- BASIS_POINTS() * quote)',
    reason:
      'of an account that owes nothing the debt is then below 0, and has the witnesses of 0: none of an asset is sold, and nothing is left',
  },
]

/** The argument for a mutant, if there is one. */
export function argumentFor({ operator, instruction, detail }: Mutant): Argument | undefined {
  return ARGUMENTS.find(
    (argument) =>
      argument.file === instruction.file &&
      argument.template === instruction.template &&
      argument.instruction === instruction.text &&
      argument.operator === operator &&
      (argument.detail === undefined || detail.endsWith(` in ${argument.detail}`)),
  )
}
