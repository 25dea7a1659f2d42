pragma circom 2.2.3;

// Mains for the tests of what one table takes from the table before it, and of its prices: flat signals in, flat signals out.

include "risk-update/breaker.circom";
include "risk-update/funding.circom";
include "risk-update/memory.circom";
include "risk-update/scenario.circom";
include "risk-update/settlement-price.circom";
include "risk-update/volatility.circom";

template BreakerProbe() {
    signal input first;
    signal input index;
    signal input asOf;
    signal input outage;
    signal input oldIndex;
    signal input oldClosedUntil;
    signal input oldClosedSince;
    signal input jumpBps;
    signal input cooldown;
    signal output closedUntil;
    signal output closedSince;
    signal output closed;
    signal output sheltered;
    component next = NextBreaker();
    next.first <== UncheckedBinary()(first);
    next.index <== UncheckedBits(INDEX_PRICE_BITS())(index);
    next.asOf <== UncheckedBits(TIME_BITS())(asOf);
    next.outage <== UncheckedBinary()(outage);
    next.before.index <== UncheckedBits(INDEX_PRICE_BITS())(oldIndex);
    next.before.sampleIndex <== UncheckedBits(INDEX_PRICE_BITS())(0);
    next.before.sampleTime <== UncheckedBits(TIME_BITS())(0);
    next.before.variance <== UncheckedBits(VARIANCE_BITS())(0);
    next.before.shock <== UncheckedBits(SHOCK_BITS())(0);
    next.before.closedUntil <== UncheckedBits(CLOSED_UNTIL_BITS())(oldClosedUntil);
    next.before.closedSince <== UncheckedBits(TIME_BITS())(oldClosedSince);
    next.jumpBps <== UncheckedBits(JUMP_BITS())(jumpBps);
    next.cooldown <== UncheckedBits(COOLDOWN_BITS())(cooldown);
    closedUntil <== next.closedUntil;
    closedSince <== next.closedSince;
    closed <== next.closed;
    sheltered <== next.sheltered;
}

template FundingProbe() {
    signal input mark;
    signal input index;
    signal input fundingIndex;
    signal input fundingRest;
    signal input seconds;
    signal input multiplier;
    signal input fundingCap;
    signal input maxPrice;
    signal output nextIndex;
    signal output nextRest;
    component next = NextFunding();
    next.mark <== UncheckedBits(PRICE_BITS())(mark);
    next.index <== UncheckedBits(INDEX_PRICE_BITS())(index);
    next.fundingIndex <== fundingIndex;
    next.fundingRest <== UncheckedBits(FUNDING_REST_BITS())(fundingRest);
    next.seconds <== UncheckedBits(MAX_AGE_BITS())(seconds);
    next.multiplier <== UncheckedBits(MULTIPLIER_BITS())(multiplier);
    next.fundingCap <== UncheckedBits(FUNDING_CAP_BITS())(fundingCap);
    next.maxPrice <== UncheckedBits(PRICE_BITS())(maxPrice);
    nextIndex <== next.nextIndex;
    nextRest <== next.nextRest;
}

template VolatilityProbe() {
    signal input first;
    signal input index;
    signal input asOf;
    signal input elapsed;
    signal input oldSampleIndex;
    signal input oldSampleTime;
    signal input oldVariance;
    signal input oldShock;
    signal input floor;
    signal input cap;
    signal input factor;
    signal input stepPerHour;
    signal input memory;
    signal output sampleIndex;
    signal output sampleTime;
    signal output variance;
    signal output shock;
    component next = NextVolatility();
    next.first <== UncheckedBinary()(first);
    next.index <== UncheckedBits(INDEX_PRICE_BITS())(index);
    next.asOf <== UncheckedBits(TIME_BITS())(asOf);
    next.elapsed <== UncheckedBits(TIME_BITS())(elapsed);
    next.before.index <== UncheckedBits(INDEX_PRICE_BITS())(0);
    next.before.sampleIndex <== UncheckedBits(INDEX_PRICE_BITS())(oldSampleIndex);
    next.before.sampleTime <== UncheckedBits(TIME_BITS())(oldSampleTime);
    next.before.variance <== UncheckedBits(VARIANCE_BITS())(oldVariance);
    next.before.shock <== UncheckedBits(SHOCK_BITS())(oldShock);
    next.before.closedUntil <== UncheckedBits(CLOSED_UNTIL_BITS())(0);
    next.before.closedSince <== UncheckedBits(TIME_BITS())(0);
    next.floor <== UncheckedBits(SHOCK_BITS())(floor);
    next.cap <== UncheckedBits(SHOCK_BITS())(cap);
    next.factor <== UncheckedBits(SHOCK_FACTOR_BITS())(factor);
    next.stepPerHour <== UncheckedBits(SHOCK_BITS())(stepPerHour);
    next.memory <== UncheckedBits(MEMORY_BITS())(memory);
    sampleIndex <== next.sampleIndex;
    sampleTime <== next.sampleTime;
    variance <== next.variance;
    shock <== next.shock;
}

