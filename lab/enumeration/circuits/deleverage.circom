pragma circom 2.2.3;

include "deleverage/asked.circom";
include "deleverage/close.circom";
include "deleverage/deficit.circom";
include "deleverage/house.circom";
include "lib/range.circom";
include "margin.circom";
include "state/account.circom";
include "takeover.circom";

// What an account owes, and what a bidder may ask for it. One market, cash and another asset.
template AskedProbe(S) {
    signal input discount;
    signal input collateral[2];
    signal input size;
    signal input positionIndex;
    signal input fundingIndex;
    signal input shortOptionMinimum;
    signal input largeLots;
    signal input largeRisk;
    signal input phase;
    signal input scenarioPrice[S];
    signal input auction;
    signal input collateralPrice[2];
    signal input collateralWeight[2];
    signal input scenario;
    signal output asked;

    component victim = FlatVictim(1, 2, S);
    victim.collateral <== collateral;
    victim.size[0] <== size;
    victim.positionIndex[0] <== positionIndex;
    victim.fundingIndex[0] <== fundingIndex;
    victim.shortOptionMinimum[0] <== shortOptionMinimum;
    victim.largeLots[0] <== largeLots;
    victim.largeRisk[0] <== largeRisk;
    victim.phase[0] <== phase;
    victim.scenarioPrice[0] <== scenarioPrice;
    victim.initialMarginBps <== 0;
    victim.auction <== auction;
    victim.collateralPrice <== collateralPrice;
    victim.collateralWeight <== collateralWeight;
    component bankrupt = Bankrupt(1, 2, S);
    bankrupt.collateral <== collateral;
    bankrupt.position <== victim.position;
    bankrupt.table <== victim.table;
    component most = MostAsked(1, S);
    most.portfolio <== victim.portfolio;
    most.deficit <== bankrupt.deficit;
    most.discount <== discount;
    most.auction <== auction;
    most.scenario <== scenario;
    asked <== most.asked;
}

// Lots of an account that owes more than it has, closed in the first of two markets. Cash is all the collateral.
template CloseProbe() {
    signal input lots;
    signal input victimCash;
    signal input victimSize[2];
    signal input victimIndex[2];
    signal input counterpartyCash;
    signal input counterpartySize;
    signal input counterpartyIndex;
    signal input fundingIndex[2];
    signal input mark[2];
    signal input phase[2];
    signal input longRisk;
    signal input shortRisk;
    signal output victimCashAfter;
    signal output victimSizeAfter;
    signal output counterpartyCashAfter;
    signal output counterpartySizeAfter;
    signal output surcharge;

    component victim = FlatVictim(2, 1, 1);
    victim.collateral[0] <== victimCash;
    victim.size <== victimSize;
    victim.positionIndex <== victimIndex;
    victim.fundingIndex <== fundingIndex;
    for (var m = 0; m < 2; m++) {
        victim.shortOptionMinimum[m] <== 0;
        victim.largeLots[m] <== 0;
        victim.largeRisk[m] <== 0;
        victim.scenarioPrice[m][0] <== mark[m];
    }
    victim.phase <== phase;
    victim.initialMarginBps <== 0;
    victim.auction <== 0;
    victim.collateralPrice[0] <== 1;
    victim.collateralWeight[0] <== BASIS_POINTS();
    component bankrupt = Bankrupt(2, 1, 1);
    bankrupt.collateral[0] <== victimCash;
    bankrupt.position <== victim.position;
    bankrupt.table <== victim.table;
    bankrupt.settled[0] === 0;
    component close = CloseLots();
    close.lots <== lots;
    close.mark <== mark[0];
    close.fundingIndex <== fundingIndex[0];
    close.longRisk <== longRisk;
    close.shortRisk <== shortRisk;
    close.deficit <== bankrupt.deficit;
    close.notional <== bankrupt.notional;
    close.short <== bankrupt.short[0];
    close.victim <== victim.position[0];
    close.counterparty.size <== counterpartySize;
    close.counterparty.fundingIndex <== counterpartyIndex;
    close.counterparty.openBuy <== 0;
    close.counterparty.openSell <== 0;
    close.victimCash <== victimCash;
    close.counterpartyCash <== counterpartyCash;
    victimCashAfter <== close.victimCashAfter;
    victimSizeAfter <== close.victimAfter.size;
    counterpartyCashAfter <== close.counterpartyCashAfter;
    counterpartySizeAfter <== close.counterpartyAfter.size;
    surcharge <== close.surcharge;
}

template ScoreProbe() {
    signal input stake;
    signal input mark;
    signal input fair;
    signal output score;
    component of = Score();
    of.stake <== stake;
    of.mark <== mark;
    of.fair <== fair;
    score <== of.score;
}

// The house, of which it is said that it cannot pay. One market, cash and another asset.
template HouseProbe(S) {
    signal input fails;
    signal input asked;
    signal input collateral[2];
    signal input size;
    signal input positionIndex;
    signal input fundingIndex;
    signal input suspended;
    signal input openBuy;
    signal input shortOptionMinimum;
    signal input largeLots;
    signal input largeRisk;
    signal input sheltered;
    signal input scenarioPrice[S];
    signal input initialMarginBps;
    signal input collateralPrice[2];
    signal input collateralWeight[2];
    signal input penniless; // hint
    signal input scenario; // hint

    component flat = FlatTable(1, 2, S);
    flat.fundingIndex[0] <== fundingIndex;
    flat.longRisk[0] <== 1;
    flat.shortRisk[0] <== 1;
    flat.shortOptionMinimum[0] <== shortOptionMinimum;
    flat.largeLots[0] <== largeLots;
    flat.largeRisk[0] <== largeRisk;
    flat.band[0] <== 0;
    flat.phase[0] <== 0;
    flat.scenarioPrice[0] <== scenarioPrice;
    flat.initialMarginBps <== initialMarginBps;
    flat.takerFeeBps <== 0;
    flat.auction <== 0;
    flat.collateralPrice <== collateralPrice;
    flat.collateralWeight <== collateralWeight;
    component house = HouseFails(1, 2, S);
    house.fails <== AssertBinary()(fails);
    house.asked <== AssertBits(ASKED_BITS())(asked);
    house.sheltered[0] <== AssertBinary()(sheltered);
    house.suspended <== AssertBinary()(suspended);
    house.collateral <== collateral;
    house.position[0].size <== size;
    house.position[0].fundingIndex <== positionIndex;
    house.position[0].openBuy <== openBuy;
    house.position[0].openSell <== 0;
    house.table <== flat.table;
    house.penniless <== penniless;
    house.scenario <== scenario;
}
