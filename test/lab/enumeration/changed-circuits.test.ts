import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Difference, type Enumeration } from '../../../lab/enumeration/enumeration.ts'
import { cashAmounts, withdrawals } from '../../../lab/enumeration/rules/cash.ts'
import { closingOnly } from '../../../lab/enumeration/rules/closing.ts'
import { assertAtMost, divideUp, isLess, isNegative, isSame, oneHot } from '../../../lab/enumeration/rules/gadgets.ts'
import { loading, times, whatIsNext } from '../../../lab/enumeration/rules/loading.ts'
import { marginOfOneMarket } from '../../../lab/enumeration/rules/margin.ts'
import { marginOverABatch } from '../../../lab/enumeration/rules/margin-over-batch.ts'
import { packedUpdates, publicData } from '../../../lab/enumeration/rules/public-data.ts'
import { bestHead, partialFills, windowInsertion, windowRemoval } from '../../../lab/enumeration/rules/step.ts'
import { merkle } from '../../../lab/enumeration/rules/tree.ts'

/** Changes that let a dishonest prover do more, or an honest one less, and the enumeration that meets them. */
const CHANGES: readonly { what: string; found: Enumeration; file: string; from: string; to: string }[] = [
  {
    what: 'a one-hot vector whose sum is not checked',
    found: oneHot,
    file: 'lib/select.circom',
    from: 'sum === enabled;',
    to: '',
  },
  {
    what: 'a one-hot vector whose place is not checked',
    found: oneHot,
    file: 'lib/select.circom',
    from: 'place === index;',
    to: 'index === 2 * enabled;',
  },
  {
    what: 'a bound on digits that counts what is missing below, too',
    found: assertAtMost,
    file: 'lib/digits.circom',
    from: 'var missing = 0;',
    to: 'var missing = unit - digit[0];',
  },
  {
    what: 'a bound on digits that looks at the last of a run of zeros only',
    found: assertAtMost,
    file: 'lib/digits.circom',
    from: 'beyond += unit + digit[k];',
    to: 'beyond = unit + digit[k];',
  },
  {
    what: 'a quotient whose remainder may reach the divisor',
    found: divideUp,
    file: 'lib/divide.circom',
    from: '_ <== AssertBits(14)(divisor - 1 - slack);',
    to: '',
  },
  {
    what: 'a quotient rounded down',
    found: divideUp,
    file: 'lib/divide.circom',
    from: 'out * divisor - in;',
    to: 'in - out * divisor;',
  },
  {
    what: 'a comparison that calls equal numbers less',
    found: isLess,
    file: 'lib/compare.circom',
    from: '(1 << n) + a - b)',
    to: '(1 << n) + a - b - 1)',
  },
  {
    what: 'an equality test that takes numbers for the same that differ by their sign',
    found: isSame,
    file: 'lib/compare.circom',
    from: 'signal zero <== IsZero()(a - b);',
    to: 'signal square <== a * a; signal zero <== IsZero()(square - b * b);',
  },
  {
    what: 'a sign that is 0 for -2^n',
    found: isNegative,
    file: 'lib/range.circom',
    from: 'Num2Bits(n + 1)(in + (1 << n))',
    to: 'Num2Bits(n + 1)(in + (1 << n) + 1)',
  },
  {
    what: 'a slot inserted behind a better one that is missing',
    found: windowInsertion,
    file: 'trade-batch/place.circom',
    from: 'placing * (from - neighbours.previous - 1)',
    to: 'placing * 0',
  },
  {
    what: 'a slot inserted before a better one',
    found: windowInsertion,
    file: 'trade-batch/place.circom',
    from: 'placing * (neighbours.next - from - span)',
    to: 'placing * 0',
  },
  {
    what: 'a missed cancel of a slot that is there',
    found: windowRemoval,
    file: 'trade-batch/place.circom',
    from: 'UncheckedBinary()(decision.resting + missed)',
    to: 'UncheckedBinary()(decision.resting)',
  },
  {
    what: 'a cancel of a slot of somebody else',
    found: windowRemoval,
    file: 'trade-batch/place.circom',
    from: 'And()(found, victimIsActor)',
    to: 'And()(found, UncheckedBinary()(1))',
  },
  {
    what: 'a trade with another slot than the head',
    found: bestHead,
    file: 'trade-batch/place.circom',
    from: '(1 - decision.resting - work.cancel) * (1 - place[0]) === 0;',
    to: '',
  },
  {
    what: 'a victim of the choice of the prover',
    found: bestHead,
    file: 'trade-batch/settle.circom',
    from: 'hit * (victimIndex - victimAccount) === 0;',
    to: 'hit * (victimAccount - victimAccount) === 0;',
  },
  {
    what: 'an actor of the choice of the prover',
    found: bestHead,
    file: 'trade-batch/load.circom',
    from: 'active * (actorIndex - work.order.account) === 0;',
    to: '',
  },
  {
    what: 'a fill that takes no lots off the head',
    found: partialFills,
    file: 'trade-batch/place.circom',
    from: 'shift.reduction <== decision.headLeft * decision.fill;',
    to: 'shift.reduction <== decision.headLeft * 0;',
  },
  {
    what: 'an order at maxPosition refused',
    found: loading,
    file: 'trade-batch/load.circom',
    from: 'IsLess()(maxPosition, exposure)',
    to: 'Not()(IsLess()(exposure, maxPosition))',
  },
  {
    what: 'a head that opens, where only closing is allowed',
    found: closingOnly,
    file: 'trade-batch/step.circom',
    from: 'Or()(headBarred, opening.out)',
    to: 'Or()(headBarred, UncheckedBinary()(opening.out - opening.out))',
  },
  {
    what: 'a head that closes by one lot less than there is, and must not',
    found: closingOnly,
    file: 'trade-batch/closing.circom',
    from: 'IsNegative(POSITION_BITS() + 1)(-exposure)',
    to: 'IsNegative(POSITION_BITS() + 1)(-exposure - 1)',
  },
  {
    what: 'an order in hand that opens, where only closing is allowed',
    found: closingOnly,
    file: 'trade-batch/load.circom',
    from: 'Or()(carriedBarred, carriedOpening)',
    to: 'Or()(carriedBarred, UncheckedBinary()(carriedOpening - carriedOpening))',
  },
  {
    what: 'an order that opens, where only closing is allowed',
    found: closingOnly,
    file: 'trade-batch/rules.circom',
    from: 'record.maxPosition - closingOnly * record.maxPosition',
    to: 'record.maxPosition - closingOnly * 0',
  },
  {
    what: 'a nonce that need not grow',
    found: whatIsNext,
    file: 'trade-batch/load.circom',
    from: 'nonceGrows.in <== work.nonceRise - signed;',
    to: 'nonceGrows.in <== work.nonceRise;',
  },
  {
    what: 'an idle step that may skip a message',
    found: whatIsNext,
    file: 'trade-batch/load.circom',
    from: 'active * (1 - inHand) === work.load;',
    to: 'active * (1 - inHand - work.load) === 0;',
  },
  {
    what: 'a table that is stale one second early',
    found: times,
    file: 'trade-batch/rules.circom',
    from: 'IsLess()(until, timestamp)',
    to: 'Not()(IsLess()(timestamp, until))',
  },
  {
    what: 'a worst loss below the losses',
    found: marginOfOneMarket,
    file: 'state/margin.circom',
    from: 'AssertBits(LOSS_BITS() + 1)(worstLoss - portfolio.loss[s]);',
    to: 'AssertBits(LOSS_BITS() + 1)(worstLoss);',
  },
  {
    what: 'a net below 0 that pays',
    found: marginOverABatch,
    file: 'trade-batch/account.circom',
    from: 'excess.scaled <== (ordered - closes + pays) * value.portfolio.scaledNet;',
    to: 'excess.scaled <== (ordered - closes) * value.portfolio.scaledNet;',
  },
  {
    what: 'an order that is left behind',
    found: marginOverABatch,
    file: 'trade-batch/account.circom',
    from: 'closes * ordersLeft === 0;',
    to: 'signal unused <== closes * ordersLeft;',
  },
  {
    what: 'a cost that no released risk covers',
    found: marginOverABatch,
    file: 'trade-batch/account.circom',
    from: 'releases.in <== closes * (released - cost);',
    to: 'releases.in <== closes * released;',
  },
  {
    what: 'a position that changes sides',
    found: marginOverABatch,
    file: 'trade-batch/account.circom',
    from: 'closes * (newShortSize - sameSide) === 0;',
    to: '',
  },
  {
    what: 'lots that are closed at any price',
    found: marginOverABatch,
    file: 'trade-batch/account.circom',
    from: 'insideBand.in <== closes * (scaledAllowance - BASIS_POINTS() * cost);',
    to: 'insideBand.in <== closes * scaledAllowance;',
  },
  {
    what: 'a change of equity below 0 that costs nothing',
    found: marginOverABatch,
    file: 'trade-batch/account.circom',
    from: 'signal cost <== -paid * equityChange;',
    to: 'signal cost <== 0;',
  },
  {
    what: 'a leaf that may stand beside the path',
    found: merkle,
    file: 'lib/merkle.circom',
    from: 'hot[1] <== low - hot[3];',
    to: 'hot[1] <== high - hot[3];',
  },
  {
    what: 'a sum that its first word is missing from',
    found: publicData,
    file: 'lib/public-data.circom',
    from: 'rest[i] <== rest[i + 1] * challenge + words[i];',
    to: 'rest[i] <== rest[i + 1] * challenge + (i > 0 ? words[i] : 0);',
  },
  {
    what: 'a commitment to all words but the first',
    found: publicData,
    file: 'lib/public-data.circom',
    from: 'HashWords(TAG_DATA(), n)(words);',
    to: 'HashWords(TAG_DATA(), n)([words[1], words[1], words[2]]);',
  },
  {
    what: 'packed cash that may reach into the nonce',
    found: packedUpdates,
    file: 'state/update.circom',
    from: '(1 << (COLLATERAL_BITS() + 1)) + cash',
    to: '(1 << COLLATERAL_BITS()) + cash',
  },
  {
    what: 'a packed position without its sign',
    found: packedUpdates,
    file: 'state/update.circom',
    from: 'position.size + (1 << POSITION_BITS());',
    to: 'position.size;',
  },
  {
    what: 'a payment that leaves less than nothing',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: 'pays * negative === 0;',
    to: '',
  },
  {
    what: 'a payment of a flagged account',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: 'pays * flagged === 0;',
    to: '',
  },
  {
    what: 'a payment under prices that are not current',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: 'signal asks <== (is.forced + is.signed) * priced;',
    to: 'signal asks <== is.signed * priced;',
  },
  {
    what: 'a debtor whose positions are flat and who needs no prices',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: '1 - flat * (1 - indebted)',
    to: '1 - flat',
  },
  {
    what: 'a payment below initial margin',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: 'margined * table.initialMarginBps',
    to: '0 * margined',
  },
  {
    what: 'a request cut short where one lot less would leave exactly initial margin',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: 'refused * (risk + lot - value.portfolio.scaledNet - 1)',
    to: 'refused * (risk + lot - value.portfolio.scaledNet)',
  },
  {
    what: 'a flat account whose request is turned down',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: 'refused * (1 - priced) === 0;',
    to: '',
  },
  {
    what: 'a request cut short where the vault is not empty',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: '(requested - paid) * (available - paid)',
    to: '(requested - paid) * (available - paid - 1)',
  },
  {
    what: 'open lots of a suspended account that still count',
    found: withdrawals,
    file: 'cash-batch/withdrawal.circom',
    from: '(1 - suspended) * open;',
    to: 'open;',
  },
  {
    what: 'a payment of more than was asked for',
    found: cashAmounts,
    file: 'cash-batch/amounts.circom',
    from: '_ <== AssertBits(bits)(requested - paid);',
    to: '',
  },
  {
    what: 'a payment of more than the vault has',
    found: cashAmounts,
    file: 'cash-batch/amounts.circom',
    from: 'is.draws * (available - paid)',
    to: 'is.forced * (available - paid)',
  },
  {
    what: 'an amount available where nothing is drawn',
    found: cashAmounts,
    file: 'cash-batch/amounts.circom',
    from: '(1 - is.draws) * available === 0;',
    to: '',
  },
  {
    what: 'a signed payment of less than was signed',
    found: cashAmounts,
    file: 'cash-batch/amounts.circom',
    from: 'is.signed * (requested - paid) === 0;',
    to: '',
  },
]

suite('all inputs at tiny widths, against circuits with one change', () => {
  for (const { what, found, ...edit } of CHANGES) {
    test(`${found.name} finds ${what}`, async () => {
      await assert.rejects(found.run({ scale: 'default', edits: [edit] }), Difference)
    })
  }
})
