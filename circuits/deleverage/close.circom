pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/account.circom";
include "deleverage/deficit.circom";

// Bits of a score: 10^4 times what a position is worth, at least where that is below 2^66 quanta (protocol.md#deleverage-score).
function SCORE_BITS() { return NOTIONAL_BITS() + WEIGHT_BITS(); }
// Bits of what a counterparty pays beyond the mark: no more than what its lots are worth.
function SURCHARGE_BITS() { return POSITION_BITS() + PRICE_BITS(); }

// Claim: each of the two holds `lots` >= 1 or more in this market, one long and the other short, and they are closed: both realise
// funding and come nearer to 0 by as many, and the counterparty pays the mark, and `surcharge` beyond it: their share of the deficit, or what
// an order of those lots reserves on its side, if that is less (protocol.md#deleverage-price). bought is what it buys of the victim: below 0
// what it sells. Cash of both stays in its width.
// @widths lots < 2^56, mark < 2^48, the smaller of deficit and notional < 2^108: their product is below 2^212. Risks of a lot < 2^52.
// Cash before its check is below 2^80 + 2^(56 + 65) + 2^105
// @assumes numbers of both are in range: whatever wrote the state checked them; the table is as protocol.md#risk-table requires
template CloseLots() {
    signal input lots;
    signal input mark;
    signal input fundingIndex;
    signal input longRisk;
    signal input shortRisk;
    signal input {maxbit} deficit;
    signal input {maxbit} notional;
    signal input {binary} short; // the victim's position is
    input Position() victim;
    input Position() counterparty;
    signal input victimCash;
    signal input counterpartyCash;
    output Position() victimAfter;
    output Position() counterpartyAfter;
    signal output victimCashAfter;
    signal output counterpartyCashAfter;
    signal output surcharge;
    signal output stake; // lots that the counterparty holds

    // 1. Lots
    _ <== AssertBits(POSITION_BITS())(lots - 1);
    signal held <== (1 - 2 * short) * victim.size;
    stake <== (2 * short - 1) * counterparty.size;
    _ <== AssertBits(POSITION_BITS())(held - lots);
    _ <== AssertBits(POSITION_BITS())(stake - lots);
    signal bought <== (1 - 2 * short) * lots;

    // 2. Price
    signal plain <== lots * mark;
    signal {maxbit} shared <== Lesser()(deficit, notional);
    signal product <== plain * shared;
    assert(SURCHARGE_BITS() + notional.maxbit >= POSITION_BITS() + PRICE_BITS() + shared.maxbit);
    signal {maxbit} share <== Divide(SURCHARGE_BITS(), WORTH_BITS())(product, notional);
    signal risk <== shortRisk + short * (longRisk - shortRisk); // of a lot on the other side
    signal reserved <== lots * risk;
    surcharge <== Lesser()(
        share,
        UncheckedBits(POSITION_BITS() + LOT_RISK_BITS())(reserved) // discharged: a published table's, times lots
    );
    signal payment <== (1 - 2 * short) * plain + surcharge;

    // 3. Accounts
    signal victimFunding <== victim.size * (victim.fundingIndex - fundingIndex);
    signal counterpartyFunding <== counterparty.size * (counterparty.fundingIndex - fundingIndex);
    victimCashAfter <== victimCash + victimFunding + payment;
    counterpartyCashAfter <== counterpartyCash + counterpartyFunding - payment;
    _ <== AssertBits(COLLATERAL_BITS() + 1)(victimCashAfter + (1 << COLLATERAL_BITS()));
    _ <== AssertBits(COLLATERAL_BITS() + 1)(counterpartyCashAfter + (1 << COLLATERAL_BITS()));
    victimAfter.size <== victim.size - bought;
    victimAfter.fundingIndex <== fundingIndex;
    victimAfter.openBuy <== victim.openBuy;
    victimAfter.openSell <== victim.openSell;
    counterpartyAfter.size <== counterparty.size + bought;
    counterpartyAfter.fundingIndex <== fundingIndex;
    counterpartyAfter.openBuy <== counterparty.openBuy;
    counterpartyAfter.openSell <== counterparty.openSell;
}

// Claim: score = floor(stake * mark * 10^4 / fair), and fair > 0 (protocol.md#deleverage-score).
// @widths stake * mark * 10^4 < 2^(56 + 48 + 14) < 2^(80 + 149)
template Score() {
    signal input stake;
    signal input mark;
    signal input fair;
    signal output score;
    signal worth <== stake * mark;
    score <== Divide(SCORE_BITS(), FAIR_BITS())(BASIS_POINTS() * worth, fair);
}
