pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/slot.circom";

function MESSAGE_BITS() {
    return 1 + MARKET_BITS() + ACCOUNT_BITS() + 1 + PRICE_BITS() + SIZE_BITS() + TIME_IN_FORCE_BITS() + 1 + TIME_BITS()
        + NONCE_BITS();
}

// What a cancel of all orders has for a timeInForce: both of its bits.
function ALL() { return (1 << TIME_IN_FORCE_BITS()) - 1; }

// A message: kind | market | account | side | price | size | timeInForce | reduceOnly | expiry | nonce. A cancel
// has its sequence number where an order has its size; one of all orders has ALL for a timeInForce, and 1 for reduceOnly if it is for
// both sides. What a cancel does not use is 0.
bus Message {
    signal {binary} used;
    signal {binary} cancel; // of one order, or of all
    signal {binary} cancelAll;
    signal {binary} bothSides; // it is of all orders on both sides; sell is 0 then
    signal {maxbit} account;
    signal {binary} sell;
    signal {maxbit} price;
    signal {maxbit} size;
    signal {binary} ioc;
    signal {binary} postOnly;
    signal {binary} reduceOnly;
    signal {maxbit} expiry;
    signal {maxbit} nonce;
    signal {binary} unsigned; // a cancel with nonce 0 (protocol.md#barred)
}

// Claim: the word is 0 (an unused message slot), or a well-formed message for `market`.
template UnpackMessage() {
    signal input word;
    signal input market;
    output Message message;
    var n = MESSAGE_BITS();
    signal bits[n] <== Num2Bits(n)(word);
    component nonce = FromBits(NONCE_BITS());
    component expiry = FromBits(TIME_BITS());
    component size = FromBits(SIZE_BITS());
    component price = FromBits(PRICE_BITS());
    component account = FromBits(ACCOUNT_BITS());
    component messageMarket = FromBits(MARKET_BITS());
    var at = 0;
    for (var i = 0; i < NONCE_BITS(); i++) nonce.bits[i] <== bits[at + i];
    at += NONCE_BITS();
    for (var i = 0; i < TIME_BITS(); i++) expiry.bits[i] <== bits[at + i];
    at += TIME_BITS();
    signal {binary} reduceBit <== UncheckedBinary()(bits[at]); // discharged: a bit; so below
    signal {binary} iocBit <== UncheckedBinary()(bits[at + 1]);
    signal {binary} postOnlyBit <== UncheckedBinary()(bits[at + 2]);
    message.cancelAll <== And()(iocBit, postOnlyBit);
    message.bothSides <== And()(message.cancelAll, reduceBit);
    message.ioc <== UncheckedBinary()(iocBit - message.cancelAll); // discharged: a product of bits taken from one; so below
    message.postOnly <== UncheckedBinary()(postOnlyBit - message.cancelAll);
    message.reduceOnly <== UncheckedBinary()(reduceBit - message.bothSides);
    at += 1 + TIME_IN_FORCE_BITS();
    var beyondSequence = 0; // the bits that a size has above a sequence number
    for (var i = 0; i < SIZE_BITS(); i++) {
        size.bits[i] <== bits[at + i];
        if (i >= SEQUENCE_BITS()) beyondSequence += bits[at + i];
    }
    at += SIZE_BITS();
    for (var i = 0; i < PRICE_BITS(); i++) price.bits[i] <== bits[at + i];
    at += PRICE_BITS();
    message.sell <== UncheckedBinary()(bits[at]);
    at += 1;
    for (var i = 0; i < ACCOUNT_BITS(); i++) account.bits[i] <== bits[at + i];
    at += ACCOUNT_BITS();
    for (var i = 0; i < MARKET_BITS(); i++) messageMarket.bits[i] <== bits[at + i];
    at += MARKET_BITS();
    message.cancel <== UncheckedBinary()(bits[at]);
    message.nonce <== nonce.out;
    message.expiry <== expiry.out;
    message.size <== size.out;
    message.price <== price.out;
    message.account <== account.out;
    signal zero <== IsZero()(word);
    message.used <== 1 - zero;
    signal {binary} noNonce <== IsZero()(message.nonce);
    message.unsigned <== And()(message.cancel, noNonce);

    // for this market
    message.used * (messageMarket.out - market) === 0;
    // timeInForce is one of three, ALL being for cancels; only IOC may reduce
    message.cancelAll * (1 - message.cancel) === 0;
    message.reduceOnly * (1 - message.ioc) === 0;
    // price in [1, 2^48 - 2], but of a cancel of all orders, which names none: neither price, nor sequence number, nor a side beside
    // both. It is signed. What has a bit that is 1 is used
    signal lowest <== IsZero()(message.price);
    signal highest <== IsZero()(message.price - PRICE_MIRROR());
    (message.used - message.cancelAll) * (lowest + highest) === 0;
    message.cancelAll * (message.price + message.size + noNonce) === 0;
    message.bothSides * message.sell === 0;
    // a cancel's unused fields are 0: as a sum of non-negative terms that cannot wrap
    message.cancel * (message.ioc + message.postOnly + message.reduceOnly + message.expiry + beyondSequence) === 0;
}
