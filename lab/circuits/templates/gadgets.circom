pragma circom 2.2.3;

// Mains for the tests of single templates: flat signals in, flat signals out.

include "exit/exit.circom";
include "lib/compare.circom";
include "lib/divide.circom";
include "lib/hash.circom";
include "lib/merkle.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/shared-top.circom";
include "state/book.circom";
include "state/message.circom";
include "state/shape.circom";
include "state/slot.circom";
include "state/update.circom";
include "trade-batch/account.circom";
include "trade-batch/light.circom";
include "trade-batch/load.circom";

template RangeProbe(n) {
    signal input bit;
    signal input bits;
    signal input widest;
    signal input signed;
    signal output negative;
    _ <== AssertBinary()(bit);
    _ <== AssertBits(n)(bits);
    _ <== AssertBits(253)(widest);
    negative <== IsNegative(n)(signed);
}

template WithinProbe(least, past) {
    signal input in;
    signal output out;
    signal output width;
    signal {maxbit} within <== AssertWithin(least, past)(in);
    out <== within;
    width <== within.maxbit;
}

template TooWideProbe(n) {
    signal input in;
    _ <== AssertBits(n)(in);
}

template TooWideSignProbe(n) {
    signal input in;
    signal output out <== IsNegative(n)(in);
}

template TooWideLessProbe(n) {
    signal input in;
    signal {maxbit} wide <== UncheckedBits(n)(in);
    signal output out <== IsLess()(wide, wide);
}

template CompareProbe(n, m) {
    signal input a;
    signal input b;
    signal output less;
    signal output same;
    signal {maxbit} left <== UncheckedBits(n)(a);
    signal {maxbit} right <== UncheckedBits(m)(b);
    less <== IsLess()(left, right);
    same <== IsSame()(a, b);
}

template LogicProbe() {
    signal input a;
    signal input b;
    signal output either;
    signal output both;
    signal output neither;
    signal {binary} left <== AssertBinary()(a);
    signal {binary} right <== AssertBinary()(b);
    either <== Or()(left, right);
    both <== And()(left, right);
    neither <== Not()(Or()(left, right));
}

template SelectProbe(n) {
    signal input index;
    signal input enabled;
    signal input values[n];
    signal output hot[n];
    signal output picked;
    signal output chosen;
    signal {binary} on <== AssertBinary()(enabled);
    component oneHot = OneHot(n);
    oneHot.index <== index;
    oneHot.enabled <== on;
    hot <== oneHot.out;
    picked <== Pick(n)(oneHot.out, values);
    chosen <== Choose()(on, values[0], values[1]);
}

template DivideProbe(divisor, quotientBits) {
    signal input in;
    signal output out;
    component divide = DivideUp(divisor, quotientBits);
    divide.in <== in;
    out <== divide.out;
}

// The floor, of any divisor.
template QuotientProbe(quotientBits, divisorBits) {
    signal input in;
    signal input divisor;
    signal output out;
    component divide = Divide(quotientBits, divisorBits);
    divide.in <== in;
    divide.divisor <== divisor;
    out <== divide.out;
}

template HashProbe(tag) {
    signal input one[1];
    signal input sixteen[16];
    signal input seventeen[17];
    signal input thirtyThree[33];
    signal input fortySeven[47];
    signal output digests[5];
    digests[0] <== HashWords(tag, 1)(one);
    digests[1] <== HashWords(tag, 16)(sixteen);
    digests[2] <== HashWords(tag, 17)(seventeen);
    digests[3] <== HashWords(tag, 33)(thirtyThree);
    digests[4] <== HashWords(tag, 47)(fortySeven);
}

template PublicDataProbe(n) {
    signal input words[n];
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    component check = AssertPublicData(n);
    check.words <== words;
    check.commitment <== dataCommitment;
    check.challenge <== dataChallenge;
    check.value <== dataValue;
}

