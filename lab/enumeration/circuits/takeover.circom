pragma circom 2.2.3;

include "lib/range.circom";
include "margin.circom";
include "state/account.circom";
include "state/margin.circom";
include "takeover/auction.circom";
include "takeover/pass.circom";

// When an account is to be had, and at which discount.
template AuctionProbe() {
    signal input time;
    signal input flaggedAt;
    signal input resumedAt;
    signal input grace;
    signal input auction;
    signal input firstDiscountBps;
    signal input lastDiscountBps;
    signal output opens;
    signal output discount;
    component open = OpenAuction();
    open.time <== AssertBits(TIME_BITS())(time);
    open.flaggedAt <== AssertBits(TIME_BITS())(flaggedAt);
    open.resumedAt <== AssertBits(TIME_BITS())(resumedAt);
    open.grace <== grace;
    open.auction <== auction;
    open.firstDiscountBps <== firstDiscountBps;
    open.lastDiscountBps <== lastDiscountBps;
    opens <== open.opens;
    discount <== open.discount;
}

// An account and a table of flat signals, and what the account is worth without its open orders.
template FlatVictim(M, K, S) {
    signal input collateral[K];
    signal input size[M];
    signal input positionIndex[M];
    signal input fundingIndex[M];
    signal input shortOptionMinimum[M];
    signal input largeLots[M];
    signal input largeRisk[M];
    signal input phase[M];
    signal input scenarioPrice[M][S];
    signal input initialMarginBps;
    signal input auction;
    signal input collateralPrice[K];
    signal input collateralWeight[K];
    output Position() position[M];
    output RiskTable(M, K, S) table;
    output Portfolio(M, S) portfolio;

    component flat = FlatTable(M, K, S);
    flat.fundingIndex <== fundingIndex;
    flat.shortOptionMinimum <== shortOptionMinimum;
    flat.largeLots <== largeLots;
    flat.largeRisk <== largeRisk;
    flat.phase <== phase;
    for (var m = 0; m < M; m++) {
        flat.longRisk[m] <== 1;
        flat.shortRisk[m] <== 1;
        flat.band[m] <== 0;
        position[m].size <== size[m];
        position[m].fundingIndex <== positionIndex[m];
        position[m].openBuy <== 1;
        position[m].openSell <== 1;
    }
    flat.scenarioPrice <== scenarioPrice;
    flat.initialMarginBps <== initialMarginBps;
    flat.takerFeeBps <== 0;
    flat.auction <== auction;
    flat.collateralPrice <== collateralPrice;
    flat.collateralWeight <== collateralWeight;
    table <== flat.table;
    component value = ValuePortfolio(M, K, S);
    value.collateral <== collateral;
    value.suspended <== One()();
    value.position <== position;
    value.table <== table;
    portfolio <== value.portfolio;
}

// The price of a takeover.
template PriceProbe(M, K, S) {
    signal input discount;
    signal input price;
    signal input collateral[K];
    signal input size[M];
    signal input positionIndex[M];
    signal input fundingIndex[M];
    signal input shortOptionMinimum[M];
    signal input largeLots[M];
    signal input largeRisk[M];
    signal input phase[M];
    signal input scenarioPrice[M][S];
    signal input auction;
    signal input collateralPrice[K];
    signal input collateralWeight[K];
    signal input scenario; // hint

    component victim = FlatVictim(M, K, S);
    victim.collateral <== collateral;
    victim.size <== size;
    victim.positionIndex <== positionIndex;
    victim.fundingIndex <== fundingIndex;
    victim.shortOptionMinimum <== shortOptionMinimum;
    victim.largeLots <== largeLots;
    victim.largeRisk <== largeRisk;
    victim.phase <== phase;
    victim.scenarioPrice <== scenarioPrice;
    victim.initialMarginBps <== 0;
    victim.auction <== auction;
    victim.collateralPrice <== collateralPrice;
    victim.collateralWeight <== collateralWeight;
    component priced = AssertPrice(M, K, S);
    priced.portfolio <== victim.portfolio;
    priced.position <== victim.position;
    priced.collateral <== collateral;
    priced.table <== victim.table;
    priced.discount <== discount;
    priced.price <== price;
    priced.negative <== IsNegative(COLLATERAL_BITS())(price);
    priced.scenario <== scenario;
}

// What passes from one account to the other: one market, cash and another asset.
template PassProbe() {
    signal input victimCollateral[2];
    signal input victimSize;
    signal input victimIndex;
    signal input bidderCollateral[2];
    signal input bidderSize;
    signal input bidderIndex;
    signal input openBuy;
    signal input openSell;
    signal input fundingIndex;
    signal input maxPosition;
    signal input price;
    signal output left; // to the victim: cash, and 16 times the other asset, and 256 times the size
    signal output richer[3]; // cash, the other asset, size
    signal output cash;
    signal output openInterestFall;

    component pass = PassPortfolio(1, 2);
    Account(1, 2) account[2];
    for (var a = 0; a < 2; a++) {
        account[a].keyX <== 0;
        account[a].keyY <== 0;
        account[a].ownerCommitment <== 0;
        account[a].viewKey <== 0;
        account[a].status <== 0;
        account[a].nonce <== 0;
        account[a].collateral <== a == 0 ? victimCollateral : bidderCollateral;
        account[a].position[0].size <== a == 0 ? victimSize : bidderSize;
        account[a].position[0].fundingIndex <== a == 0 ? victimIndex : bidderIndex;
        account[a].position[0].openBuy <== a == 0 ? 1 : openBuy;
        account[a].position[0].openSell <== a == 0 ? 2 : openSell;
    }
    pass.victim <== account[0];
    pass.bidder <== account[1];
    pass.fundingIndex[0] <== fundingIndex;
    pass.maxPosition[0] <== maxPosition;
    pass.price <== price;
    signal {binary} negative <== IsNegative(COLLATERAL_BITS())(price);
    pass.paid <== (1 - negative) * price;
    pass.nonce <== 0;
    left <== pass.poorer.collateral[0] + 16 * pass.poorer.collateral[1] + 256 * pass.poorer.position[0].size;
    richer <== [pass.richer.collateral[0], pass.richer.collateral[1], pass.richer.position[0].size];
    cash <== pass.cash;
    openInterestFall <== pass.openInterestFall[0];
}
