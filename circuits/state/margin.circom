pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/account.circom";
include "state/risk.circom";

// @widths of margin, in quanta; M <= 16 markets (4 bits), K <= 16 assets (4 bits), all with a sign
//   loss        |sum size * (mark - scenario)|  < 2^(56 + 48 + 4)
//   equity      10^4 * |...| < 2^14 * (2^(80 + 64 + 4) + 2^(56 + 66 + 4))  < 2^163, and 10^4 * orderMargin < 2^(14 + 56 + 52 + 5)
//   over        |size| - largeLots is in (-2^55, 2^56)
//   risk        |loss| + shortMinimum + sizeAddition < 2^108 + 2 * 2^(56 + 52 + 4) < 2^114
//   excess      equity - ratio * risk, ratio < 2^17: the second term < 2^(17 + 114)
//   spread      losses of two scenarios, of positions of at most 16 * maxLots: 16 * 16 * maxLots * maxPrice < 2^(4 + 4 + 64)
//               (protocol.md#loss-spread)
//   of a batch of at most 64 steps, where size * price < 2^64 (protocol.md#unchecked-widths):
//   equity      each step moves < 2^66 of cash, fees included, and revalues < 2^65 of a position: |change| < 2^73
//   closing     10^4 * lots * (band + 1) + lots * (mark + band) * fee < 2^14 * (2^64 + 2^55) + 2^(64 + 7) < 2^79
function LOSS_BITS() { return POSITION_BITS() + PRICE_BITS() + 4; }
function EXCESS_BITS() { return 14 + COLLATERAL_BITS() + COLLATERAL_PRICE_BITS() + 4 + 3; }
function RISK_BITS() { return POSITION_BITS() + LOT_RISK_BITS() + 4 + 2; }
function EQUITY_CHANGE_BITS() { return NOTIONAL_BITS() + 7; }
function CLOSING_COST_BITS() { return 14 + PRICE_TIMES_LOTS_BITS() + 1; }

// What margin needs to know of an account at a risk table. "scaled" is times 10^4, so that weights need no division.
bus Portfolio(M, S) {
    signal scaledNet; // 10^4 * (equity - orderMargin)
    signal loss[S];
    signal shortSize[M]; // size where it is negative, else 0
    signal overLots[M]; // lots beyond the market's largeLots, either way
    signal fixedRisk; // shortMinimum + sizeAddition: what it risks under every scenario
}

// Computes what positions of these sizes lose under each scenario, against the mark; loss[0] is 0.
template ScenarioLosses(M, S) {
    assert(M <= 16);
    signal input size[M];
    signal input price[M][S]; // of the instrument under each scenario; [0] is the mark
    signal output loss[S];
    signal losses[S][M];
    for (var s = 0; s < S; s++) {
        var sum = 0;
        for (var m = 0; m < M; m++) {
            losses[s][m] <== size[m] * (price[m][0] - price[m][s]);
            sum += losses[s][m];
        }
        loss[s] <== sum;
    }
}

// Computes the portfolio's numbers (protocol.md#margin).
template ValuePortfolio(M, K, S) {
    assert(M <= 16 && K <= 16);
    signal input collateral[K];
    signal input {binary} suspended; // its open lots are dead, and reserve nothing
    input Position() position[M];
    input RiskTable(M, K, S) table;
    output Portfolio(M, S) portfolio;
    _ <== table; // what follows reads a part of it

    var scaledEquity = 0;
    signal value[K];
    signal unit[K];
    for (var k = 0; k < K; k++) {
        unit[k] <== table.collateralPrice[k] * table.collateralWeight[k];
        value[k] <== collateral[k] * unit[k];
        scaledEquity += value[k];
    }

    var orderMargin = 0;
    var fixedRisk = 0;
    signal worth[M];
    signal buyMargin[M];
    signal sellMargin[M];
    signal {binary} short[M];
    signal shortRisk[M];
    signal {binary} small[M];
    signal largeRisk[M];
    for (var m = 0; m < M; m++) {
        worth[m] <== position[m].size
            * (table.market[m].scenarioPrice[0] + position[m].fundingIndex - table.market[m].fundingIndex);
        scaledEquity += BASIS_POINTS() * worth[m];
        buyMargin[m] <== position[m].openBuy * table.market[m].longRisk;
        sellMargin[m] <== position[m].openSell * table.market[m].shortRisk;
        orderMargin += buyMargin[m] + sellMargin[m];
        short[m] <== IsNegative(POSITION_BITS())(position[m].size);
        portfolio.shortSize[m] <== short[m] * position[m].size;
        shortRisk[m] <== portfolio.shortSize[m] * table.market[m].shortOptionMinimum;
        // |size| = size - 2 * shortSize
        var over = position[m].size - 2 * portfolio.shortSize[m] - table.market[m].largeLots;
        small[m] <== IsNegative(POSITION_BITS())(over);
        portfolio.overLots[m] <== (1 - small[m]) * over;
        largeRisk[m] <== portfolio.overLots[m] * table.market[m].largeRisk;
        fixedRisk += largeRisk[m] - shortRisk[m];
    }
    signal reserved <== (1 - suspended) * orderMargin;
    portfolio.scaledNet <== scaledEquity - BASIS_POINTS() * reserved;
    portfolio.fixedRisk <== fixedRisk;

    component scan = ScenarioLosses(M, S);
    for (var m = 0; m < M; m++) {
        scan.size[m] <== position[m].size;
        scan.price[m] <== table.market[m].scenarioPrice;
    }
    portfolio.loss <== scan.loss;
}

// Claim: scaled - ratioBps * (loss_s + fixedRisk) >= 0 for every s; no loss is 2^n or more below the worst, or below worstLoss.
// One wide range check instead of S: worstLoss is a hint; that it is at least every loss is shown in the narrower width
// of losses, and a larger one than needed only makes the claim harder, since ratioBps >= 0.
// @widths losses of an account lie less than 2^(LOSS_BITS + 1) apart, so that no difference wraps, and with that n nobody is refused
template AssertExcess(M, S, n) {
    signal input scaled;
    signal input {maxbit} ratioBps;
    signal input worstLoss;
    input Portfolio(M, S) portfolio;
    _ <== portfolio; // what follows reads a part of it
    assert(ratioBps.maxbit <= BASIS_POINTS_BITS() && n <= LOSS_BITS() + 1);
    for (var s = 0; s < S; s++) _ <== AssertBits(n)(worstLoss - portfolio.loss[s]);
    signal risk <== ratioBps * (worstLoss + portfolio.fixedRisk);
    _ <== AssertBits(EXCESS_BITS())(scaled - risk);
}
