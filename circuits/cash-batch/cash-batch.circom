pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "lib/shared-top.circom";
include "state/markets.circom";
include "state/portfolio.circom";
include "state/risk.circom";
include "state/shape.circom";
include "cash-batch/flag.circom";
include "cash-batch/kind.circom";
include "cash-batch/slot.circom";
include "cash-batch/sweep.circom";
include "cash-batch/words.circom";

// current = 1 iff there is a table and its prices serve at that time: asOf <= time <= asOf + maxAge.
// @assumes where there is one, the table is as protocol.md#risk-table requires; where there is none, current = 0 whatever the
// comparisons yield
template IsCurrent() {
    signal input {binary} posted;
    signal input {maxbit} time;
    signal input asOf;
    signal input maxAge;
    signal output {binary} current;
    signal {maxbit} from <== UncheckedBits(TIME_BITS())(asOf); // discharged: a published table's; so below
    signal {maxbit} until <== UncheckedBits(TIME_BITS() + 1)(asOf + maxAge);
    signal {binary} early <== IsLess()(time, from);
    signal {binary} late <== IsLess()(until, time);
    signal {binary} young <== And()(posted, Not()(early));
    current <== And()(young, Not()(late));
}

// Claim: newStateRoot is what the batch's operations make of oldStateRoot, in order, one on each used slot, and then at most
// one sweep of a market's fees to the house; all that is public of it are the words that commitment, challenge and value
// stand for. The law is protocol.md#cash-batch.
// @assumes accounts' keys are in the prime-order subgroup, and numbers of the old state in range: whatever writes a state
// checks them; a table whose prices are used is as protocol.md#risk-table requires: risk-update proves it; the contract
// checks the words: which operations its queue holds, their points, view commitments and what is available
template CashBatch(shape, N) {
    var M = MARKETS(shape);
    var K = COLLATERALS(shape);
    var S = SCENARIOS(shape);
    var levels = ACCOUNT_LEVELS(shape);
    var W = WINDOW(shape);
    var bookLevels = BOOK_LEVELS(shape);
    // public
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    // words that the rest does not determine
    signal input domain;
    signal input timestamp;
    signal input riskRoot;
    // risk table
    signal input riskWords[RISK_WORDS(M, K, S)];
    // operations
    signal input kind[N];
    signal input account[N];
    signal input asset[N];
    signal input requested[N];
    signal input paid[N];
    signal input available[N];
    signal input messageNonce[N];
    signal input expiry[N];
    signal input signatureR8x[N];
    signal input signatureR8y[N];
    signal input signatureWindow[N][FIXED_BASE_WINDOWS() + 1][2];
    signal input pointX[N];
    signal input pointY[N];
    signal input newViewKey[N];
    signal input cured[N];
    signal input expiring[N]; // the market whose position is paid out
    // accounts as the slots find them
    signal input accountNodes[TOP_NODES()];
    signal input keyX[N];
    signal input keyY[N];
    signal input ownerCommitment[N];
    signal input viewKey[N];
    signal input status[N];
    signal input nonce[N];
    signal input collateral[N][K];
    signal input size[N][M];
    signal input fundingIndex[N][M];
    signal input openBuy[N][M];
    signal input openSell[N][M];
    signal input accountChildren[N][levels - TOP_LEVELS()][4];
    // markets
    signal input openInterest[M];
    signal input booksRoot;
    // sweep
    signal input sweeps;
    signal input retires;
    signal input market;
    signal input bids[W];
    signal input asks[W];
    signal input nextSequence;
    signal input fees;
    signal input messageChain;
    signal input hand;
    signal input salt;
    signal input bookChildren[bookLevels][4];
    signal input houseKeyX;
    signal input houseKeyY;
    signal input houseOwnerCommitment;
    signal input houseViewKey;
    signal input houseStatus;
    signal input houseNonce;
    signal input houseCollateral[K];
    signal input houseGroups[POSITION_GROUPS(M)];
    signal input houseChildren[levels - TOP_LEVELS()][4];
    // hints
    signal input worstLoss[N];
    signal input scenario[N];

    // ---- 0. Time and risk table
    signal {maxbit} time <== AssertBits(TIME_BITS())(timestamp);
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    // A riskRoot that nobody can open would be the last one at which exits are valued.
    signal {binary} posted <== Not()(IsSame()(riskRoot, 0));
    posted * (risk.riskRoot - riskRoot) === 0;
    signal {binary} current <== IsCurrent()(posted, time, risk.table.asOf, risk.table.maxAge);
    signal {binary} sheltered[M];
    for (var m = 0; m < M; m++) sheltered[m] <== IsSame()(risk.table.market[m].phase, PHASE_SHELTERED());

    // ---- 1. Kinds: unused slots come last; behind each TRANSFER_OUT, and nowhere else, comes its TRANSFER_IN; a FLAG comes first
    component read[N];
    var used = 0;
    for (var n = 0; n < N; n++) {
        read[n] = ReadKind();
        read[n].number <== kind[n];
        used += read[n].is.used;
        if (n > 0) read[n].is.flag === 0;
        if (n > 0) read[n].is.used * (1 - read[n - 1].is.used) === 0;
        if (n == 0) read[n].is.transferIn === 0;
        else {
            read[n].is.transferIn === read[n - 1].is.transferOut;
            read[n].is.transferIn * (asset[n] - asset[n - 1]) === 0;
            read[n].is.transferIn * (requested[n] - requested[n - 1]) === 0;
        }
    }
    read[N - 1].is.transferOut === 0;
    signal payee[N];
    signal payer[N];
    for (var n = 0; n < N; n++) {
        payee[n] <== n < N - 1 ? read[n].is.transferOut * account[n + 1] : 0;
        payer[n] <== n > 0 ? read[n].is.transferIn * account[n - 1] : 0;
    }

    // ---- 2. The slots, one after another on the tree as the one before left it
    Account(M, K) before[N];
    CashOperation() operation[N];
    component slot[N];
    for (var n = 0; n < N; n++) {
        before[n].keyX <== keyX[n];
        before[n].keyY <== keyY[n];
        before[n].ownerCommitment <== ownerCommitment[n];
        before[n].viewKey <== viewKey[n];
        before[n].status <== status[n];
        before[n].nonce <== nonce[n];
        before[n].collateral <== collateral[n];
        for (var m = 0; m < M; m++) {
            before[n].position[m].size <== size[n][m];
            before[n].position[m].fundingIndex <== fundingIndex[n][m];
            before[n].position[m].openBuy <== openBuy[n][m];
            before[n].position[m].openSell <== openSell[n][m];
        }
        operation[n].account <== account[n];
        operation[n].counterAccount <== payee[n] + payer[n];
        operation[n].asset <== asset[n];
        operation[n].requested <== requested[n];
        operation[n].paid <== paid[n];
        operation[n].available <== available[n];
        operation[n].nonce <== messageNonce[n];
        operation[n].expiry <== expiry[n];
        operation[n].R8x <== signatureR8x[n];
        operation[n].R8y <== signatureR8y[n];
        operation[n].pointX <== pointX[n];
        operation[n].pointY <== pointY[n];
        operation[n].viewKey <== newViewKey[n];
        operation[n].cured <== cured[n];
        operation[n].market <== expiring[n];
        slot[n] = CashSlot(M, K, S, levels);
        slot[n].is <== read[n].is;
        slot[n].number <== kind[n];
        slot[n].operation <== operation[n];
        slot[n].window <== signatureWindow[n];
        slot[n].domain <== domain;
        slot[n].time <== time;
        slot[n].table <== risk.table;
        slot[n].posted <== posted;
        slot[n].current <== current;
        slot[n].sheltered <== sheltered;
        slot[n].before <== before[n];
        slot[n].children <== accountChildren[n];
        if (n == 0) slot[n].nodes <== accountNodes;
        else slot[n].nodes <== slot[n - 1].newNodes;
        slot[n].worstLoss <== worstLoss[n];
        slot[n].scenario <== scenario[n];
    }

    // ---- 3. Whom the first one flags
    component flag = CheckFlag(M, K, S);
    flag.flag <== read[0].is.flag;
    flag.account <== account[0];
    flag.flaggedAt <== slot[0].flaggedAt;
    flag.exposed <== slot[0].exposed;
    flag.table <== risk.table;
    flag.time <== time;
    component portfolio = PackPortfolio(M, K);
    portfolio.enabled <== read[0].is.flag;
    portfolio.position <== before[0].position;
    portfolio.collateral <== before[0].collateral;

    // ---- 4. The sweep, of a market as the slots left it
    signal newOpenInterest[M];
    for (var m = 0; m < M; m++) {
        var closed = 0;
        for (var n = 0; n < N; n++) closed += slot[n].closed[m];
        newOpenInterest[m] <== openInterest[m] - closed;
    }
    BookLeaf(W) book;
    book.bids <== bids;
    book.asks <== asks;
    book.nextSequence <== nextSequence;
    book.fees <== fees;
    book.messageChain <== messageChain;
    book.hand <== hand;
    book.salt <== salt;
    House(M, K) house;
    house.keyX <== houseKeyX;
    house.keyY <== houseKeyY;
    house.ownerCommitment <== houseOwnerCommitment;
    house.viewKey <== houseViewKey;
    house.status <== houseStatus;
    house.nonce <== houseNonce;
    house.collateral <== houseCollateral;
    house.groups <== houseGroups;
    component sweep = Sweep(M, K, levels, W, bookLevels);
    sweep.enabled <== AssertBinary()(sweeps);
    sweep.market <== market;
    sweep.book <== book;
    sweep.bookChildren <== bookChildren;
    sweep.house <== house;
    sweep.houseChildren <== houseChildren;
    sweep.accountNodes <== slot[N - 1].newNodes;
    sweep.booksRoot <== booksRoot;
    sweep.retires <== AssertBinary()(retires);
    sweep.posted <== posted;
    for (var m = 0; m < M; m++) sweep.phase[m] <== risk.table.market[m].phase;
    sweep.openInterest <== newOpenInterest;

    // ---- 5. Roots, and the words that are public
    component words = CashWords(M, K, N);
    words.domain <== domain;
    words.timestamp <== timestamp;
    words.riskRoot <== riskRoot;
    component oldMarkets = HashMarkets(M);
    oldMarkets.openInterest <== openInterest;
    oldMarkets.booksRoot <== booksRoot;
    component newMarkets = HashMarkets(M);
    newMarkets.openInterest <== newOpenInterest;
    newMarkets.booksRoot <== sweep.newBooksRoot;
    signal accountsRoot <== TopRoot()(accountNodes);
    signal newAccountsRoot <== TopRoot()(sweep.newAccountNodes);
    words.oldStateRoot <== Hash(TAG_STATE(), 2)([accountsRoot, oldMarkets.root]);
    words.newStateRoot <== Hash(TAG_STATE(), 2)([newAccountsRoot, newMarkets.root]);
    words.newMarketsRoot <== newMarkets.root;
    for (var n = 0; n < N; n++) words.slot[n] <== slot[n].words;
    words.portfolio <== portfolio.words;
    words.used <== used;
    words.sweep <== sweep.word;
    words.houseLeaf <== sweep.leaf;
    component data = AssertPublicData(CASH_WORDS(M, K, N));
    data.words <== words.words;
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