template MerkleProbe(levels) {
    signal input index;
    signal input leaf;
    signal input newLeaf;
    signal input children[levels][4];
    signal output root;
    signal output oldRoot;
    signal output newRoot;
    component open = MerkleRoot(levels);
    open.index <== index;
    open.leaf <== leaf;
    open.children <== children;
    root <== open.root;
    component update = MerkleUpdate(levels);
    update.index <== index;
    update.oldLeaf <== leaf;
    update.newLeaf <== newLeaf;
    update.children <== children;
    oldRoot <== update.oldRoot;
    newRoot <== update.newRoot;
}

// MerkleUpdate alone: what MerkleRoot refuses as well shows nothing of it.
template MerkleUpdateProbe(levels) {
    signal input index;
    signal input oldLeaf;
    signal input newLeaf;
    signal input children[levels][4];
    signal output oldRoot;
    signal output newRoot;
    component update = MerkleUpdate(levels);
    update.index <== index;
    update.oldLeaf <== oldLeaf;
    update.newLeaf <== newLeaf;
    update.children <== children;
    oldRoot <== update.oldRoot;
    newRoot <== update.newRoot;
}

template SharedTopProbe(levels) {
    signal input enabled;
    signal input index;
    signal input oldLeaf;
    signal input newLeaf;
    signal input children[levels - TOP_LEVELS()][4];
    signal input nodes[TOP_NODES()];
    signal output oldRoot;
    signal output newRoot;
    component update = UpdateUnderTop(levels);
    update.enabled <== AssertBinary()(enabled);
    update.index <== index;
    update.oldLeaf <== oldLeaf;
    update.newLeaf <== newLeaf;
    update.children <== children;
    update.nodes <== nodes;
    oldRoot <== TopRoot()(nodes);
    newRoot <== TopRoot()(update.newNodes);
}

template WordsProbe() {
    signal input slot;
    signal input hand;
    signal input message;
    signal input market;
    signal output slotFields[5];
    signal output slotAgain;
    signal output inHand;
    signal output handFields[10];
    signal output handAgain;
    signal output messageFields[13];

    component unpackSlot = UnpackSlot();
    unpackSlot.word <== slot;
    slotFields[0] <== unpackSlot.slot.priority;
    slotFields[1] <== unpackSlot.slot.sequence;
    slotFields[2] <== unpackSlot.slot.account;
    slotFields[3] <== unpackSlot.slot.expiry;
    slotFields[4] <== unpackSlot.slot.size;
    component packSlot = PackSlot();
    packSlot.slot <== unpackSlot.slot;
    slotAgain <== packSlot.word;

    component unpackHand = UnpackHand();
    unpackHand.word <== hand;
    inHand <== unpackHand.inHand;
    handFields[0] <== unpackHand.order.account;
    handFields[1] <== unpackHand.order.sell;
    handFields[2] <== unpackHand.order.price;
    handFields[3] <== unpackHand.order.remaining;
    handFields[4] <== unpackHand.order.ioc;
    handFields[5] <== unpackHand.order.postOnly;
    handFields[6] <== unpackHand.order.reduceOnly;
    handFields[7] <== unpackHand.order.expiry;
    handFields[8] <== unpackHand.order.cancelAll;
    handFields[9] <== unpackHand.order.bothSides;
    component packHand = PackHand();
    packHand.inHand <== unpackHand.inHand;
    packHand.order <== unpackHand.order;
    handAgain <== packHand.word;

    component unpackMessage = UnpackMessage();
    unpackMessage.word <== message;
    unpackMessage.market <== market;
    messageFields[0] <== unpackMessage.message.used;
    messageFields[1] <== unpackMessage.message.cancel;
    messageFields[2] <== unpackMessage.message.account;
    messageFields[3] <== unpackMessage.message.sell;
    messageFields[4] <== unpackMessage.message.price;
    messageFields[5] <== unpackMessage.message.size;
    messageFields[6] <== unpackMessage.message.ioc;
    messageFields[7] <== unpackMessage.message.postOnly;
    messageFields[8] <== unpackMessage.message.reduceOnly;
    messageFields[9] <== unpackMessage.message.expiry;
    messageFields[10] <== unpackMessage.message.nonce;
    messageFields[11] <== unpackMessage.message.cancelAll;
    messageFields[12] <== unpackMessage.message.bothSides;
}

