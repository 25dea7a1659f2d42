pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/select.circom";

// One market's record of a risk table; the mark is scenarioPrice[0].
bus MarketRisk(S) {
    signal fundingIndex;
    signal longRisk;
    signal shortRisk;
    signal shortOptionMinimum;
    signal band;
    signal minOrder;
    signal maxPosition;
    signal lastTradeTime;
    signal phase;
    signal largeLots;
    signal largeRisk;
    signal maxOpenInterest;
    signal scenarioPrice[S];
}

// A risk table as riskRoot commits to it.
// @assumes it is as protocol.md#risk-table requires: whatever publishes a riskRoot checks that, and nothing here does again
bus RiskTable(M, K, S) {
    MarketRisk(S) market[M];
    signal initialMarginBps;
    signal takerFeeBps;
    signal makerFeeBps;
    signal asOf;
    signal maxAge;
    signal grace;
    signal auction;
    signal firstDiscountBps;
    signal lastDiscountBps;
    signal collateralPrice[K]; // [0] is cash: price 1
    signal collateralWeight[K]; // [0] is cash: weight 10^4
    signal memory; // of the oracles' prices and what was made of them, for the next table alone
}

// Words of one market that riskRoot commits to.
function MARKET_WORDS(S) { return 12 + S; }

// Words between the markets' and those of collateral.
function TABLE_HEAD_WORDS() { return 9; }

// Words of a whole risk table.
function RISK_WORDS(M, K, S) { return M * MARKET_WORDS(S) + TABLE_HEAD_WORDS() + 2 * (K - 1) + 1; }

// Claim: riskRoot commits to these words, and table is what they say.
template OpenRiskTable(M, K, S) {
    signal input words[RISK_WORDS(M, K, S)];
    signal output riskRoot;
    output RiskTable(M, K, S) table;
    riskRoot <== HashWords(TAG_RISK(), RISK_WORDS(M, K, S))(words);
    var at = 0;
    for (var m = 0; m < M; m++) {
        table.market[m].fundingIndex <== words[at];
        table.market[m].longRisk <== words[at + 1];
        table.market[m].shortRisk <== words[at + 2];
        table.market[m].shortOptionMinimum <== words[at + 3];
        table.market[m].band <== words[at + 4];
        table.market[m].minOrder <== words[at + 5];
        table.market[m].maxPosition <== words[at + 6];
        table.market[m].lastTradeTime <== words[at + 7];
        table.market[m].phase <== words[at + 8];
        table.market[m].largeLots <== words[at + 9];
        table.market[m].largeRisk <== words[at + 10];
        table.market[m].maxOpenInterest <== words[at + 11];
        for (var s = 0; s < S; s++) table.market[m].scenarioPrice[s] <== words[at + 12 + s];
        at += MARKET_WORDS(S);
    }
    table.initialMarginBps <== words[at];
    table.takerFeeBps <== words[at + 1];
    table.makerFeeBps <== words[at + 2];
    table.asOf <== words[at + 3];
    table.maxAge <== words[at + 4];
    table.grace <== words[at + 5];
    table.auction <== words[at + 6];
    table.firstDiscountBps <== words[at + 7];
    table.lastDiscountBps <== words[at + 8];
    at += TABLE_HEAD_WORDS();
    table.collateralPrice[0] <== 1;
    table.collateralWeight[0] <== BASIS_POINTS();
    for (var k = 1; k < K; k++) {
        table.collateralPrice[k] <== words[at + 2 * (k - 1)];
        table.collateralWeight[k] <== words[at + 2 * (k - 1) + 1];
    }
    table.memory <== words[at + 2 * (K - 1)];
}

// The record of the one hot market.
template PickMarket(M, S) {
    signal input {binary} hot[M];
    input MarketRisk(S) market[M];
    output MarketRisk(S) picked;
    var W = MARKET_WORDS(S);
    component pick[W];
    for (var w = 0; w < W; w++) {
        pick[w] = Pick(M);
        pick[w].hot <== hot;
    }
    for (var m = 0; m < M; m++) {
        pick[0].values[m] <== market[m].fundingIndex;
        pick[1].values[m] <== market[m].longRisk;
        pick[2].values[m] <== market[m].shortRisk;
        pick[3].values[m] <== market[m].shortOptionMinimum;
        pick[4].values[m] <== market[m].band;
        pick[5].values[m] <== market[m].minOrder;
        pick[6].values[m] <== market[m].maxPosition;
        pick[7].values[m] <== market[m].lastTradeTime;
        pick[8].values[m] <== market[m].phase;
        pick[9].values[m] <== market[m].largeLots;
        pick[10].values[m] <== market[m].largeRisk;
        pick[11].values[m] <== market[m].maxOpenInterest;
        for (var s = 0; s < S; s++) pick[12 + s].values[m] <== market[m].scenarioPrice[s];
    }
    picked.fundingIndex <== pick[0].out;
    picked.longRisk <== pick[1].out;
    picked.shortRisk <== pick[2].out;
    picked.shortOptionMinimum <== pick[3].out;
    picked.band <== pick[4].out;
    picked.minOrder <== pick[5].out;
    picked.maxPosition <== pick[6].out;
    picked.lastTradeTime <== pick[7].out;
    picked.phase <== pick[8].out;
    picked.largeLots <== pick[9].out;
    picked.largeRisk <== pick[10].out;
    picked.maxOpenInterest <== pick[11].out;
    for (var s = 0; s < S; s++) picked.scenarioPrice[s] <== pick[12 + s].out;
}
