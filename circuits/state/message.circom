pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/slot.circom";

function MESSAGE_BITS() {
    return 1 + MARKET_BITS() + ACCOUNT_BITS() + 1 + PRICE_BITS() + SIZE_BITS() + TIME_IN_FORCE_BITS() + 1 + TIME_BITS()
        + NONCE_BITS();
}

// A message: kind | market | account | side | price | size | timeInForce | reduceOnly | expiry | nonce. A cancel's
// sequence number stands in the place of the size; what it does not use is 0.
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
}

// Claim: the word is 0 (an unused message slot), or a well-formed message for `market`.
template UnpackMessage() {
    signal input word;
    signal input market;
    output Message message;
    var n = MESSAGE_BITS();
    signal bits[n] <== Num2Bits(n)(word);
    var at = 0;
    message.nonce <== BitsAt(n, at, NONCE_BITS())(bits);
    at += NONCE_BITS();
    message.expiry <== BitsAt(n, at, TIME_BITS())(bits);
    at += TIME_BITS();
    message.reduceOnly <== UncheckedBinary()(bits[at]); // discharged: a bit; so below
    message.ioc <== UncheckedBinary()(bits[at + 1]);
    message.postOnly <== UncheckedBinary()(bits[at + 2]);
    at += 1 + TIME_IN_FORCE_BITS();
    message.size <== BitsAt(n, at, SIZE_BITS())(bits);
    signal {maxbit} beyondSequence <== BitsAt(n, at + SEQUENCE_BITS(), SIZE_BITS() - SEQUENCE_BITS())(bits);
    at += SIZE_BITS();
    message.price <== BitsAt(n, at, PRICE_BITS())(bits);
    at += PRICE_BITS();
    message.sell <== UncheckedBinary()(bits[at]);
    message.account <== BitsAt(n, at + 1, ACCOUNT_BITS())(bits);
    at += 1 + ACCOUNT_BITS();
    signal {maxbit} messageMarket <== BitsAt(n, at, MARKET_BITS())(bits);
    at += MARKET_BITS();
    message.cancel <== UncheckedBinary()(bits[at]);
    signal zero <== IsZero()(word);
    message.used <== 1 - zero;

    // for this market
    message.used * (messageMarket - market) === 0;
    // timeInForce is one of three; only IOC may reduce
    message.ioc * message.postOnly === 0;
    message.reduceOnly * (1 - message.ioc) === 0;
    // price in [1, 2^48 - 2]
    signal lowest <== IsZero()(message.price);
    signal highest <== IsZero()(message.price - PRICE_MIRROR());
    message.used * (lowest + highest) === 0;
    // a cancel's unused fields are 0: as a sum of non-negative terms below 2^100
    message.cancel * (message.ioc + message.postOnly + message.reduceOnly + message.expiry + beyondSequence) === 0;
}