// CheckMargin for one account that may have loaded an order with effect.
template MarginRuleProbe(M, K, S) {
    signal input ordered;
    signal input suspended;
    signal input ordersLeft;
    signal input market;
    signal input riskWords[RISK_WORDS(M, K, S)];
    signal input collateral[K];
    signal input size[M]; // after the batch; so below
    signal input fundingIndex[M];
    signal input openBuy[M];
    signal input openSell[M];
    signal input oldSize;
    signal input cashChange;
    signal input closing;
    signal input scenario;
    signal input wasLarge;
    signal input worstLoss;

    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    signal output riskRoot <== risk.riskRoot;
    signal {binary} always <== UncheckedBinary()(1);
    component hot = OneHot(M);
    hot.index <== market;
    hot.enabled <== always;
    component record = PickMarket(M, S);
    record.hot <== hot.out;
    record.market <== risk.table.market;
    Account(M, K) after;
    after.keyX <== 0;
    after.keyY <== 1;
    after.ownerCommitment <== 0;
    after.viewKey <== 0;
    after.status <== suspended;
    after.nonce <== 0;
    after.collateral <== collateral;
    for (var m = 0; m < M; m++) {
        after.position[m].size <== size[m];
        after.position[m].fundingIndex <== fundingIndex[m];
        after.position[m].openBuy <== openBuy[m];
        after.position[m].openSell <== openSell[m];
    }
    component newSize = Pick(M);
    newSize.hot <== hot.out;
    newSize.values <== size;
    component check = CheckMargin(M, K, S);
    check.ordered <== AssertBinary()(ordered);
    check.suspended <== AssertBinary()(suspended);
    check.ordersLeft <== ordersLeft;
    check.market <== hot.out;
    check.table <== risk.table;
    check.record <== record.picked;
    check.after <== after;
    check.oldSize <== oldSize;
    check.newSize <== newSize.out;
    check.cashChange <== cashChange;
    check.closing <== AssertBinary()(closing);
    check.scenario <== scenario;
    check.wasLarge <== AssertBinary()(wasLarge);
    check.worstLoss <== worstLoss;
}

// CheckLoad for an order.
template CheckLoadProbe() {
    signal input load;
    signal input sell;
    signal input orderSize;
    signal input reduceOnly;
    signal input size;
    signal input openBuy;
    signal input openSell;
    signal input maxPosition;
    signal input postOnly;
    signal input openInterest; // of one side
    signal input maxOpenInterest;
    signal output effective;
    signal output exceeds;
    signal output refused;
    component check = CheckLoad();
    check.message.used <== AssertBinary()(1);
    check.message.cancel <== AssertBinary()(0);
    check.message.cancelAll <== AssertBinary()(0);
    check.message.bothSides <== AssertBinary()(0);
    check.message.account <== AssertBits(ACCOUNT_BITS())(0);
    check.message.sell <== AssertBinary()(sell);
    check.message.price <== AssertBits(PRICE_BITS())(1);
    check.message.size <== AssertBits(SIZE_BITS())(orderSize);
    check.message.ioc <== AssertBinary()(reduceOnly);
    check.message.postOnly <== AssertBinary()(postOnly);
    check.message.reduceOnly <== AssertBinary()(reduceOnly);
    check.message.expiry <== AssertBits(TIME_BITS())(0);
    check.message.nonce <== AssertBits(NONCE_BITS())(0);
    check.message.unsigned <== AssertBinary()(0);
    check.load <== AssertBinary()(load);
    check.sell <== AssertBinary()(sell);
    check.size <== size;
    check.openBuy <== openBuy;
    check.openSell <== openSell;
    check.maxPosition <== AssertBits(POSITION_BITS() + 3)(maxPosition + EXPOSURE_OFFSET());
    check.openInterest <== 2 * openInterest;
    check.maxHeld <== AssertBits(POSITION_BITS())(2 * maxOpenInterest);
    effective <== check.effective;
    exceeds <== check.exceeds;
    refused <== check.refused;
}

