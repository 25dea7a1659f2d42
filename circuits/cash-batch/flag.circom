pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/risk.circom";

// Claim: flag = 1: the account may be flagged, as far as its margin allows (protocol.md#flag): it is not the house, has no
// flag that lives, and no size in a sheltered market.
// @assumes where flag = 1 the table is a current one: CheckAccountMargin
template CheckFlag(M, K, S) {
    signal input {binary} flag;
    signal input account; // its index
    signal input {maxbit} flaggedAt;
    signal input {binary} exposed; // it has a size in a sheltered market
    input RiskTable(M, K, S) table;
    signal input {maxbit} time;
    _ <== table; // what follows reads a part of it

    // 1. Not the house
    signal isHouse <== IsZero()(account);
    flag * isHouse === 0;

    // 2. Not flagged, or the flag has lapsed
    signal unflagged <== IsZero()(flaggedAt);
    signal {maxbit} end <== UncheckedBits(TIME_BITS() + 1)(flaggedAt + table.grace + table.auction); // discharged: a published table's two are below 2^20
    signal {binary} lapsed <== IsLess()(end, time);
    signal live <== (1 - unflagged) * (1 - lapsed);
    flag * live === 0;

    // 3. Without size in a sheltered market
    flag * exposed === 0;
}
