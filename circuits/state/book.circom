pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/message.circom";
include "state/slot.circom";

// The order, or cancel of all orders, being worked on, or the last one that was if nothing is in hand.
bus Order {
    signal {maxbit} account;
    signal {binary} sell;
    signal {maxbit} price;
    signal {maxbit} remaining;
    signal {binary} ioc;
    signal {binary} postOnly;
    signal {binary} reduceOnly;
    signal {maxbit} expiry;
    signal {binary} cancelAll; // it is no order, but a cancel of all; what it does not use is 0
    signal {binary} bothSides; // on both sides; sell is 0 then
}

function HAND_BITS() {
    return ACCOUNT_BITS() + 1 + PRICE_BITS() + SIZE_BITS() + TIME_IN_FORCE_BITS() + 1 + TIME_BITS();
}

// What is in hand as a book's word, account | side | price | remaining | timeInForce | reduceOnly | expiry, the last five as a
// message has them; inHand = 0 iff the word is 0.
template UnpackHand() {
    signal input word;
    signal output {binary} inHand;
    output Order order;
    var n = HAND_BITS();
    signal bits[n] <== Num2Bits(n)(word);
    component expiry = FromBits(TIME_BITS());
    component remaining = FromBits(SIZE_BITS());
    component price = FromBits(PRICE_BITS());
    component account = FromBits(ACCOUNT_BITS());
    var at = 0;
    for (var i = 0; i < TIME_BITS(); i++) expiry.bits[i] <== bits[at + i];
    at += TIME_BITS();
    signal {binary} reduceBit <== UncheckedBinary()(bits[at]); // discharged: a bit; so below
    signal {binary} iocBit <== UncheckedBinary()(bits[at + 1]);
    signal {binary} postOnlyBit <== UncheckedBinary()(bits[at + 2]);
    order.cancelAll <== And()(iocBit, postOnlyBit);
    order.bothSides <== And()(order.cancelAll, reduceBit);
    order.ioc <== UncheckedBinary()(iocBit - order.cancelAll); // discharged: a product of bits taken from one; so below
    order.postOnly <== UncheckedBinary()(postOnlyBit - order.cancelAll);
    order.reduceOnly <== UncheckedBinary()(reduceBit - order.bothSides);
    at += 1 + TIME_IN_FORCE_BITS();
    for (var i = 0; i < SIZE_BITS(); i++) remaining.bits[i] <== bits[at + i];
    at += SIZE_BITS();
    for (var i = 0; i < PRICE_BITS(); i++) price.bits[i] <== bits[at + i];
    at += PRICE_BITS();
    order.sell <== UncheckedBinary()(bits[at]);
    at += 1;
    for (var i = 0; i < ACCOUNT_BITS(); i++) account.bits[i] <== bits[at + i];
    order.expiry <== expiry.out;
    order.remaining <== remaining.out;
    order.price <== price.out;
    order.account <== account.out;
    signal zero <== IsZero()(word);
    inHand <== 1 - zero;
}

// Inverse of UnpackHand.
template PackHand() {
    signal input {binary} inHand;
    input Order order;
    signal output word;
    var packed = order.account;
    packed = packed * 2 + order.sell;
    packed = packed * (1 << PRICE_BITS()) + order.price;
    packed = packed * (1 << SIZE_BITS()) + order.remaining;
    packed = packed * (1 << TIME_IN_FORCE_BITS()) + IOC() * order.ioc + POST_ONLY() * order.postOnly
        + ALL() * order.cancelAll;
    packed = packed * 2 + order.reduceOnly + order.bothSides;
    packed = packed * (1 << TIME_BITS()) + order.expiry;
    word <== inHand * packed;
}

// One market's book between two steps, its order in hand unpacked. The windows stand as the step before left them: the one that it
// worked on, and the other one.
bus Book(W) {
    signal {binary} onBids; // the first window is that of the bids
    signal window[W];
    signal other[W];
    signal nextSequence;
    signal fees;
    signal {binary} inHand;
    Order hand;
}

// The digest of one market's book.
template HashBook(W) {
    signal input bids[W];
    signal input asks[W];
    signal input nextSequence;
    signal input fees;
    signal input messageChain;
    signal input hand;
    signal input salt;
    signal output digest;
    component hash = HashWords(TAG_BOOK(), 2 * W + 5);
    for (var i = 0; i < W; i++) {
        hash.words[i] <== bids[i];
        hash.words[W + i] <== asks[i];
    }
    hash.words[2 * W] <== nextSequence;
    hash.words[2 * W + 1] <== fees;
    hash.words[2 * W + 2] <== messageChain;
    hash.words[2 * W + 3] <== hand;
    hash.words[2 * W + 4] <== salt;
    digest <== hash.digest;
}