// The memory of one underlying and one market.
template MemoryProbe() {
    signal input blank;
    signal input words[13];
    signal output digest;
    signal output numbers[13];
    component open = OpenMemory(1, 1);
    open.blank <== UncheckedBinary()(blank);
    open.words <== words;
    digest <== open.digest;
    numbers[0] <== open.underlying[0].index;
    numbers[1] <== open.underlying[0].sampleIndex;
    numbers[2] <== open.underlying[0].sampleTime;
    numbers[3] <== open.underlying[0].variance;
    numbers[4] <== open.underlying[0].shock;
    numbers[5] <== open.underlying[0].closedUntil;
    numbers[6] <== open.underlying[0].closedSince;
    numbers[7] <== open.market[0].identity;
    numbers[8] <== open.market[0].expiry;
    numbers[9] <== open.market[0].averageSum;
    numbers[10] <== open.market[0].averageSeconds;
    numbers[11] <== open.market[0].settlement;
    numbers[12] <== open.market[0].fundingRest;
}

template ScenarioProbe(S) {
    signal input isOption;
    signal input isPut;
    signal input strike;
    signal input maxPrice;
    signal input forward;
    signal input volatility;
    signal input shock;
    signal input seconds;
    signal input move[MOVES(S)];
    signal input volatilityMove[S];
    signal input extreme[2];
    signal output price[S];
    component prices = ScenarioPrices(S);
    prices.isOption <== UncheckedBinary()(isOption);
    prices.isPut <== UncheckedBinary()(isPut);
    prices.strike <== UncheckedBits(INDEX_PRICE_BITS())(strike);
    prices.maxPrice <== UncheckedBits(PRICE_BITS())(maxPrice);
    prices.forward <== UncheckedBits(INDEX_PRICE_BITS())(forward);
    prices.volatility <== UncheckedBits(VOLATILITY_BITS())(volatility);
    prices.shock <== UncheckedBits(SHOCK_BITS())(shock);
    prices.seconds <== UncheckedBits(TIME_BITS())(seconds);
    prices.move <== move;
    prices.volatilityMove <== volatilityMove;
    prices.extreme <== extreme;
    price <== prices.price;
}

template SettlementPriceProbe() {
    signal input averageSum;
    signal input averageSeconds;
    signal input index;
    signal input multiplier;
    signal input isOption;
    signal input isPut;
    signal input strike;
    signal input maxPrice;
    signal output price;
    component gadget = SettlementPrice();
    gadget.averageSum <== AssertBits(AVERAGE_SUM_BITS())(averageSum);
    gadget.averageSeconds <== AssertBits(AVERAGE_SECONDS_BITS())(averageSeconds);
    gadget.index <== AssertBits(INDEX_PRICE_BITS())(index);
    gadget.multiplier <== AssertBits(MULTIPLIER_BITS())(multiplier);
    gadget.isOption <== AssertBinary()(isOption);
    gadget.isPut <== AssertBinary()(isPut);
    gadget.strike <== AssertBits(INDEX_PRICE_BITS())(strike);
    gadget.maxPrice <== AssertBits(PRICE_BITS())(maxPrice);
    price <== gadget.price;
}
