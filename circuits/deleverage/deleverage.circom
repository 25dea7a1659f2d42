pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/hash.circom";
include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/margin.circom";
include "state/markets.circom";
include "state/open-account.circom";
include "state/risk.circom";
include "state/shape.circom";
include "takeover/auction.circom";
include "deleverage/asked.circom";
include "deleverage/close.circom";
include "deleverage/deficit.circom";
include "deleverage/house.circom";

// Words of a deleveraging (protocol.md#deleverage-words): the head of every batch, then these.
function DELEVERAGE_HEAD_WORDS() { return 6; }
function DELEVERAGE_OWN_WORDS() { return 6; }

// The accounts of a deleveraging, in the order in which they are opened.
function BANKRUPT() { return 0; }
function COUNTERPARTY() { return 1; }
function PAYER() { return 2; } // the house, of which nothing changes

// Claim: newStateRoot is what closing lots of one flagged account that owes more than it has, against one counterparty, makes of
// oldStateRoot, at riskRoot, this time and resumedAt (protocol.md#deleverage); all that is public of it are the words that commitment,
// challenge and value stand for.
// @assumes numbers of the old state are in range: whatever writes a state checks them; the table is as protocol.md#risk-table requires:
// risk-update proves it; the contract checks domain, time, which table riskRoot may be, the root that it starts from, resumedAt, that
// no deposit to the victim and no cure of it waits from before `opens`, and where houseFails is 0 that the house may not pay so much
template Deleverage(shape) {
    var M = MARKETS(shape);
    var K = COLLATERALS(shape);
    var S = SCENARIOS(shape);
    var levels = ACCOUNT_LEVELS(shape);
    // public
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    // words that the rest does not determine
    signal input domain;
    signal input timestamp;
    signal input resumedAt;
    // risk table
    signal input riskWords[RISK_WORDS(M, K, S)];
    // what is closed
    signal input victim;
    signal input counterparty;
    signal input market;
    signal input lots;
    signal input houseFails;
    // victim, counterparty as the victim left the tree, and the house as both found it
    signal input accountsRoot;
    signal input keyX[3];
    signal input keyY[3];
    signal input ownerCommitment[3];
    signal input viewKey[3];
    signal input status[3];
    signal input nonce[3];
    signal input collateral[3][K];
    signal input size[3][M];
    signal input fundingIndex[3][M];
    signal input openBuy[3][M];
    signal input openSell[3][M];
    signal input accountChildren[3][levels][4];
    // markets
    signal input openInterest[M];
    signal input booksRoot;
    // hints
    signal input victimScenario; // in which the victim loses most
    signal input worstLoss; // of the counterparty, afterwards
    signal input penniless; // the house has less cash than what a bidder may ask
    signal input scenario; // in which it misses initial margin

    // ---- 0. Time and risk table, which serves: asOf <= time <= asOf + maxAge
    signal {maxbit} time <== AssertBits(TIME_BITS())(timestamp);
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    _ <== AssertBits(TIME_BITS())(time - risk.table.asOf);
    _ <== AssertBits(TIME_BITS())(risk.table.asOf + risk.table.maxAge - time);

    // ---- 1. Three accounts
    component open[3];
    for (var a = 0; a < 3; a++) {
        open[a] = OpenAccount(M, K);
        open[a].keyX <== keyX[a];
        open[a].keyY <== keyY[a];
        open[a].ownerCommitment <== ownerCommitment[a];
        open[a].viewKey <== viewKey[a];
        open[a].status <== status[a];
        open[a].nonce <== nonce[a];
        open[a].collateral <== collateral[a];
        open[a].size <== size[a];
        open[a].fundingIndex <== fundingIndex[a];
        open[a].openBuy <== openBuy[a];
        open[a].openSell <== openSell[a];
    }
    // No account is closed against itself: as it was left, it still holds its lots on its own side, if any
    signal {binary} houseVictim <== IsSame()(victim, 0);
    signal {binary} houseCounterparty <== IsSame()(counterparty, 0);
    houseVictim === 0;
    houseCounterparty === 0;

    // ---- 2. The victim: flagged, its auction open, and it owes more than it has; and what a bidder may ask for it
    component standing[3];
    for (var a = 0; a < 3; a++) {
        standing[a] = UnpackStatus();
        standing[a].status <== status[a];
    }
    component auction = OpenAuction();
    auction.time <== time;
    auction.flaggedAt <== standing[BANKRUPT()].flaggedAt;
    auction.resumedAt <== AssertBits(TIME_BITS())(resumedAt);
    auction.grace <== risk.table.grace;
    auction.auction <== risk.table.auction;
    auction.firstDiscountBps <== risk.table.firstDiscountBps;
    auction.lastDiscountBps <== risk.table.lastDiscountBps;
    component bankrupt = Bankrupt(M, K, S);
    bankrupt.collateral <== collateral[BANKRUPT()];
    bankrupt.position <== open[BANKRUPT()].account.position;
    bankrupt.table <== risk.table;
    signal {binary} dead <== One()();
    component victimValue = ValuePortfolio(M, K, S);
    victimValue.collateral <== collateral[BANKRUPT()];
    victimValue.suspended <== dead;
    victimValue.position <== open[BANKRUPT()].account.position;
    victimValue.table <== risk.table;
    component most = MostAsked(M, S);
    most.portfolio <== victimValue.portfolio;
    most.deficit <== bankrupt.deficit;
    most.discount <== auction.discount;
    most.auction <== risk.table.auction;
    most.scenario <== victimScenario;

    // ---- 3. The market, which is not settled
    signal {binary} always <== One()();
    signal {binary} hot[M] <== OneHot(M)(market, always);
    component mark = Pick(M);
    component index = Pick(M);
    component longRisk = Pick(M);
    component shortRisk = Pick(M);
    component short = Pick(M);
    mark.hot <== hot;
    index.hot <== hot;
    longRisk.hot <== hot;
    shortRisk.hot <== hot;
    short.hot <== hot;
    short.values <== bankrupt.short;
    for (var m = 0; m < M; m++) {
        mark.values[m] <== risk.table.market[m].scenarioPrice[0];
        index.values[m] <== risk.table.market[m].fundingIndex;
        longRisk.values[m] <== risk.table.market[m].longRisk;
        shortRisk.values[m] <== risk.table.market[m].shortRisk;
        hot[m] * bankrupt.settled[m] === 0;
    }

    // ---- 4. What is closed
    component old[2];
    for (var a = 0; a < 2; a++) {
        old[a] = PickPosition(M);
        old[a].hot <== hot;
        old[a].position <== open[a].account.position;
    }
    component close = CloseLots();
    close.lots <== lots;
    close.mark <== mark.out;
    close.fundingIndex <== index.out;
    close.longRisk <== longRisk.out;
    close.shortRisk <== shortRisk.out;
    close.deficit <== bankrupt.deficit;
    close.notional <== bankrupt.notional;
    close.short <== UncheckedBinary()(short.out); // discharged: one of bits
    close.victim <== old[BANKRUPT()].picked;
    close.counterparty <== old[COUNTERPARTY()].picked;
    close.victimCash <== collateral[BANKRUPT()][0];
    close.counterpartyCash <== collateral[COUNTERPARTY()][0];
    component replace[2];
    for (var a = 0; a < 2; a++) {
        replace[a] = ReplacePosition(M);
        replace[a].hot <== hot;
        replace[a].position <== open[a].account.position;
        replace[a].old <== old[a].picked;
        replace[a].oldDigests <== open[a].digests;
    }
    replace[BANKRUPT()].new <== close.victimAfter;
    replace[COUNTERPARTY()].new <== close.counterpartyAfter;
    _ <== replace[BANKRUPT()].replaced; // the leaf takes its digests
    signal after[2][K];
    for (var k = 0; k < K; k++) {
        after[BANKRUPT()][k] <== k == 0 ? close.victimCashAfter : collateral[BANKRUPT()][k];
        after[COUNTERPARTY()][k] <== k == 0 ? close.counterpartyCashAfter : collateral[COUNTERPARTY()][k];
    }

    // ---- 5. The counterparty: nothing sheltered, its score before, and initial margin afterwards
    for (var m = 0; m < M; m++) bankrupt.sheltered[m] * size[COUNTERPARTY()][m] === 0;
    component worth = FairPrice(M, K, S);
    worth.collateral <== collateral[COUNTERPARTY()];
    worth.position <== open[COUNTERPARTY()].account.position;
    worth.table <== risk.table;
    component score = Score();
    score.stake <== close.stake;
    score.mark <== mark.out;
    score.fair <== worth.fair;
    component value = ValuePortfolio(M, K, S);
    value.collateral <== after[COUNTERPARTY()];
    value.suspended <== standing[COUNTERPARTY()].suspended;
    value.position <== replace[COUNTERPARTY()].replaced;
    value.table <== risk.table;
    component excess = AssertExcess(M, S, LOSS_BITS() + 1);
    excess.scaled <== value.portfolio.scaledNet;
    excess.ratioBps <== UncheckedBits(BASIS_POINTS_BITS())(risk.table.initialMarginBps); // discharged: a published table's
    excess.worstLoss <== worstLoss;
    excess.portfolio <== value.portfolio;

    // ---- 6. The house, which could not pay, if that is what is said
    component house = HouseFails(M, K, S);
    house.fails <== AssertBinary()(houseFails);
    house.asked <== most.asked;
    house.sheltered <== bankrupt.sheltered;
    house.suspended <== standing[PAYER()].suspended;
    house.collateral <== collateral[PAYER()];
    house.position <== open[PAYER()].account.position;
    house.table <== risk.table;
    house.penniless <== penniless;
    house.scenario <== scenario;

    // ---- 7. The tree: victim and counterparty change, the house stood in the one before
    component newLeaf[2];
    component path[2];
    for (var a = 0; a < 2; a++) {
        newLeaf[a] = HashAccount(M, K);
        newLeaf[a].keyX <== keyX[a];
        newLeaf[a].keyY <== keyY[a];
        newLeaf[a].ownerCommitment <== ownerCommitment[a];
        newLeaf[a].viewKey <== viewKey[a];
        newLeaf[a].status <== status[a];
        newLeaf[a].nonce <== nonce[a];
        newLeaf[a].collateral <== after[a];
        newLeaf[a].groups <== replace[a].digests;
        path[a] = MerkleUpdate(levels);
        path[a].children <== accountChildren[a];
        path[a].oldLeaf <== open[a].leaf;
        path[a].newLeaf <== newLeaf[a].leaf;
    }
    path[BANKRUPT()].index <== victim;
    path[COUNTERPARTY()].index <== counterparty;
    path[BANKRUPT()].oldRoot === accountsRoot;
    path[COUNTERPARTY()].oldRoot === path[BANKRUPT()].newRoot;
    component housePath = MerkleRoot(levels);
    housePath.index <== 0;
    housePath.leaf <== open[PAYER()].leaf;
    housePath.children <== accountChildren[PAYER()];
    housePath.root === accountsRoot;

    // ---- 8. Roots, and the words that are public
    component oldMarkets = HashMarkets(M);
    oldMarkets.openInterest <== openInterest;
    oldMarkets.booksRoot <== booksRoot;
    component newMarkets = HashMarkets(M);
    for (var m = 0; m < M; m++) newMarkets.openInterest[m] <== openInterest[m] - 2 * hot[m] * lots;
    newMarkets.booksRoot <== booksRoot;
    component data = AssertPublicData(DELEVERAGE_HEAD_WORDS() + DELEVERAGE_OWN_WORDS());
    data.words[0] <== domain;
    data.words[1] <== time;
    data.words[2] <== risk.riskRoot;
    data.words[3] <== Hash(TAG_STATE(), 2)([accountsRoot, oldMarkets.root]);
    data.words[4] <== Hash(TAG_STATE(), 2)([path[COUNTERPARTY()].newRoot, newMarkets.root]);
    data.words[5] <== newMarkets.root;
    var what = (victim * (1 << ACCOUNT_BITS()) + counterparty) * (1 << MARKET_BITS()) + market;
    var listed = mark.out * (1 << (FUNDING_INDEX_BITS() + 1)) + index.out + (1 << FUNDING_INDEX_BITS());
    data.words[6] <== (what * (1 << (PRICE_BITS() + FUNDING_INDEX_BITS() + 1)) + listed) * 2 + houseFails;
    data.words[7] <== auction.opens * (1 << TIME_BITS()) + resumedAt;
    data.words[8] <== lots * (1 << SURCHARGE_BITS()) + close.surcharge;
    data.words[9] <== most.asked * (1 << SCORE_BITS()) + score.score;
    data.words[10] <== newLeaf[BANKRUPT()].leaf;
    data.words[11] <== newLeaf[COUNTERPARTY()].leaf;
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
