pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/margin.circom";
include "state/risk.circom";

// Claim: the account was flagged, and its auction is open: it opened at max(flaggedAt, resumedAt) + grace, no later than now, and lasts
// `auction` seconds (protocol.md#auction). discount is d(t) in basis points times `auction`: firstDiscountBps * auction +
// (lastDiscountBps - firstDiscountBps) * t.
// @widths grace, auction < 2^20, both discounts at most 10^4 < 2^14: discount < 2^34
// @assumes those: a published table's
template OpenAuction() {
    signal input {maxbit} time;
    signal input {maxbit} flaggedAt;
    signal input {maxbit} resumedAt;
    signal input grace;
    signal input auction;
    signal input firstDiscountBps;
    signal input lastDiscountBps;
    signal output opens;
    signal output discount;
    signal {binary} unflagged <== IsSame()(flaggedAt, 0);
    unflagged === 0;
    signal {maxbit} since <== Greater()(flaggedAt, resumedAt);
    opens <== since + grace;
    signal elapsed <== time - opens;
    _ <== AssertBits(LIQUIDATION_BITS())(elapsed);
    _ <== AssertBits(LIQUIDATION_BITS())(auction - elapsed);
    signal risen <== (lastDiscountBps - firstDiscountBps) * elapsed;
    discount <== firstDiscountBps * auction + risen;
}

// Claim: the portfolio fails maintenance in the scenario that is named, open orders counted as 0, with no size in a sheltered market; price
// is at most fair, and at least fair - d * R / 10^4 with R its risk in that scenario, which is at most the worst, and the haircuts of its
// collateral; it is below 0, negative = 1, only where fair is (protocol.md#auction).
// @widths 10^4 * (price - fair) < 2^14 * (2^80 + 2^(80 + 64 + 4) + 2^(56 + 66 + 4)) < 2^EXCESS_BITS, times 10^4 * auction < 2^34;
// discount < 2^34, times 10^4 * R < 2^(14 + 114) and haircuts < 2^(80 + 64 + 14 + 4) < 2^EXCESS_BITS: their sum is below 2^(EXCESS_BITS + 35)
// @assumes numbers of the account are in range: whatever wrote the state checked them; the table is as protocol.md#risk-table requires
template AssertPrice(M, K, S) {
    input Portfolio(M, S) portfolio; // without its open orders
    input Position() position[M];
    signal input collateral[K];
    input RiskTable(M, K, S) table;
    signal input discount; // d * auction
    signal input price;
    signal input {binary} negative;
    signal input scenario; // hint
    _ <== portfolio; // what follows reads a part of these
    _ <== table;
    signal output {binary} sheltered[M];
    for (var m = 0; m < M; m++) {
        _ <== position[m]; // its size
        sheltered[m] <== IsSame()(table.market[m].phase, PHASE_SHELTERED());
        sheltered[m] * position[m].size === 0;
    }

    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} chosen[S] <== OneHot(S)(scenario, always);
    signal loss <== Pick(S)(chosen, portfolio.loss);
    var risk = loss + portfolio.fixedRisk;
    _ <== AssertBits(EXCESS_BITS())(BASIS_POINTS() * risk - portfolio.scaledNet - 1);

    // 10^4 * fair: the haircuts of collateral, which scaledNet is less of, are put back
    var scaledFair = portfolio.scaledNet;
    var haircuts = 0;
    signal haircut[K];
    signal kept[K];
    for (var k = 0; k < K; k++) {
        haircut[k] <== table.collateralPrice[k] * (BASIS_POINTS() - table.collateralWeight[k]);
        kept[k] <== collateral[k] * haircut[k];
        haircuts += kept[k];
    }
    scaledFair += haircuts;
    _ <== AssertBits(EXCESS_BITS())(scaledFair - BASIS_POINTS() * price);
    signal debt <== negative * (-scaledFair - 1);
    _ <== AssertBits(EXCESS_BITS())(debt);
    signal above <== BASIS_POINTS() * table.auction * (BASIS_POINTS() * price - scaledFair);
    signal allowed <== discount * (BASIS_POINTS() * risk + haircuts);
    _ <== AssertBits(EXCESS_BITS() + 35)(above + allowed);
}
