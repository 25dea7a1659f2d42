pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/shared-top.circom";
include "state/account.circom";
include "state/book.circom";
include "state/markets.circom";
include "state/message.circom";
include "state/risk.circom";
include "state/shape.circom";
include "state/update.circom";
include "trade-batch/account.circom";
include "trade-batch/bundle.circom";
include "trade-batch/light.circom";
include "trade-batch/message.circom";
include "trade-batch/rules.circom";
include "trade-batch/step.circom";
include "trade-batch/touched.circom";
include "trade-batch/window.circom";
include "trade-batch/words.circom";

// The sizes of a batch as one parameter of a template, [N, G, steps, full slots, light slots] (protocol.md#sizes).
function MESSAGES(sizes) { return sizes[0]; }
function SIGNATURES(sizes) { return sizes[1]; }
function STEPS(sizes) { return sizes[2]; }
function FULL_ACCOUNTS(sizes) { return sizes[3]; }
function LIGHT_ACCOUNTS(sizes) { return sizes[4]; }

// Claim: newStateRoot is what the rules make of oldStateRoot, at riskRoot and this time, and some sequence of at most N
// messages for one market, in bundles that their accounts signed for this domain, none replayed. Which market is not revealed; all that
// is public of the batch are the words that commitment, challenge and value stand for.
// The law is protocol.md#trade-batch; its rules' numbers stand below.
// @assumes accounts' keys are on the curve and in the prime-order subgroup, and numbers of oldStateRoot in range: genesis
// and every circuit that writes a state check them; the risk table is as protocol.md#risk-table requires: risk-update
// proves it; the contract checks the words: domain, time, which table riskRoot may be, the root that the batch starts from, and closingOnly
template TradeBatch(shape, sizes) {
    var M = MARKETS(shape);
    var K = COLLATERALS(shape);
    var S = SCENARIOS(shape);
    var levels = ACCOUNT_LEVELS(shape);
    var W = WINDOW(shape);
    var bookLevels = BOOK_LEVELS(shape);
    var N = MESSAGES(sizes);
    var G = SIGNATURES(sizes);
    var steps = STEPS(sizes);
    var F = FULL_ACCOUNTS(sizes); // the first slots; the light ones come behind them
    var lights = LIGHT_ACCOUNTS(sizes);
    var T = F + lights;
    var P = GROUP_LENGTH(M);
    assert(steps <= 64); // as the widths of margin take for granted
    // public
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    // words that the rest does not determine
    signal input domain;
    signal input timestamp;
    signal input riskRoot;
    signal input closingOnly;
    // risk table, market and its book
    signal input riskWords[RISK_WORDS(M, K, S)];
    signal input market;
    signal input bids[W];
    signal input asks[W];
    signal input nextSequence;
    signal input fees;
    signal input messageChain;
    signal input hand;
    signal input salt;
    signal input newSalt; // chosen where the book has none
    signal input bookChildren[bookLevels][4];
    signal input openInterest[M];
    // messages
    signal input messageWord[N];
    // signed bundles of them
    signal input bundleEnd[G];
    signal input signatureR8x[G];
    signal input signatureR8y[G];
    signal input signatureWindow[G][FIXED_BASE_WINDOWS() + 1][2];
    signal input signer[G];
    // touched accounts; of a light slot the positions of this market's group, and the digests of all groups
    signal input accountNodes[TOP_NODES()];
    signal input index[T];
    signal input keyX[T];
    signal input keyY[T];
    signal input ownerCommitment[T];
    signal input viewKey[T];
    signal input status[T];
    signal input nonce[T];
    signal input collateral[T][K];
    signal input size[F][M];
    signal input fundingIndex[F][M];
    signal input openBuy[F][M];
    signal input openSell[F][M];
    signal input lightSize[lights][P];
    signal input lightFundingIndex[lights][P];
    signal input lightOpenBuy[lights][P];
    signal input lightOpenSell[lights][P];
    signal input lightDigests[lights][POSITION_GROUPS(M)];
    signal input accountChildren[T][levels - TOP_LEVELS()][4];
    // hints of the steps
    signal input idle[steps];
    signal input place[steps];
    signal input actor[steps];
    signal input victim[steps];
    // hints of the margin rule
    signal input closing[F];
    signal input scenario[F];
    signal input wasLarge[F];
    signal input worstLoss[F];

    // ---- 0. What is opened: risk table, market, book
    signal {maxbit} time <== AssertBits(TIME_BITS())(timestamp);
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    risk.riskRoot === riskRoot;
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} hot[M] <== OneHot(M)(market, always);
    component record = PickMarket(M, S);
    record.hot <== hot;
    record.market <== risk.table.market;
    component closingOnlyBit = AssertBinary();
    closingOnlyBit.in <== closingOnly;
    component read = ReadRules(S);
    read.timestamp <== time;
    read.closingOnly <== closingOnlyBit.out;
    read.record <== record.picked;
    read.takerFeeBps <== risk.table.takerFeeBps;
    read.makerFeeBps <== risk.table.makerFeeBps;
    read.asOf <== risk.table.asOf;
    read.maxAge <== risk.table.maxAge;
    component unpackHand = UnpackHand();
    unpackHand.word <== hand;

    // ---- Which of the touched accounts are barred (protocol.md#barred)
    component standing[T];
    signal {binary} barred[T];
    for (var t = 0; t < T; t++) {
        standing[t] = UnpackStatus();
        standing[t].status <== status[t];
        barred[t] <== standing[t].barred;
    }

    // ---- 1. Messages, unused ones last, and the signatures of their bundles
    component admit[N];
    component split = SplitBundles(N, G);
    split.word <== messageWord;
    split.domain <== domain;
    split.end <== bundleEnd;
    var used = 0;
    for (var n = 0; n < N; n++) {
        admit[n] = AdmitMessage();
        admit[n].word <== messageWord[n];
        admit[n].market <== market;
        admit[n].chain <== n == 0 ? messageChain : admit[n - 1].newChain;
        split.used[n] <== admit[n].message.used;
        split.unsigned[n] <== admit[n].message.unsigned;
        split.sender[n] <== admit[n].message.account;
        used += admit[n].message.used;
    }
    component sign[G];
    for (var g = 0; g < G; g++) {
        sign[g] = SignBundle(F);
        sign[g].enabled <== split.signs[g];
        sign[g].digest <== split.digest[g];
        sign[g].account <== split.account[g];
        sign[g].R8x <== signatureR8x[g];
        sign[g].R8y <== signatureR8y[g];
        sign[g].window <== signatureWindow[g];
        for (var t = 0; t < F; t++) {
            sign[g].index[t] <== index[t];
            sign[g].keyX[t] <== keyX[t];
            sign[g].keyY[t] <== keyY[t];
        }
        sign[g].signerHint <== signer[g];
    }

    // ---- The touched accounts, and their positions in this market
    Account(M, K) before[F];
    Account(P, K) lightBefore[lights];
    component old[F];
    component lightOld[lights];
    component locate = LocateMarket(M);
    locate.hot <== hot;
    for (var t = 0; t < F; t++) {
        before[t].keyX <== keyX[t];
        before[t].keyY <== keyY[t];
        before[t].ownerCommitment <== ownerCommitment[t];
        before[t].viewKey <== viewKey[t];
        before[t].status <== status[t];
        before[t].nonce <== nonce[t];
        before[t].collateral <== collateral[t];
        for (var m = 0; m < M; m++) {
            before[t].position[m].size <== size[t][m];
            before[t].position[m].fundingIndex <== fundingIndex[t][m];
            before[t].position[m].openBuy <== openBuy[t][m];
            before[t].position[m].openSell <== openSell[t][m];
        }
        old[t] = PickPosition(M);
        old[t].hot <== hot;
        old[t].position <== before[t].position;
    }
    for (var g = 0; g < lights; g++) {
        lightBefore[g].keyX <== keyX[F + g];
        lightBefore[g].keyY <== keyY[F + g];
        lightBefore[g].ownerCommitment <== ownerCommitment[F + g];
        lightBefore[g].viewKey <== viewKey[F + g];
        lightBefore[g].status <== status[F + g];
        lightBefore[g].nonce <== nonce[F + g];
        lightBefore[g].collateral <== collateral[F + g];
        for (var i = 0; i < P; i++) {
            lightBefore[g].position[i].size <== lightSize[g][i];
            lightBefore[g].position[i].fundingIndex <== lightFundingIndex[g][i];
            lightBefore[g].position[i].openBuy <== lightOpenBuy[g][i];
            lightBefore[g].position[i].openSell <== lightOpenSell[g][i];
        }
        lightOld[g] = PickPosition(P);
        lightOld[g].hot <== locate.place;
        lightOld[g].position <== lightBefore[g].position;
    }

    // ---- 2. Steps; idle ones come last. book[k], interest[k], touched[k] and loaded[k] stand in front of step k
    Book(W) book[steps + 1];
    Touched(T) touched[steps + 1];
    signal loaded[steps + 1];
    signal interest[steps + 1]; // open interest of this market
    book[0].onBids <== always;
    book[0].window <== bids;
    book[0].other <== asks;
    book[0].nextSequence <== nextSequence;
    book[0].fees <== fees;
    book[0].inHand <== unpackHand.inHand;
    book[0].hand <== unpackHand.order;
    touched[0].nonce <== nonce;
    for (var t = 0; t < F; t++) {
        touched[0].size[t] <== old[t].picked.size;
        touched[0].openBuy[t] <== old[t].picked.openBuy;
        touched[0].openSell[t] <== old[t].picked.openSell;
    }
    for (var g = 0; g < lights; g++) {
        touched[0].size[F + g] <== lightOld[g].picked.size;
        touched[0].openBuy[F + g] <== lightOld[g].picked.openBuy;
        touched[0].openSell[F + g] <== lightOld[g].picked.openSell;
    }
    for (var t = 0; t < T; t++) {
        touched[0].cashChange[t] <== 0;
        touched[0].touches[t] <== 0;
        touched[0].orders[t] <== 0;
        touched[0].rests[t] <== 0;
    }
    loaded[0] <== 0;
    interest[0] <== Pick(M)(hot, openInterest);
    component step[steps];
    component idleBit[steps];
    for (var k = 0; k < steps; k++) {
        var visible = k + 1 < N ? k + 1 : N;
        idleBit[k] = AssertBinary();
        idleBit[k].in <== idle[k];
        if (k > 0) idle[k - 1] * (1 - idle[k]) === 0;
        step[k] = Step(W, T, F, visible);
        step[k].rules <== read.rules;
        for (var n = 0; n < visible; n++) step[k].message[n] <== admit[n].message;
        step[k].loaded <== loaded[k];
        step[k].book <== book[k];
        step[k].openInterest <== interest[k];
        step[k].index <== index;
        step[k].barred <== barred;
        step[k].first <== UncheckedBinary()(k == 0 ? 1 : 0); // discharged: a constant
        step[k].touched <== touched[k];
        step[k].idle <== idleBit[k].out;
        step[k].placeHint <== place[k];
        step[k].actorHint <== actor[k];
        step[k].victimHint <== victim[k];
        loaded[k + 1] <== step[k].newLoaded;
        book[k + 1] <== step[k].newBook;
        interest[k + 1] <== step[k].newOpenInterest;
        touched[k + 1] <== step[k].newTouched;
    }
    // used message slots are exactly the messages loaded. So they come first: a step loads the message whose number is how many
    // were loaded, and no count gets past one that is not used
    loaded[steps] === used;
    // a signer's slot counts as touched, so that the key comes from an account that is opened: a disabled slot with the
    // same index could hold any key
    var touches[T];
    for (var t = 0; t < T; t++) {
        touches[t] = touched[steps].touches[t];
        if (t < F) for (var g = 0; g < G; g++) touches[t] += sign[g].signer[t];
    }

    // ---- 3. Accounts (protocol.md#rule-accounts): enabled are exactly the touched; full slots first, in ascending order, then light
    // ones likewise, none of an account that a full one has; each opened and written once, in the tree as the ones before left it
    component untouched[T];
    component viewless[T];
    component ascending[T];
    component update[F];
    component lightUpdate[lights];
    signal {binary} enabled[T];
    for (var t = 0; t < T; t++) {
        untouched[t] = IsZero();
        untouched[t].in <== touches[t];
        enabled[t] <== UncheckedBinary()(1 - untouched[t].out); // discharged: IsZero's output
        if (t > 0) enabled[t] * (1 - enabled[t - 1]) === 0;
        if (t > 0 && t != F) {
            ascending[t] = AssertBits(2 * levels); // index[t - 1] < index[t]; both are paths of 2 * levels bits
            ascending[t].in <== enabled[t] * (index[t] - index[t - 1] - 1);
        }
        viewless[t] = IsZero();
        viewless[t].in <== viewKey[t];
        enabled[t] * viewless[t].out === 0; // without a view key the leaf's hash could be guessed open
    }
    component entries = SlotEntries(T);
    entries.enabled <== enabled;
    entries.index <== index;
    component distinct[lights];
    for (var g = 0; g < lights; g++) {
        distinct[g] = AssertInNoFullSlot(F);
        distinct[g].enabled <== enabled[F + g];
        distinct[g].entry <== entries.entry[F + g];
        for (var t = 0; t < F; t++) distinct[g].full[t] <== entries.entry[t];
    }
    AccountChange() change[T];
    for (var t = 0; t < T; t++) {
        change[t].nonce <== touched[steps].nonce[t];
        change[t].size <== touched[steps].size[t];
        change[t].openBuy <== touched[steps].openBuy[t];
        change[t].openSell <== touched[steps].openSell[t];
        change[t].cash <== touched[steps].cashChange[t];
    }
    signal nodes[T + 1][TOP_NODES()]; // of the tree, in front of each slot
    signal newLeaf[T];
    signal newCash[T];
    Position() newPosition[T]; // in this market
    nodes[0] <== accountNodes;
    for (var t = 0; t < F; t++) {
        update[t] = UpdateAccount(M, K, levels);
        update[t].enabled <== enabled[t];
        update[t].index <== index[t];
        update[t].children <== accountChildren[t];
        update[t].nodes <== nodes[t];
        update[t].market <== hot;
        update[t].fundingIndex <== record.picked.fundingIndex;
        update[t].before <== before[t];
        update[t].old <== old[t].picked;
        update[t].change <== change[t];
        nodes[t + 1] <== update[t].newNodes;
        newLeaf[t] <== update[t].newLeaf;
        newCash[t] <== update[t].after.collateral[0];
        newPosition[t] <== update[t].new;
    }
    for (var g = 0; g < lights; g++) {
        lightUpdate[g] = UpdateLightAccount(M, K, levels);
        lightUpdate[g].enabled <== enabled[F + g];
        lightUpdate[g].index <== index[F + g];
        lightUpdate[g].children <== accountChildren[F + g];
        lightUpdate[g].nodes <== nodes[F + g];
        lightUpdate[g].group <== locate.group;
        lightUpdate[g].place <== locate.place;
        lightUpdate[g].fundingIndex <== record.picked.fundingIndex;
        lightUpdate[g].before <== lightBefore[g];
        lightUpdate[g].digests <== lightDigests[g];
        lightUpdate[g].old <== lightOld[g].picked;
        lightUpdate[g].change <== change[F + g];
        nodes[F + g + 1] <== lightUpdate[g].newNodes;
        newLeaf[F + g] <== lightUpdate[g].newLeaf;
        newCash[F + g] <== lightUpdate[g].after.collateral[0];
        newPosition[F + g] <== lightUpdate[g].new;
    }
    // an order may stay in hand only if no step was idle or all account slots are enabled
    signal pausing <== book[steps].inHand * idle[steps - 1];
    pausing * (1 - enabled[T - 1]) === 0;

    // ---- 4. Margin of every account that loaded an order with effect: all such have full slots
    component orderless[F];
    component inHand[F];
    component margin[F];
    component closingBit[F];
    component wasLargeBit[F];
    signal barredHands[F];
    signal {binary} orderInHand <== And()(book[steps].inHand, Not()(book[steps].hand.cancelAll));
    var barredInHand = 0;
    for (var t = 0; t < F; t++) {
        orderless[t] = IsZero();
        orderless[t].in <== touched[steps].orders[t];
        inHand[t] = IsSame();
        inHand[t].a <== book[steps].hand.account;
        inHand[t].b <== index[t];
        closingBit[t] = AssertBinary();
        closingBit[t].in <== closing[t];
        wasLargeBit[t] = AssertBinary();
        wasLargeBit[t].in <== wasLarge[t];
        margin[t] = CheckMargin(M, K, S);
        margin[t].ordered <== UncheckedBinary()(1 - orderless[t].out); // discharged: IsZero's output
        margin[t].ordersLeft <== touched[steps].rests[t] + orderInHand * inHand[t].out;
        barredHands[t] <== inHand[t].out * barred[t];
        barredInHand += barredHands[t];
        margin[t].suspended <== standing[t].suspended;
        margin[t].market <== hot;
        margin[t].table <== risk.table;
        margin[t].record <== record.picked;
        margin[t].after <== update[t].after;
        margin[t].oldSize <== old[t].picked.size;
        margin[t].newSize <== touched[steps].size[t];
        margin[t].cashChange <== touched[steps].cashChange[t];
        margin[t].closing <== closingBit[t].out;
        margin[t].scenario <== scenario[t];
        margin[t].wasLarge <== wasLargeBit[t].out;
        margin[t].worstLoss <== worstLoss[t];
    }
    // no order of a barred account stays in hand: the account at work in the last step is touched
    orderInHand * barredInHand === 0;

    // ---- 5. Roots of the old and the new book, of the markets and of the state (protocol.md#rule-roots)
    component oldBook = HashBook(W);
    oldBook.bids <== bids;
    oldBook.asks <== asks;
    oldBook.nextSequence <== nextSequence;
    oldBook.fees <== fees;
    oldBook.messageChain <== messageChain;
    oldBook.hand <== hand;
    oldBook.salt <== salt;
    component packHand = PackHand();
    packHand.inHand <== book[steps].inHand;
    packHand.order <== book[steps].hand;
    component windows = TurnWindows(W);
    windows.wasOnBids <== book[steps].onBids;
    windows.onBids <== always;
    windows.window <== book[steps].window;
    windows.other <== book[steps].other;
    component newBook = HashBook(W);
    newBook.bids <== windows.first;
    newBook.asks <== windows.second;
    newBook.nextSequence <== book[steps].nextSequence;
    newBook.fees <== book[steps].fees;
    newBook.messageChain <== admit[N - 1].newChain;
    newBook.hand <== packHand.word;
    newBook.salt <== newSalt;
    salt * (newSalt - salt) === 0; // set once
    component books = MerkleUpdate(bookLevels);
    books.index <== market;
    books.oldLeaf <== oldBook.digest;
    books.newLeaf <== newBook.digest;
    books.children <== bookChildren;
    component oldMarkets = HashMarkets(M);
    component newMarkets = HashMarkets(M);
    oldMarkets.booksRoot <== books.oldRoot;
    newMarkets.booksRoot <== books.newRoot;
    for (var m = 0; m < M; m++) {
        oldMarkets.openInterest[m] <== openInterest[m];
        newMarkets.openInterest[m] <== openInterest[m] + hot[m] * (interest[steps] - interest[0]);
    }
    signal accountsRoot <== TopRoot()(accountNodes);
    signal newAccountsRoot <== TopRoot()(nodes[T]);
    signal oldRoot <== Hash(TAG_STATE(), 2)([accountsRoot, oldMarkets.root]);
    signal newRoot <== Hash(TAG_STATE(), 2)([newAccountsRoot, newMarkets.root]);

    // ---- 6. The words that are public (protocol.md#trade-words)
    component words = TradeWords(T);
    words.domain <== domain;
    words.timestamp <== timestamp;
    words.riskRoot <== riskRoot;
    words.oldStateRoot <== oldRoot;
    words.newStateRoot <== newRoot;
    words.newMarketsRoot <== newMarkets.root;
    words.closingOnly <== closingOnlyBit.out;
    words.enabled <== enabled;
    words.entry <== entries.entry;
    component encrypt[T];
    for (var t = 0; t < T; t++) {
        encrypt[t] = EncryptUpdate();
        encrypt[t].enabled <== enabled[t];
        encrypt[t].viewKey <== viewKey[t];
        encrypt[t].leaf <== newLeaf[t];
        encrypt[t].market <== market;
        encrypt[t].nonce <== touched[steps].nonce[t];
        encrypt[t].cash <== newCash[t];
        encrypt[t].position <== newPosition[t];
        words.leaf[t] <== newLeaf[t];
        words.update[t] <== encrypt[t].words;
    }
    component data = AssertPublicData(TRADE_WORDS(T));
    data.words <== words.words;
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
