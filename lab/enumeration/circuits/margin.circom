pragma circom 2.2.3;

include "lib/range.circom";
include "lib/select.circom";
include "state/margin.circom";
include "trade-batch/account.circom";

// A risk table of flat signals.
template FlatTable(M, K, S) {
    signal input fundingIndex[M];
    signal input longRisk[M];
    signal input shortRisk[M];
    signal input shortOptionMinimum[M];
    signal input largeLots[M];
    signal input largeRisk[M];
    signal input band[M];
    signal input phase[M];
    signal input scenarioPrice[M][S];
    signal input initialMarginBps;
    signal input takerFeeBps;
    signal input auction;
    signal input collateralPrice[K];
    signal input collateralWeight[K];
    output RiskTable(M, K, S) table;
    for (var m = 0; m < M; m++) {
        table.market[m].fundingIndex <== fundingIndex[m];
        table.market[m].longRisk <== longRisk[m];
        table.market[m].shortRisk <== shortRisk[m];
        table.market[m].shortOptionMinimum <== shortOptionMinimum[m];
        table.market[m].band <== band[m];
        table.market[m].minOrder <== 1;
        table.market[m].maxPosition <== 0;
        table.market[m].lastTradeTime <== 0;
        table.market[m].phase <== phase[m];
        table.market[m].largeLots <== largeLots[m];
        table.market[m].largeRisk <== largeRisk[m];
        table.market[m].maxOpenInterest <== 0;
        table.market[m].scenarioPrice <== scenarioPrice[m];
    }
    table.initialMarginBps <== initialMarginBps;
    table.takerFeeBps <== takerFeeBps;
    table.makerFeeBps <== 0;
    table.asOf <== 0;
    table.maxAge <== 0;
    table.grace <== 0;
    table.auction <== auction;
    table.firstDiscountBps <== 0;
    table.lastDiscountBps <== 0;
    table.memory <== 0;
    table.collateralPrice <== collateralPrice;
    table.collateralWeight <== collateralWeight;
}

// The margin rule of margin-sufficiency: what it does with the ratio, the account and the table.
template ExcessProbe(M, K, S) {
    signal input ratioBps;
    signal input collateral[K];
    signal input size[M];
    signal input positionIndex[M];
    signal input openBuy[M];
    signal input openSell[M];
    signal input fundingIndex[M];
    signal input longRisk[M];
    signal input shortRisk[M];
    signal input shortOptionMinimum[M];
    signal input largeLots[M];
    signal input largeRisk[M];
    signal input scenarioPrice[M][S];
    signal input collateralPrice[K];
    signal input collateralWeight[K];
    signal input worstLoss; // hint
    signal output scaledNet;
    signal output fixedRisk;
    signal output loss[S];

    component flat = FlatTable(M, K, S);
    flat.fundingIndex <== fundingIndex;
    flat.longRisk <== longRisk;
    flat.shortRisk <== shortRisk;
    flat.shortOptionMinimum <== shortOptionMinimum;
    flat.largeLots <== largeLots;
    flat.largeRisk <== largeRisk;
    for (var m = 0; m < M; m++) {
        flat.band[m] <== 0;
        flat.phase[m] <== 0;
    }
    flat.auction <== 0;
    flat.scenarioPrice <== scenarioPrice;
    flat.initialMarginBps <== 0;
    flat.takerFeeBps <== 0;
    flat.collateralPrice <== collateralPrice;
    flat.collateralWeight <== collateralWeight;
    component value = ValuePortfolio(M, K, S);
    value.collateral <== collateral;
    value.suspended <== UncheckedBinary()(0); // discharged: a constant
    for (var m = 0; m < M; m++) {
        value.position[m].size <== size[m];
        value.position[m].fundingIndex <== positionIndex[m];
        value.position[m].openBuy <== openBuy[m];
        value.position[m].openSell <== openSell[m];
    }
    value.table <== flat.table;
    component excess = AssertExcess(M, S, LOSS_BITS() + 1);
    excess.scaled <== value.portfolio.scaledNet;
    excess.ratioBps <== AssertBits(BASIS_POINTS_BITS())(ratioBps);
    excess.worstLoss <== worstLoss;
    excess.portfolio <== value.portfolio;
    scaledNet <== value.portfolio.scaledNet;
    fixedRisk <== value.portfolio.fixedRisk;
    loss <== value.portfolio.loss;
}

// The margin rule of trade-batch for an account with one market and cash alone.
template CheckMarginProbe(S) {
    signal input ordered;
    signal input ordersLeft;
    signal input initialMarginBps;
    signal input takerFeeBps;
    signal input fundingIndex;
    signal input longRisk;
    signal input shortRisk;
    signal input shortOptionMinimum;
    signal input largeLots;
    signal input largeRisk;
    signal input band;
    signal input scenarioPrice[S];
    signal input cash; // after the batch; so below
    signal input cashChange;
    signal input oldSize; // before it
    signal input newSize;
    signal input newBuy;
    signal input newSell;
    // hints
    signal input closing;
    signal input scenario;
    signal input wasLarge;
    signal input worstLoss;

    component flat = FlatTable(1, 1, S);
    flat.fundingIndex[0] <== fundingIndex;
    flat.longRisk[0] <== longRisk;
    flat.shortRisk[0] <== shortRisk;
    flat.shortOptionMinimum[0] <== shortOptionMinimum;
    flat.largeLots[0] <== largeLots;
    flat.largeRisk[0] <== largeRisk;
    flat.band[0] <== band;
    flat.phase[0] <== 0;
    flat.auction <== 0;
    flat.scenarioPrice[0] <== scenarioPrice;
    flat.initialMarginBps <== initialMarginBps;
    flat.takerFeeBps <== takerFeeBps;
    flat.collateralPrice[0] <== 1;
    flat.collateralWeight[0] <== BASIS_POINTS();
    component margin = CheckMargin(1, 1, S);
    margin.ordered <== AssertBinary()(ordered);
    margin.suspended <== UncheckedBinary()(0); // discharged: a constant
    margin.ordersLeft <== ordersLeft;
    margin.market[0] <== UncheckedBinary()(1); // discharged: a constant
    margin.table <== flat.table;
    margin.record <== flat.table.market[0];
    margin.after.keyX <== 0;
    margin.after.keyY <== 0;
    margin.after.ownerCommitment <== 0;
    margin.after.viewKey <== 0;
    margin.after.status <== 0;
    margin.after.nonce <== 0;
    margin.after.collateral[0] <== cash;
    margin.after.position[0].size <== newSize;
    margin.after.position[0].fundingIndex <== fundingIndex;
    margin.after.position[0].openBuy <== newBuy;
    margin.after.position[0].openSell <== newSell;
    margin.oldSize <== oldSize;
    margin.newSize <== newSize;
    margin.cashChange <== cashChange;
    margin.closing <== AssertBinary()(closing);
    margin.scenario <== scenario;
    margin.wasLarge <== AssertBinary()(wasLarge);
    margin.worstLoss <== worstLoss;
}
