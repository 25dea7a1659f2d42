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

// A message: kind | market | account | side | price | size | timeInForce | reduceOnly | expiry | nonce. A cancel
// has its sequence number where an order has its size; what it does not use is 0.
bus Message {
    signal {binary} used;
    signal {binary} cancel;
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
    message.reduceOnly <== UncheckedBinary()(bits[at]); // discharged: a bit; so below
    message.ioc <== UncheckedBinary()(bits[at + 1]);
    message.postOnly <== UncheckedBinary()(bits[at + 2]);
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
    // timeInForce is one of three; only IOC may reduce
    message.ioc * message.postOnly === 0;
    message.reduceOnly * (1 - message.ioc) === 0;
    // price in [1, 2^48 - 2]
    signal lowest <== IsZero()(message.price);
    signal highest <== IsZero()(message.price - PRICE_MIRROR());
    message.used * (lowest + highest) === 0;
    // a cancel's unused fields are 0: as a sum of non-negative terms that cannot wrap
    message.cancel * (message.ioc + message.postOnly + message.reduceOnly + message.expiry + beyondSequence) === 0;
}
