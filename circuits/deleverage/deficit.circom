pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/account.circom";
include "state/risk.circom";

// Bits of what an account can owe beyond what it has, and of the worth of all that it holds at the marks.
// @widths with collateral other than cash not below 0: 2^80 + 16 * 2^56 * (2^48 + 2^65) < 2^127; and 16 * 2^56 * 2^48 = 2^108
function DEFICIT_BITS() { return POSITION_BITS() + FUNDING_INDEX_BITS() + 7; }
function WORTH_BITS() { return POSITION_BITS() + PRICE_BITS() + 4; }
// Bits of what it can have: 2^(80 + 64 + 4) + 2^126 < 2^149.
function FAIR_BITS() { return COLLATERAL_BITS() + COLLATERAL_PRICE_BITS() + 5; }

// Computes what the account is worth in quanta without haircuts, its open orders counted as none (protocol.md#auction).
// @assumes its numbers are in range: whatever wrote the state checked them; the table is as protocol.md#risk-table requires
template FairPrice(M, K, S) {
    assert(M <= 16 && K <= 16);
    signal input collateral[K];
    input Position() position[M];
    input RiskTable(M, K, S) table;
    signal output fair;
    _ <== table; // what follows reads a part of it
    signal asset[K];
    signal worth[M];
    var sum = 0;
    for (var k = 0; k < K; k++) {
        asset[k] <== collateral[k] * table.collateralPrice[k];
        sum += asset[k];
    }
    for (var m = 0; m < M; m++) {
        _ <== position[m]; // its size and index
        worth[m] <== position[m].size
            * (table.market[m].scenarioPrice[0] + position[m].fundingIndex - table.market[m].fundingIndex);
        sum += worth[m];
    }
    fair <== sum;
}

// Claim: the account has no size in a sheltered market, and owes `deficit` >= 1 quanta beyond what it has. notional is what its
// positions outside settled markets are worth at the marks, long or short; short[m] = 1 iff that one is short; sheltered[m] and settled[m]
// say it of the markets.
// @assumes as FairPrice does
template Bankrupt(M, K, S) {
    signal input collateral[K];
    input Position() position[M];
    input RiskTable(M, K, S) table;
    signal output {maxbit} deficit;
    signal output {maxbit} notional;
    signal output {binary} short[M];
    signal output {binary} sheltered[M];
    signal output {binary} settled[M];
    component value = FairPrice(M, K, S);
    value.collateral <== collateral;
    value.position <== position;
    value.table <== table;
    signal owed <== AssertBits(DEFICIT_BITS())(-value.fair - 1);
    deficit <== UncheckedBits(DEFICIT_BITS())(owed + 1); // discharged: the widths above
    signal lots[M];
    signal worth[M];
    signal open[M];
    var sum = 0;
    for (var m = 0; m < M; m++) {
        short[m] <== IsNegative(POSITION_BITS())(position[m].size);
        lots[m] <== (1 - 2 * short[m]) * position[m].size;
        worth[m] <== lots[m] * table.market[m].scenarioPrice[0];
        settled[m] <== IsSame()(table.market[m].phase, PHASE_SETTLED());
        open[m] <== (1 - settled[m]) * worth[m];
        sum += open[m];
        sheltered[m] <== IsSame()(table.market[m].phase, PHASE_SHELTERED());
        sheltered[m] * lots[m] === 0;
    }
    notional <== UncheckedBits(WORTH_BITS())(sum); // discharged: numbers of the account are in range
}
