pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "state/account.circom";
include "state/margin.circom";
include "state/markets.circom";
include "state/portfolio.circom";
include "state/risk.circom";
include "state/shape.circom";
include "takeover/auction.circom";
include "takeover/bid.circom";
include "takeover/pass.circom";

// Words of a takeover (protocol.md#takeover-words): the head of every batch, then these, then the victim's portfolio.
function TAKEOVER_HEAD_WORDS() { return 6; }
function TAKEOVER_OWN_WORDS() { return 6; }
function TAKEOVER_WORDS(M, K) { return TAKEOVER_HEAD_WORDS() + TAKEOVER_OWN_WORDS() + PORTFOLIO_WORDS(M, K); }

// The accounts of a takeover, in the order in which they are written.
function VICTIM() { return 0; }
function BIDDER() { return 1; }
function HOUSE() { return 2; }

// Claim: newStateRoot is what the takeover of one flagged account by one bid makes of oldStateRoot, at riskRoot, this time and resumedAt
// (protocol.md#takeover); all that is public of it are the words that commitment, challenge and value stand for.
// @assumes accounts' keys are in the prime-order subgroup, and numbers of the old state in range: whatever writes a state checks them;
// the table is as protocol.md#risk-table requires: risk-update proves it; the contract checks domain, time, which table riskRoot may be, the
// root that it starts from, resumedAt, and that no deposit to the victim and no cure of it waits from before `opens`
template Takeover(shape) {
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
    // the bid
    signal input victim;
    signal input bidder;
    signal input price;
    signal input bidNonce;
    signal input expiry;
    signal input signatureR8x;
    signal input signatureR8y;
    signal input signatureWindow[FIXED_BASE_WINDOWS() + 1][2];
    // victim, bidder and house, each as the one before left the tree
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
    signal input scenario; // in which the victim fails
    signal input worstLoss[2]; // of bidder and house, afterwards

    // ---- 0. Time and risk table, which serves: asOf <= time <= asOf + maxAge
    signal {maxbit} time <== AssertBits(TIME_BITS())(timestamp);
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    _ <== AssertBits(TIME_BITS())(time - risk.table.asOf);
    _ <== AssertBits(TIME_BITS())(risk.table.asOf + risk.table.maxAge - time);

    // ---- 1. Three accounts
    Account(M, K) before[3];
    component groups[3];
    component leaf[3];
    for (var a = 0; a < 3; a++) {
        before[a].keyX <== keyX[a];
        before[a].keyY <== keyY[a];
        before[a].ownerCommitment <== ownerCommitment[a];
        before[a].viewKey <== viewKey[a];
        before[a].status <== status[a];
        before[a].nonce <== nonce[a];
        before[a].collateral <== collateral[a];
        for (var m = 0; m < M; m++) {
            before[a].position[m].size <== size[a][m];
            before[a].position[m].fundingIndex <== fundingIndex[a][m];
            before[a].position[m].openBuy <== openBuy[a][m];
            before[a].position[m].openSell <== openSell[a][m];
        }
        groups[a] = HashGroups(M);
        groups[a].position <== before[a].position;
        leaf[a] = HashAccount(M, K);
        leaf[a].keyX <== keyX[a];
        leaf[a].keyY <== keyY[a];
        leaf[a].ownerCommitment <== ownerCommitment[a];
        leaf[a].viewKey <== viewKey[a];
        leaf[a].status <== status[a];
        leaf[a].nonce <== nonce[a];
        leaf[a].collateral <== collateral[a];
        leaf[a].groups <== groups[a].digests;
    }
    signal {binary} ownVictim <== IsSame()(victim, bidder);
    signal {binary} houseVictim <== IsSame()(victim, 0);
    signal {binary} houseBidder <== IsSame()(bidder, 0);
    ownVictim + houseVictim + houseBidder === 0;

    // ---- 2. The victim: flagged, its auction open, below maintenance; and none pays less than the schedule says. Below 0 the house helps
    signal {binary} helped <== IsNegative(COLLATERAL_BITS())(price);
    component standing = UnpackStatus();
    standing.status <== status[VICTIM()];
    component auction = OpenAuction();
    auction.time <== time;
    auction.flaggedAt <== standing.flaggedAt;
    auction.resumedAt <== AssertBits(TIME_BITS())(resumedAt);
    auction.grace <== risk.table.grace;
    auction.auction <== risk.table.auction;
    auction.firstDiscountBps <== risk.table.firstDiscountBps;
    auction.lastDiscountBps <== risk.table.lastDiscountBps;
    signal {binary} dead <== UncheckedBinary()(1); // discharged: a constant
    component victimValue = ValuePortfolio(M, K, S);
    victimValue.collateral <== collateral[VICTIM()];
    victimValue.suspended <== dead;
    victimValue.position <== before[VICTIM()].position;
    victimValue.table <== risk.table;
    component priced = AssertPrice(M, K, S);
    priced.portfolio <== victimValue.portfolio;
    priced.position <== before[VICTIM()].position;
    priced.collateral <== collateral[VICTIM()];
    priced.table <== risk.table;
    priced.discount <== auction.discount;
    priced.price <== price;
    priced.negative <== helped;
    priced.scenario <== scenario;

    // ---- 3. The bid; the bidder is not barred and has a view key
    component held = HashHeld(M, K);
    held.position <== before[VICTIM()].position;
    held.collateral <== collateral[VICTIM()];
    component bid = AssertBid();
    bid.domain <== domain;
    bid.time <== time;
    bid.victim <== victim;
    bid.bidder <== bidder;
    bid.held <== held.held;
    bid.price <== price;
    bid.nonce <== bidNonce;
    bid.expiry <== expiry;
    bid.oldNonce <== nonce[BIDDER()];
    bid.keyX <== keyX[BIDDER()];
    bid.keyY <== keyY[BIDDER()];
    bid.R8x <== signatureR8x;
    bid.R8y <== signatureR8y;
    bid.window <== signatureWindow;
    status[BIDDER()] === 0;
    signal {binary} viewless <== IsSame()(viewKey[BIDDER()], 0);
    viewless === 0;

    // ---- 4. What passes; below 0 the house pays
    signal subsidy <== -helped * price;
    component pass = PassPortfolio(M, K);
    pass.victim <== before[VICTIM()];
    pass.bidder <== before[BIDDER()];
    for (var m = 0; m < M; m++) {
        pass.fundingIndex[m] <== risk.table.market[m].fundingIndex;
        pass.maxPosition[m] <== risk.table.market[m].maxPosition;
    }
    pass.price <== price;
    pass.paid <== price + subsidy;
    pass.nonce <== bidNonce;

    // ---- 5. Bidder and house meet initial margin afterwards, with no size in a sheltered market, and the house pays out of cash that it has
    signal {binary} alive <== UncheckedBinary()(0); // discharged: a constant
    component bidderValue = ValuePortfolio(M, K, S);
    bidderValue.collateral <== pass.richer.collateral;
    bidderValue.suspended <== alive;
    bidderValue.position <== pass.richer.position;
    bidderValue.table <== risk.table;
    component bidderExcess = AssertExcess(M, S, LOSS_BITS() + 1);
    bidderExcess.scaled <== bidderValue.portfolio.scaledNet;
    bidderExcess.ratioBps <== UncheckedBits(BASIS_POINTS_BITS())(risk.table.initialMarginBps); // discharged: a published table's
    bidderExcess.worstLoss <== worstLoss[0];
    bidderExcess.portfolio <== bidderValue.portfolio;
    signal risked[M];
    for (var m = 0; m < M; m++) {
        priced.sheltered[m] * size[BIDDER()][m] === 0;
        risked[m] <== priced.sheltered[m] * size[HOUSE()][m];
        helped * risked[m] === 0;
    }
    signal houseCollateral[K];
    for (var k = 0; k < K; k++) houseCollateral[k] <== collateral[HOUSE()][k] - (k == 0 ? subsidy : 0);
    _ <== AssertBits(COLLATERAL_BITS())(helped * houseCollateral[0]);
    component houseStanding = UnpackStatus();
    houseStanding.status <== status[HOUSE()];
    component houseValue = ValuePortfolio(M, K, S);
    houseValue.collateral <== houseCollateral;
    houseValue.suspended <== houseStanding.suspended;
    houseValue.position <== before[HOUSE()].position;
    houseValue.table <== risk.table;
    component houseExcess = AssertExcess(M, S, LOSS_BITS() + 1);
    houseExcess.scaled <== helped * houseValue.portfolio.scaledNet;
    houseExcess.ratioBps <== UncheckedBits(BASIS_POINTS_BITS())(helped * risk.table.initialMarginBps); // discharged: a published table's, or 0
    houseExcess.worstLoss <== worstLoss[1];
    houseExcess.portfolio <== houseValue.portfolio;

    // ---- 6. The tree: victim, bidder and, where it pays, the house
    component newGroups[2];
    component newLeaf[3];
    for (var a = 0; a < 3; a++) newLeaf[a] = HashAccount(M, K);
    Account(M, K) after[2];
    after[VICTIM()] <== pass.poorer;
    after[BIDDER()] <== pass.richer;
    for (var a = 0; a < 2; a++) {
        newGroups[a] = HashGroups(M);
        newGroups[a].position <== after[a].position;
        newLeaf[a].keyX <== after[a].keyX;
        newLeaf[a].keyY <== after[a].keyY;
        newLeaf[a].ownerCommitment <== after[a].ownerCommitment;
        newLeaf[a].viewKey <== after[a].viewKey;
        newLeaf[a].status <== after[a].status;
        newLeaf[a].nonce <== after[a].nonce;
        newLeaf[a].collateral <== after[a].collateral;
        newLeaf[a].groups <== newGroups[a].digests;
    }
    newLeaf[HOUSE()].keyX <== keyX[HOUSE()];
    newLeaf[HOUSE()].keyY <== keyY[HOUSE()];
    newLeaf[HOUSE()].ownerCommitment <== ownerCommitment[HOUSE()];
    newLeaf[HOUSE()].viewKey <== viewKey[HOUSE()];
    newLeaf[HOUSE()].status <== status[HOUSE()];
    newLeaf[HOUSE()].nonce <== nonce[HOUSE()];
    newLeaf[HOUSE()].collateral <== houseCollateral;
    newLeaf[HOUSE()].groups <== groups[HOUSE()].digests;
    component path[3];
    for (var a = 0; a < 3; a++) {
        path[a] = MerkleUpdate(levels);
        path[a].children <== accountChildren[a];
        path[a].oldLeaf <== leaf[a].leaf;
        path[a].newLeaf <== newLeaf[a].leaf;
    }
    path[VICTIM()].index <== victim;
    path[BIDDER()].index <== bidder;
    path[HOUSE()].index <== 0;
    path[VICTIM()].oldRoot === accountsRoot;
    path[BIDDER()].oldRoot === path[VICTIM()].newRoot;
    helped * (path[HOUSE()].oldRoot - path[BIDDER()].newRoot) === 0;
    signal newAccountsRoot <== path[BIDDER()].newRoot + helped * (path[HOUSE()].newRoot - path[BIDDER()].newRoot);

    // ---- 7. Roots, and the words that are public
    component oldMarkets = HashMarkets(M);
    oldMarkets.openInterest <== openInterest;
    oldMarkets.booksRoot <== booksRoot;
    component newMarkets = HashMarkets(M);
    for (var m = 0; m < M; m++) newMarkets.openInterest[m] <== openInterest[m] - pass.openInterestFall[m];
    newMarkets.booksRoot <== booksRoot;
    component portfolio = PackPortfolio(M, K);
    portfolio.enabled <== dead;
    portfolio.position <== pass.taken;
    for (var k = 0; k < K; k++) {
        if (k == 0) portfolio.collateral[k] <== pass.cash;
        else portfolio.collateral[k] <== collateral[VICTIM()][k];
    }
    component data = AssertPublicData(TAKEOVER_WORDS(M, K));
    data.words[0] <== domain;
    data.words[1] <== time;
    data.words[2] <== risk.riskRoot;
    data.words[3] <== Hash(TAG_STATE(), 2)([accountsRoot, oldMarkets.root]);
    data.words[4] <== Hash(TAG_STATE(), 2)([newAccountsRoot, newMarkets.root]);
    data.words[5] <== newMarkets.root;
    data.words[6] <== (victim * (1 << ACCOUNT_BITS()) + bidder) * (1 << NONCE_BITS()) + bidNonce;
    data.words[7] <== auction.opens * (1 << TIME_BITS()) + resumedAt;
    data.words[8] <== bid.offset;
    data.words[9] <== newLeaf[VICTIM()].leaf;
    data.words[10] <== newLeaf[BIDDER()].leaf;
    data.words[11] <== helped * newLeaf[HOUSE()].leaf;
    for (var w = 0; w < PORTFOLIO_WORDS(M, K); w++) data.words[12 + w] <== portfolio.words[w];
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