// ReplacePosition in more markets than one group has, and the digests that it starts from.
template ReplaceProbe(M) {
    signal input market;
    signal input words[M][4];
    signal input newWords[4];
    signal output before[POSITION_GROUPS(M)];
    signal output after[POSITION_GROUPS(M)];
    signal output replaced[M][4];
    signal {binary} always <== AssertBinary()(1);
    component hot = OneHot(M);
    hot.index <== market;
    hot.enabled <== always;
    Position() position[M];
    for (var m = 0; m < M; m++) {
        position[m].size <== words[m][0];
        position[m].fundingIndex <== words[m][1];
        position[m].openBuy <== words[m][2];
        position[m].openSell <== words[m][3];
    }
    component old = PickPosition(M);
    old.hot <== hot.out;
    old.position <== position;
    component groups = HashGroups(M);
    groups.position <== position;
    before <== groups.digests;
    component replace = ReplacePosition(M);
    replace.hot <== hot.out;
    replace.position <== position;
    replace.old <== old.picked;
    replace.new.size <== newWords[0];
    replace.new.fundingIndex <== newWords[1];
    replace.new.openBuy <== newWords[2];
    replace.new.openSell <== newWords[3];
    replace.oldDigests <== groups.digests;
    after <== replace.digests;
    for (var m = 0; m < M; m++) {
        replaced[m][0] <== replace.replaced[m].size;
        replaced[m][1] <== replace.replaced[m].fundingIndex;
        replaced[m][2] <== replace.replaced[m].openBuy;
        replaced[m][3] <== replace.replaced[m].openSell;
    }
}

// EncryptUpdate of an account slot.
template EncryptUpdateProbe() {
    signal input enabled;
    signal input viewKey;
    signal input leaf;
    signal input market;
    signal input nonce;
    signal input cash;
    signal input position[4];
    signal output words[2];
    component encrypt = EncryptUpdate();
    encrypt.enabled <== AssertBinary()(enabled);
    encrypt.viewKey <== viewKey;
    encrypt.leaf <== leaf;
    encrypt.market <== market;
    encrypt.nonce <== nonce;
    encrypt.cash <== cash;
    encrypt.position.size <== position[0];
    encrypt.position.fundingIndex <== position[1];
    encrypt.position.openBuy <== position[2];
    encrypt.position.openSell <== position[3];
    words <== encrypt.words;
}

// What templates read of a shape; and the levels of the tree of books for 1 market and more.
template ShapeProbe(M, K, S, L, W) {
    signal input in;
    signal output numbers[5];
    signal output levels[20];
    var shape[5] = [M, K, S, L, W];
    numbers[0] <== in + MARKETS(shape);
    numbers[1] <== in + COLLATERALS(shape);
    numbers[2] <== in + SCENARIOS(shape);
    numbers[3] <== in + ACCOUNT_LEVELS(shape);
    numbers[4] <== in + WINDOW(shape);
    for (var m = 0; m < 20; m++) levels[m] <== in + BOOK_LEVELS([m + 1, K, S, L, W]);
}

// What an asset pays of a debt, and what is left of it.
template PayProbe() {
    signal input lots;
    signal input unit;
    signal input debt;
    signal input sold;
    signal input covers;
    signal output left;
    component pay = PayWithAsset();
    pay.lots <== lots;
    pay.unit <== unit;
    pay.debt <== debt;
    pay.sold <== sold;
    pay.covers <== covers;
    left <== pay.left;
}

// The digests of an account's positions where those of one market's group change.
template LightDigestsProbe(M) {
    var G = POSITION_GROUPS(M);
    signal input market;
    signal input digests[G];
    signal input oldDigest;
    signal input newDigest;
    signal output place[GROUP_LENGTH(M)];
    signal output newDigests[G];
    signal {binary} always <== AssertBinary()(1);
    signal {binary} hot[M] <== OneHot(M)(market, always);
    component locate = LocateMarket(M);
    locate.hot <== hot;
    place <== locate.place;
    component replace = ReplaceDigest(G);
    replace.group <== locate.group;
    replace.digests <== digests;
    replace.oldDigest <== oldDigest;
    replace.newDigest <== newDigest;
    newDigests <== replace.newDigests;
}
