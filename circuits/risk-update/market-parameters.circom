pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";

// What is listed in a market, and its settings.
bus MarketParameters() {
    signal kind;
    signal underlying; // its index
    signal {binary} isListed;
    signal {binary} isPerpetual;
    signal {binary} isOption;
    signal {binary} isPut;
    signal {maxbit} strike;
    signal {maxbit} expiry;
    signal {maxbit} multiplier;
    signal {maxbit} maxLots;
    signal {maxbit} maxPrice;
    signal {maxbit} minOrder;
    signal {maxbit} maxPosition;
    signal {maxbit} bandBps;
    signal {maxbit} shortOptionMinimumBps;
    signal {maxbit} fundingCapPpm;
    signal {maxbit} largeLots;
    signal {maxbit} largeBps;
    signal {maxbit} maxOpenInterest;
}

function MARKET_PARAMETER_WORDS() { return 15; }

// The expiry of what does not expire.
function NEVER() { return (1 << TIME_BITS()) - 1; }

// Claim: a market's words are in their bounds, and those that its kind does not use have the one value that they may; underlying is the
// index of its underlying, as a one-hot.
// @widths maxLots * maxPrice < 2^(55 + 48)
template OpenMarket(U) {
    signal input words[MARKET_PARAMETER_WORDS()];
    output MarketParameters() market;
    signal output {binary} underlying[U];

    // 1. What is listed
    signal {binary} kind[MARKET_KINDS()] <== OneHot(MARKET_KINDS())(words[0], One()());
    signal {binary} isOption <== UncheckedBinary()(kind[MARKET_CALL()] + kind[MARKET_PUT()]); // discharged: one kind is hot
    underlying <== OneHot(U)(words[1], One()());
    market.kind <== words[0];
    market.underlying <== words[1];
    market.isListed <== Not()(kind[MARKET_NONE()]);
    market.isPerpetual <== kind[MARKET_PERPETUAL()];
    market.isOption <== isOption;
    market.isPut <== kind[MARKET_PUT()];

    // 2. Each word alone
    signal {maxbit} maxLots <== AssertWithin(1, 1 << (POSITION_BITS() - 1))(words[5]);
    signal {maxbit} maxPrice <== AssertWithin(1, 1 << PRICE_BITS())(words[6]);
    signal {maxbit} maxPosition <== AssertBits(POSITION_BITS() - 1)(words[8]);
    market.strike <== AssertBits(INDEX_PRICE_BITS())(words[2]);
    market.expiry <== AssertWithin(1, 1 << TIME_BITS())(words[3]);
    market.multiplier <== AssertWithin(1, 1 << MULTIPLIER_BITS())(words[4]);
    market.maxLots <== maxLots;
    market.maxPrice <== maxPrice;
    market.minOrder <== AssertWithin(1, 1 << SIZE_BITS())(words[7]);
    market.maxPosition <== maxPosition;
    market.bandBps <== AssertWithin(0, BASIS_POINTS() + 1)(words[9]);
    market.shortOptionMinimumBps <== AssertWithin(0, BASIS_POINTS() + 1)(words[10]);
    market.fundingCapPpm <== AssertWithin(0, MAX_FUNDING_CAP() + 1)(words[11]);
    market.largeLots <== AssertBits(POSITION_BITS() - 1)(words[12]);
    market.largeBps <== AssertWithin(0, BASIS_POINTS() + 1)(words[13]);
    market.maxOpenInterest <== AssertBits(POSITION_BITS() - 1)(words[14]);

    // 3. Words together
    _ <== AssertBits(PRICE_TIMES_LOTS_BITS())(maxLots * maxPrice);
    _ <== AssertBits(POSITION_BITS() - 1)(maxLots - maxPosition);

    // 4. What the kind does not use: a strike is 0 unless an option's, which is not 0
    signal noStrike <== IsZero()(words[2]);
    noStrike === 1 - isOption;
    (1 - isOption) * words[10] === 0;
    (1 - kind[MARKET_PERPETUAL()]) * words[11] === 0;

    // 5. There is one way to list nothing
    var unlisted[MARKET_PARAMETER_WORDS()] = [MARKET_NONE(), 0, 0, NEVER(), 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    for (var w = 1; w < MARKET_PARAMETER_WORDS(); w++) kind[MARKET_NONE()] * (words[w] - unlisted[w]) === 0;
}
