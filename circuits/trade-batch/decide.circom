pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/book.circom";
include "state/slot.circom";
include "trade-batch/load.circom";
include "trade-batch/rules.circom";

// Which rule applies to the order at work (protocol.md#rule-matching): one of the first seven is 1 if it is `working`,
// else none.
bus Decision {
    signal {binary} dropDead; // (a): the order is dropped
    signal {binary} resting; // (b): it rests if there is room for it
    signal {binary} notResting; // (b): it is dropped
    signal {binary} removeDead; // (c): the head is removed
    signal {binary} dropPostOnly; // (d): the order is dropped
    signal {binary} removeOwn; // (e): the head is removed
    signal {binary} trade; // (f): `fill` lots of the head are traded
    signal {binary} live; // not (a)
    signal {binary} outOfBand; // the price of what is worked on is, of a cancel too, and the market trades
    signal fill; // 0 without a trade
    signal headLeft; // 1: a trade leaves lots of the head
}

// Claim: `decision` is the first of the rules (a) to (f) that applies to the order at work, and `head` the best slot
// of the side that it meets; newInHand and newHand say what is in hand after the step, if that is an order or nothing was worked on.
// @assumes bestBid and bestAsk are the first slots of sorted windows (Step); prices are in [1, 2^48 - 2]
// (UnpackMessage)
template Decide() {
    input BatchRules rules;
    input Work work;
    signal input bestBid;
    signal input bestAsk;
    signal input nextSequence;
    signal input {binary} headRevoked; // the head is dead for what its account is; read only if the head crosses
    output Decision decision;
    output Slot head;
    signal output {binary} newInHand;
    output Order newHand;
    _ <== rules; // what follows reads a part of these
    _ <== work;

    // ---- (a) dead
    signal {maxbit} ownLimit <== UncheckedBits(PRICE_BITS() + 3)(rules.bidLimit + work.order.sell * (rules.askLimit - rules.bidLimit)); // discharged: one of two
    signal {maxbit} otherLimit <== UncheckedBits(PRICE_BITS() + 3)(rules.bidLimit + rules.askLimit - ownLimit); // discharged: the other one
    signal {binary} handOutOfBand <== IsOutOfBand()(work.priority, ownLimit);
    signal {binary} handExpired <== IsLess()(work.order.expiry, rules.timestamp);
    signal {binary} handDead <== Or()(handOutOfBand, handExpired);
    signal {binary} deadOrHalted <== Or()(handDead, rules.halted);
    decision.outOfBand <== And()(handOutOfBand, Not()(rules.halted));
    signal {binary} mayNotWork <== Or()(deadOrHalted, work.revoked);
    decision.dropDead <== And()(work.working, mayNotWork);
    decision.live <== UncheckedBinary()(work.working - decision.dropDead); // discharged: one of two parts; so below

    // ---- The head of the opposite side: (b) if it does not cross
    signal headWord <== Choose()(work.order.sell, bestBid, bestAsk);
    component unpackHead = UnpackSlot();
    unpackHead.word <== headWord;
    head <== unpackHead.slot;
    // it crosses iff its priority <= 2^48-1-ownPriority; EMPTY never does, since prices are in [1, 2^48-2]
    signal {maxbit} reach <== UncheckedBits(PRICE_BITS())(PRICE_MIRROR() - work.priority); // discharged: 48 bits mirrored
    signal {binary} beyond <== IsLess()(reach, head.priority);
    signal {binary} notCrossing <== And()(decision.live, beyond);
    signal {binary} crossing <== UncheckedBinary()(decision.live - notCrossing);

    // ---- (c) dead head, (d) POST_ONLY, (e) own head, (f) trade
    signal {binary} headOutOfBand <== IsOutOfBand()(head.priority, otherLimit);
    signal {binary} headExpired <== IsLess()(head.expiry, rules.timestamp);
    signal {binary} headLapsed <== Or()(headOutOfBand, headExpired);
    signal {binary} headDead <== Or()(headLapsed, headRevoked);
    decision.removeDead <== And()(crossing, headDead);
    signal {binary} meeting <== UncheckedBinary()(crossing - decision.removeDead);
    decision.dropPostOnly <== And()(meeting, work.order.postOnly);
    signal {binary} taking <== UncheckedBinary()(meeting - decision.dropPostOnly);
    signal {binary} own <== IsSame()(head.account, work.order.account);
    decision.removeOwn <== And()(taking, own);
    decision.trade <== UncheckedBinary()(taking - decision.removeOwn);

    // ---- (b) whether the remainder may rest
    signal {binary} last <== IsSame()(nextSequence, (1 << SEQUENCE_BITS()) - 1);
    signal {binary} smallOrIoc <== Or()(work.small, work.order.ioc);
    signal {binary} mayNotRest <== Or()(smallOrIoc, last);
    decision.notResting <== And()(notCrossing, mayNotRest);
    decision.resting <== UncheckedBinary()(notCrossing - decision.notResting);

    // ---- (f) the fill: min(remaining, head.size)
    signal {binary} handLess <== IsLess()(work.order.remaining, head.size);
    signal {binary} equal <== IsSame()(work.order.remaining, head.size);
    signal least <== Choose()(handLess, work.order.remaining, head.size);
    decision.fill <== decision.trade * least;
    decision.headLeft <== decision.trade * handLess; // the head keeps head.size - fill
    signal handDone <== decision.trade * (handLess + equal);

    // ---- What is in hand afterwards
    newInHand <== UncheckedBinary()(decision.trade - handDone + decision.removeDead + decision.removeOwn + work.kept); // discharged: exclusive, and handDone implies a trade
    newHand.account <== work.order.account;
    newHand.sell <== work.order.sell;
    newHand.price <== work.order.price;
    newHand.remaining <== UncheckedBits(SIZE_BITS())(work.order.remaining - decision.fill); // discharged: fill <= remaining
    newHand.ioc <== work.order.ioc;
    newHand.postOnly <== work.order.postOnly;
    newHand.reduceOnly <== work.order.reduceOnly;
    newHand.expiry <== work.order.expiry;
    newHand.cancelAll <== work.order.cancelAll;
    newHand.bothSides <== work.order.bothSides;
}

// Whether a price with that priority on its side is beyond the limit of the band there.
template IsOutOfBand() {
    signal input {maxbit} priority;
    signal input {maxbit} limit;
    signal output {binary} out;
    signal {maxbit} offset <== UncheckedBits(PRICE_BITS() + 3)(priority + BAND_OFFSET()); // discharged: 48 bits + 2^49
    out <== IsLess()(offset, limit);
}
