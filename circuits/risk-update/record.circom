pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/risk.circom";

// Claim: the record of a market, as protocol.md#risk-table requires it and with the least risks that it allows
// (protocol.md#risk-records).
// @widths shares of a forward < 2^47 are below 2^47 + 1; mark and scenario prices < 2^48; with initialMarginBps <= 4 * 10^4, a fall
// < 2^48 and a rise, minimum and large risk < 2^48 + 2^48: 4 * (2^48 + 2^48 + 2^47) + 2^48 < 2^52
// @assumes prices are at most maxPrice, which is below 2^48, unless settled: then they are below 2^48; expiry >= 1
template MakeRecord(S) {
    signal input price[S];
    signal input {maxbit} forward;
    signal input fundingIndex;
    signal input {binary} settled; // at these prices, which are all the same
    signal input {binary} closed;
    signal input {binary} sheltered;
    signal input {maxbit} maxPrice;
    signal input minOrder;
    signal input maxPosition;
    signal input expiry;
    signal input bandBps;
    signal input shortOptionMinimumBps;
    signal input largeLots;
    signal input largeBps;
    signal input maxOpenInterest;
    signal input initialMarginBps;
    signal input maxFeeBps; // the larger of the two
    output MarketRisk(S) record;
    assert(forward.maxbit <= INDEX_PRICE_BITS() && maxPrice.maxbit <= PRICE_BITS());

    // 1. Shares of the forward, none where it is settled; the band takes the room that is left
    signal mark <== price[0];
    signal base <== (1 - settled) * forward;
    signal {maxbit} wished <== MulDivUp(BASIS_POINTS(), PRICE_BITS())(base, bandBps);
    signal {maxbit} room <== UncheckedBits(PRICE_BITS())((1 - settled) * (maxPrice - mark)); // discharged: see the assumption
    signal {maxbit} band <== Lesser()(wished, room);
    record.shortOptionMinimum <== MulDivUp(BASIS_POINTS(), PRICE_BITS())(base, shortOptionMinimumBps);
    record.largeRisk <== MulDivUp(BASIS_POINTS(), PRICE_BITS())(base, largeBps);
    record.band <== band;
    for (var s = 0; s < S; s++) record.scenarioPrice[s] <== price[s];

    // 2. The lowest and the highest price, of which scenario 0's is one
    component lowest[S - 1];
    component highest[S - 1];
    for (var s = 0; s < S - 1; s++) {
        lowest[s] = Lesser();
        lowest[s].a <== UncheckedBits(PRICE_BITS())(s == 0 ? price[0] : lowest[s - 1].out); // discharged: see the assumption
        lowest[s].b <== UncheckedBits(PRICE_BITS())(price[s + 1]); // likewise, as below
        highest[s] = Greater();
        highest[s].a <== UncheckedBits(PRICE_BITS())(s == 0 ? price[0] : highest[s - 1].out);
        highest[s].b <== UncheckedBits(PRICE_BITS())(price[s + 1]);
    }
    var fall = mark - lowest[S - 2].out;
    var rise = highest[S - 2].out - mark;

    // 3. The least risks
    signal {maxbit} fee <== MulDivUp(BASIS_POINTS(), PRICE_BITS() - 5)(mark + band, maxFeeBps);
    signal {maxbit} loss <== MulDivUp(BASIS_POINTS(), LOT_RISK_BITS())(initialMarginBps, fall + record.largeRisk);
    signal {maxbit} gain <== MulDivUp(BASIS_POINTS(), LOT_RISK_BITS())(
        initialMarginBps, rise + record.shortOptionMinimum + record.largeRisk
    );
    signal long <== loss + band + fee;
    signal short <== gain + band + fee;
    signal {binary} noLong <== IsSame()(long, 0);
    signal {binary} noShort <== IsSame()(short, 0);
    record.longRisk <== long + noLong;
    record.shortRisk <== short + noShort;

    record.fundingIndex <== fundingIndex;
    record.minOrder <== minOrder;
    record.maxPosition <== maxPosition;
    record.lastTradeTime <== (1 - closed) * (expiry - 1);
    record.largeLots <== largeLots;
    record.maxOpenInterest <== maxOpenInterest;
    record.phase <== settled * (PHASE_SETTLED() - sheltered * PHASE_SHELTERED()) + sheltered * PHASE_SHELTERED();
}
