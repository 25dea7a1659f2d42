pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/margin.circom";
include "state/risk.circom";

// Claim: fails = 1: the house has no size in a sheltered market, and less cash than `asked`, or would miss initial margin without that much
// in some scenario (protocol.md#deleverage). fails = 0: nothing.
// @widths asked < 2^127 + 2^149 and cash: below 2^150; of margin as there, with 10^4 * asked < 2^164 more: below 2^EXCESS_BITS
// @assumes its numbers are in range: whatever wrote the state checked them; the table is as protocol.md#risk-table requires
template HouseFails(M, K, S) {
    signal input {binary} fails;
    signal input {maxbit} asked;
    signal input {binary} sheltered[M];
    signal input {binary} suspended;
    signal input collateral[K];
    input Position() position[M];
    input RiskTable(M, K, S) table;
    // hints
    signal input penniless; // it has less cash
    signal input scenario; // in which it misses initial margin
    assert(asked.maxbit <= 150);
    signal exposed[M];
    for (var m = 0; m < M; m++) {
        exposed[m] <== sheltered[m] * position[m].size;
        fails * exposed[m] === 0;
    }
    component value = ValuePortfolio(M, K, S);
    for (var k = 0; k < K; k++) value.collateral[k] <== collateral[k] - (k == 0 ? asked : 0);
    value.suspended <== suspended;
    value.position <== position;
    value.table <== table;
    signal {binary} always <== One()();
    signal {binary} chosen[S] <== OneHot(S)(scenario, always);
    signal loss <== Pick(S)(chosen, value.portfolio.loss);
    signal risk <== table.initialMarginBps * (loss + value.portfolio.fixedRisk);
    signal missed <== risk - value.portfolio.scaledNet;
    signal {binary} poor <== AssertBinary()(penniless);
    signal lacking <== missed + poor * (asked - collateral[0] - missed);
    _ <== AssertBits(EXCESS_BITS())(fails * (lacking - 1));
}
