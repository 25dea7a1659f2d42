pragma circom 2.2.3;

include "cash-batch/amounts.circom";
include "cash-batch/kind.circom";
include "cash-batch/margin.circom";
include "lib/range.circom";
include "lib/select.circom";
include "margin.circom";
include "state/account.circom";

// The amounts of a slot, whatever its kind.
template AmountsProbe() {
    signal input kind;
    signal input requested;
    signal input paid;
    signal input available;
    signal output word;
    signal output received;
    component read = ReadKind();
    read.number <== kind;
    component amounts = CashAmounts();
    amounts.is <== read.is;
    amounts.requested <== requested;
    amounts.paid <== paid;
    amounts.available <== available;
    word <== amounts.word;
    received <== amounts.received;
}

// What a slot asks of its account: the amounts, and what is said of its margin. One market without funding.
template MarginProbe(K, S) {
    signal input kind;
    signal input requested;
    signal input paid;
    signal input available;
    signal input asset;
    signal input collateral[K]; // before
    signal input size;
    signal input openBuy;
    signal input flagged;
    signal input cured;
    signal input suspended;
    signal input exposed;
    signal input current;
    signal input largeLots;
    signal input largeRisk;
    signal input scenarioPrice[S];
    signal input initialMarginBps;
    signal input collateralPrice[K];
    signal input collateralWeight[K];
    signal input worstLoss; // hint
    signal input scenario; // hint
    signal output deferred;

    component read = ReadKind();
    read.number <== kind;
    component amounts = CashAmounts();
    amounts.is <== read.is;
    amounts.requested <== requested;
    amounts.paid <== paid;
    amounts.available <== available;
    signal {binary} hot[K] <== OneHot(K)(asset, read.is.moves);
    component table = FlatTable(1, K, S);
    table.fundingIndex[0] <== 0;
    table.longRisk[0] <== 1;
    table.shortRisk[0] <== 1;
    table.shortOptionMinimum[0] <== 0;
    table.largeLots[0] <== largeLots;
    table.largeRisk[0] <== largeRisk;
    table.band[0] <== 0;
    table.phase[0] <== 0;
    table.auction <== 0;
    table.scenarioPrice[0] <== scenarioPrice;
    table.initialMarginBps <== initialMarginBps;
    table.takerFeeBps <== 0;
    table.collateralPrice <== collateralPrice;
    table.collateralWeight <== collateralWeight;
    Position() position[1];
    position[0].size <== size;
    position[0].fundingIndex <== 0;
    position[0].openBuy <== openBuy;
    position[0].openSell <== 0;
    signal {binary} suspendedBit <== AssertBinary()(suspended);
    component flat = IsFlat(1);
    flat.suspended <== suspendedBit;
    flat.position <== position;
    signal after[K];
    for (var k = 0; k < K; k++) after[k] <== collateral[k] + hot[k] * (amounts.received - paid);
    signal left <== Pick(K)(hot, after);
    component margin = CheckAccountMargin(1, K, S);
    margin.is <== read.is;
    margin.requested <== requested;
    margin.paid <== paid;
    margin.available <== available;
    margin.asset <== hot;
    margin.left <== left;
    margin.negative <== IsNegative(COLLATERAL_BITS())(left);
    margin.indebted <== IsNegative(COLLATERAL_BITS())(after[0]);
    margin.flagged <== AssertBinary()(flagged);
    margin.cured <== AssertBinary()(cured);
    margin.suspended <== suspendedBit;
    margin.exposed <== AssertBinary()(exposed);
    margin.flat <== flat.flat;
    margin.collateral <== after;
    margin.position <== position;
    margin.table <== table.table;
    margin.current <== AssertBinary()(current);
    margin.worstLoss <== worstLoss;
    margin.scenario <== scenario;
    deferred <== margin.deferred;
}
