pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "risk-update/funding.circom";
include "risk-update/memory.circom";
include "risk-update/parameters.circom";
include "risk-update/record.circom";
include "risk-update/scenario.circom";
include "risk-update/settlement-price.circom";
include "state/risk.circom";

// What a market's next record needs to know of its underlying.
bus UnderlyingNow() {
    signal {maxbit} index;
    signal {maxbit} oldIndex; // of the table before
    signal {maxbit} shock;
    signal {binary} closed;
    signal {binary} sheltered;
}

// Claim: what is listed is what the memory says that it was, if anything was; identity stands for it, 0 for none. Its expiry stays too,
// but for a perpetual that gets one: once, and no sooner than the settlement window from now (protocol.md#listing).
// @assumes asOf + SETTLEMENT_WINDOW < 2^40: whoever takes a table takes none from the year 36,000
template KeepListing() {
    input MarketParameters() market;
    signal input {maxbit} asOf;
    signal input oldIdentity;
    signal input {maxbit} oldExpiry;
    signal output identity;
    signal output {binary} wasListed;
    signal output {maxbit} expiry;
    _ <== market; // what follows reads a part of it
    signal digest <== Hash(TAG_LISTING(), 6)([
        market.kind, market.underlying, market.strike, market.multiplier, market.maxLots, market.maxPrice
    ]);
    identity <== market.isListed * digest;
    signal {binary} unlisted <== IsSame()(oldIdentity, 0);
    wasListed <== Not()(unlisted);
    wasListed * (identity - oldIdentity) === 0;
    signal fixed <== wasListed * (1 - market.isPerpetual);
    fixed * (market.expiry - oldExpiry) === 0;

    signal {maxbit} soonest <== UncheckedBits(TIME_BITS())(asOf + SETTLEMENT_WINDOW()); // discharged: see the assumption
    signal {maxbit} given <== Greater()(market.expiry, soonest);
    signal {binary} endless <== IsSame()(oldExpiry, NEVER());
    signal may <== endless * market.isPerpetual;
    signal kept <== oldExpiry + may * (given - oldExpiry);
    expiry <== UncheckedBits(TIME_BITS())(market.expiry + wasListed * (kept - market.expiry)); // discharged: one of three times
}

// Claim: the record and the memory of a market follow from its parameters, what the oracles say of it, its underlying, and the
// record and memory before (protocol.md#risk-update).
// @assumes what the table before holds is in range, and all of it 0 where there was none
template NextMarket(S) {
    input MarketParameters() market;
    input UnderlyingNow() underlying;
    signal input {maxbit} forward;
    signal input {maxbit} volatility;
    signal input {maxbit} from; // the time of the table before
    signal input {maxbit} asOf;
    signal input {maxbit} oldMaxAge; // of the table before
    signal input initialMarginBps;
    signal input maxFeeBps;
    signal input move[MOVES(S)];
    signal input volatilityMove[S];
    signal input extreme[2];
    signal input {maxbit} oldMark;
    signal input oldFundingIndex;
    input MarketMemory() before;
    output MarketRisk(S) record;
    output MarketMemory() after;
    _ <== market; // what follows reads a part of it
    _ <== before;

    // 1. What is listed stays
    component listing = KeepListing();
    listing.market <== market;
    listing.asOf <== asOf;
    listing.oldIdentity <== before.identity;
    listing.oldExpiry <== before.expiry;

    // 2. Expiry: the average, and the price that settles it for ever
    signal {binary} alive <== IsLess()(asOf, listing.expiry);
    signal {binary} expired <== Not()(alive);
    component average = NextAverage();
    average.listed <== listing.wasListed;
    average.from <== from;
    average.to <== asOf;
    average.index <== underlying.oldIndex;
    average.expiry <== listing.expiry;
    average.expired <== expired;
    average.averageSum <== before.averageSum;
    average.averageSeconds <== before.averageSeconds;
    component ending = SettlementPrice();
    ending.averageSum <== average.sum;
    ending.averageSeconds <== average.seconds;
    ending.index <== underlying.index;
    ending.multiplier <== market.multiplier;
    ending.isOption <== market.isOption;
    ending.isPut <== market.isPut;
    ending.strike <== market.strike;
    ending.maxPrice <== market.maxPrice;
    signal {binary} unsettled <== IsSame()(before.settlement, 0);
    signal ends <== expired * market.isListed;
    signal {binary} settled <== UncheckedBinary()(1 - unsettled * (1 - ends)); // discharged: a product of bits
    signal settlement <== before.settlement - 1 + unsettled * (ending.price + 1 - before.settlement);

    // 3. Funding, until it expires
    signal end <== asOf + expired * (listing.expiry - asOf);
    signal {binary} over <== IsNegative(TIME_BITS())(end - from);
    signal {maxbit} passed <== UncheckedBits(TIME_BITS())((1 - over) * (end - from)); // discharged: not negative, of two times
    signal {maxbit} seconds <== Lesser()(passed, oldMaxAge);
    component funding = NextFunding();
    funding.mark <== oldMark;
    funding.index <== underlying.oldIndex;
    funding.fundingIndex <== oldFundingIndex;
    funding.fundingRest <== before.fundingRest;
    funding.seconds <== seconds;
    funding.multiplier <== market.multiplier;
    funding.fundingCap <== market.fundingCapPpm;
    funding.maxPrice <== market.maxPrice;
    signal {binary} accrues <== And()(market.isPerpetual, listing.wasListed);
    signal fundingIndex <== oldFundingIndex + accrues * (funding.nextIndex - oldFundingIndex);
    signal fundingRest <== before.fundingRest + accrues * (funding.nextRest - before.fundingRest);

    // 4. Prices
    component prices = ScenarioPrices(S);
    prices.isOption <== market.isOption;
    prices.isPut <== market.isPut;
    prices.strike <== market.strike;
    prices.maxPrice <== market.maxPrice;
    prices.forward <== forward;
    prices.volatility <== volatility;
    prices.shock <== underlying.shock;
    signal {maxbit} left <== UncheckedBits(TIME_BITS())(alive * (listing.expiry - asOf)); // discharged: alive says so
    prices.seconds <== left;
    prices.move <== move;
    prices.volatilityMove <== volatilityMove;
    prices.extreme <== extreme;
    component make = MakeRecord(S);
    signal now[S];
    for (var s = 0; s < S; s++) {
        now[s] <== prices.price[s] + settled * (settlement - prices.price[s]);
        make.price[s] <== market.isListed * now[s];
    }

    // 5. The record
    make.forward <== forward;
    make.fundingIndex <== fundingIndex;
    make.settled <== settled;
    make.closed <== underlying.closed;
    make.sheltered <== underlying.sheltered;
    make.maxPrice <== market.maxPrice;
    make.minOrder <== market.minOrder;
    make.maxPosition <== market.maxPosition;
    make.expiry <== listing.expiry;
    make.bandBps <== market.bandBps;
    make.shortOptionMinimumBps <== market.shortOptionMinimumBps;
    make.largeLots <== market.largeLots;
    make.largeBps <== market.largeBps;
    make.initialMarginBps <== initialMarginBps;
    make.maxFeeBps <== maxFeeBps;
    record <== make.record;

    // 6. The memory
    after.identity <== listing.identity;
    after.expiry <== listing.expiry;
    after.averageSum <== average.sum;
    after.averageSeconds <== average.seconds;
    after.fundingRest <== UncheckedBits(FUNDING_REST_BITS())(fundingRest); // discharged: one of two rests
    after.settlement <== UncheckedBits(SETTLEMENT_BITS())(settled * (settlement + 1)); // discharged: a price, plus 1
}
