pragma circom 2.2.3;

include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/margin.circom";
include "deleverage/deficit.circom";

// Bits of what a bidder may ask of the house, below 2^127 + 2^149, and of that part of it which is for the risk.
function ASKED_BITS() { return FAIR_BITS() + 1; }
// Bits of 10^8 * auction.
function SCHEDULE_BITS() { return 2 * WEIGHT_BITS() + LIQUIDATION_BITS() - 1; }

// Claim: asked = deficit + floor(d * R / 10^4), where R is what the portfolio, without its open orders, may lose in the scenario that is
// named, and the haircuts of its collateral (protocol.md#deleverage). In the worst scenario that is all that a bidder may ask of the house,
// in any other no more. Where R is below 0, as it may be in another, nothing satisfies it.
// @widths R < 2^114 + 2^(80 + 64 + 4) < 2^149 and d <= 10^4: the quotient is below 2^149, and the product below 2^(34 + 14 + 149) =
// 2^(150 + 47); a product below 0 is no number of so many bits
// @assumes the numbers of the account are in range, and the table is as protocol.md#risk-table requires; discount is d * auction
template MostAsked(M, S) {
    input Portfolio(M, S) portfolio;
    signal input {maxbit} deficit; // of that portfolio
    signal input discount;
    signal input auction;
    signal input scenario; // hint
    signal output {maxbit} asked;
    assert(deficit.maxbit < ASKED_BITS());
    _ <== portfolio; // what follows reads a part of it
    signal {binary} always <== One()();
    signal {binary} chosen[S] <== OneHot(S)(scenario, always);
    signal loss <== Pick(S)(chosen, portfolio.loss);
    // 10^4 * R: haircuts are what 10^4 * fair is more than scaledNet
    var scaledRisk = BASIS_POINTS() * (loss + portfolio.fixedRisk - deficit) - portfolio.scaledNet;
    signal product <== discount * scaledRisk;
    signal part <== Divide(ASKED_BITS(), SCHEDULE_BITS())(product, BASIS_POINTS() * BASIS_POINTS() * auction);
    asked <== UncheckedBits(ASKED_BITS())(deficit + part); // discharged: the widths above
}
