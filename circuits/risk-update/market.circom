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
bus UnderlyingNow(moves) {
    signal {maxbit} index;
    signal {maxbit} oldIndex; // of the table before
    signal {maxbit} shock;
    signal {binary} closed;
    signal {binary} sheltered;
    signal move[moves]; // in each pair of scenarios, and in the last two
}

// Claim: what is listed is what the memory says that it was, if anything was; identity stands for it, 0 for none. Its expiry stays too,
// but for a perpetual that gets one: once, and no sooner than the settlement window from now. Where it is settled the market's
// parameters may be of anything else; it becomes that, as if nothing had been listed, if it is retired and that has not expired
// (protocol.md#listing).
// @assumes oldSettled only where something was listed: NextMarket writes memories so; asOf + SETTLEMENT_WINDOW < 2^40: whoever takes a table takes none from the year 36,000
template KeepListing() {
    input MarketParameters() market;
    signal input {maxbit} asOf;
    signal input oldIdentity;
    signal input {maxbit} oldExpiry;
    signal input {binary} oldSettled;
    signal input {binary} retired;
    signal output identity;
    signal output {binary} relisted;
    signal output {binary} stays; // it was listed, and is not relisted
    signal output {binary} settled; // it stays, and was settled
    signal output {maxbit} expiry;
    _ <== market; // what follows reads a part of it
    signal digest <== Hash(TAG_LISTING(), 6)([
        market.kind, market.underlying, market.strike, market.multiplier, market.maxLots, market.maxPrice
    ]);
    signal named <== market.isListed * digest;
    signal {binary} unlisted <== IsSame()(oldIdentity, 0);
    signal {binary} alive <== IsLess()(asOf, market.expiry);
    signal {binary} free <== And()(oldSettled, retired);
    relisted <== And()(free, alive);
    stays <== UncheckedBinary()(1 - unlisted - relisted); // discharged: what was settled, was listed
    settled <== UncheckedBinary()(oldSettled - relisted); // discharged: relisted implies oldSettled
    identity <== named + stays * (oldIdentity - named);
    (stays - settled) * (named - oldIdentity) === 0;
    signal fixed <== (stays - settled) * (1 - market.isPerpetual);
    fixed * (market.expiry - oldExpiry) === 0;

    signal {maxbit} soonest <== UncheckedBits(TIME_BITS())(asOf + SETTLEMENT_WINDOW()); // discharged: see the assumption
    signal {maxbit} given <== Greater()(market.expiry, soonest);
    signal {binary} endless <== IsSame()(oldExpiry, NEVER());
    signal may <== endless * market.isPerpetual;
    signal kept <== oldExpiry + may * (given - oldExpiry);
    expiry <== UncheckedBits(TIME_BITS())(market.expiry + stays * (kept - market.expiry)); // discharged: one of three times
}

// Claim: the record and the memory of a market follow from its parameters, what the oracles say of it, its underlying, and the
// record and memory before (protocol.md#risk-update).
// @assumes what the table before holds is in range, and all of it 0 where there was none
template NextMarket(S) {
    input MarketParameters() market;
    input UnderlyingNow(MOVES(S)) underlying;
    signal input {maxbit} forward;
    signal input {maxbit} volatility;
    signal input {maxbit} from; // the time of the table before
    signal input {maxbit} asOf;
    signal input {maxbit} oldMaxAge; // of the table before
    signal input initialMarginBps;
    signal input maxFeeBps;
    signal input volatilityMove[S];
    signal input extreme[2];
    signal input {binary} retired;
    signal input {maxbit} oldMark;
    signal input oldFundingIndex;
    input MarketMemory() before;
    output MarketRisk(S) record;
    output MarketMemory() after;
    signal output {binary} relisted;
    _ <== market; // what follows reads a part of it
    _ <== before;

    // 1. What is listed stays
    signal {binary} unsettled <== IsSame()(before.settlement, 0);
    component listing = KeepListing();
    listing.oldSettled <== Not()(unsettled);
    listing.retired <== retired;
    listing.market <== market;
    listing.asOf <== asOf;
    listing.oldIdentity <== before.identity;
    listing.oldExpiry <== before.expiry;
    relisted <== listing.relisted;

    // 2. Expiry: the average, and the price that settles it for ever
    signal {binary} alive <== IsLess()(asOf, listing.expiry);
    signal {binary} expired <== Not()(alive);
    component average = NextAverage();
    average.listed <== listing.stays;
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
    signal {binary} ends <== And()(expired, market.isListed);
    signal {binary} settled <== Or()(listing.settled, ends);
    signal settlement <== ending.price + listing.settled * (before.settlement - 1 - ending.price);

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
    signal {binary} accrues <== And()(market.isPerpetual, UncheckedBinary()(listing.stays - listing.settled)); // discharged: KeepListing's
    signal keptIndex <== (1 - listing.relisted) * oldFundingIndex;
    signal keptRest <== (1 - listing.relisted) * before.fundingRest;
    signal fundingIndex <== keptIndex + accrues * (funding.nextIndex - keptIndex);
    signal fundingRest <== keptRest + accrues * (funding.nextRest - keptRest);

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
    prices.move <== underlying.move;
    prices.volatilityMove <== volatilityMove;
    prices.extreme <== extreme;
    component make = MakeRecord(S);
    signal {binary} shown <== Or()(market.isListed, settled);
    signal now[S];
    for (var s = 0; s < S; s++) {
        now[s] <== prices.price[s] + settled * (settlement - prices.price[s]);
        make.price[s] <== shown * now[s];
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
    make.maxOpenInterest <== market.maxOpenInterest;
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
