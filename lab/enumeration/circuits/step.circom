pragma circom 2.2.3;

include "lib/range.circom";
include "state/book.circom";
include "state/message.circom";
include "state/risk.circom";
include "trade-batch/rules.circom";
include "trade-batch/step.circom";
include "trade-batch/window.circom";

// One step of trade-batch over words as the state and the messages hold them: what TradeBatch does with them, without
// hashes and signatures. The market is number 0; every account is one of the T.
template StepProbe(W, T) {
    signal input timestamp;
    signal input closingOnly;
    signal input settled;
    signal input asOf;
    signal input maxAge;
    signal input lastTradeTime;
    signal input mark;
    signal input band;
    signal input minOrder;
    signal input maxPosition;
    signal input maxOpenInterest;
    signal input takerFeeBps;
    signal input makerFeeBps;
    signal input hand;
    signal input message;
    signal input onBids; // which window stands first
    signal input bids[W];
    signal input asks[W];
    signal input nextSequence;
    signal input openInterest;
    signal input nonce[T];
    signal input size[T];
    signal input openBuy[T];
    signal input openSell[T];
    signal input barred[T];
    signal input first;
    signal input idle;
    // hints
    signal input place;
    signal input actor;
    signal input victim;
    signal output load;
    signal output newHand;
    signal output newBids[W];
    signal output newAsks[W];
    signal output newSequence;
    signal output newOpenInterest;
    signal output newNonce[T];
    signal output newSize[T];
    signal output newOpenBuy[T];
    signal output newOpenSell[T];
    signal output cashChange[T];
    signal output fees;
    signal output touches[T];

    signal {maxbit} time <== UncheckedBits(TIME_BITS())(timestamp); // discharged: the test gives no other
    component read = ReadRules(1);
    read.timestamp <== time;
    read.closingOnly <== AssertBinary()(closingOnly);
    read.record.fundingIndex <== 0;
    read.record.longRisk <== 0;
    read.record.shortRisk <== 0;
    read.record.shortOptionMinimum <== 0;
    read.record.band <== band;
    read.record.minOrder <== minOrder;
    read.record.maxPosition <== maxPosition;
    read.record.lastTradeTime <== lastTradeTime;
    read.record.phase <== settled * PHASE_SETTLED();
    read.record.largeLots <== 0;
    read.record.largeRisk <== 0;
    read.record.maxOpenInterest <== maxOpenInterest;
    read.record.scenarioPrice[0] <== mark;
    read.takerFeeBps <== takerFeeBps;
    read.makerFeeBps <== makerFeeBps;
    read.asOf <== asOf;
    read.maxAge <== maxAge;
    component unpackHand = UnpackHand();
    unpackHand.word <== hand;
    component unpack = UnpackMessage();
    unpack.word <== message;
    unpack.market <== 0;

    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} bidsFirst <== AssertBinary()(onBids);
    component turn = TurnWindows(W);
    turn.wasOnBids <== always;
    turn.onBids <== bidsFirst;
    turn.window <== bids;
    turn.other <== asks;
    component step = Step(W, T, T, 1);
    step.rules <== read.rules;
    step.message[0] <== unpack.message;
    step.loaded <== 0;
    step.book.onBids <== bidsFirst;
    step.book.window <== turn.first;
    step.book.other <== turn.second;
    step.book.nextSequence <== nextSequence;
    step.book.fees <== 0;
    step.book.inHand <== unpackHand.inHand;
    step.book.hand <== unpackHand.order;
    step.openInterest <== openInterest;
    step.touched.nonce <== nonce;
    step.touched.size <== size;
    step.touched.openBuy <== openBuy;
    step.touched.openSell <== openSell;
    for (var t = 0; t < T; t++) {
        step.index[t] <== t;
        step.barred[t] <== AssertBinary()(barred[t]);
        step.touched.cashChange[t] <== 0;
        step.touched.touches[t] <== 0;
        step.touched.orders[t] <== 0;
        step.touched.rests[t] <== 0;
    }
    step.first <== AssertBinary()(first);
    step.idle <== AssertBinary()(idle);
    step.placeHint <== place;
    step.actorHint <== actor;
    step.victimHint <== victim;

    component pack = PackHand();
    pack.inHand <== step.newBook.inHand;
    pack.order <== step.newBook.hand;
    load <== step.newLoaded;
    newHand <== pack.word;
    component windows = TurnWindows(W);
    windows.wasOnBids <== step.newBook.onBids;
    windows.onBids <== always;
    windows.window <== step.newBook.window;
    windows.other <== step.newBook.other;
    newBids <== windows.first;
    newAsks <== windows.second;
    newSequence <== step.newBook.nextSequence;
    newOpenInterest <== step.newOpenInterest;
    newNonce <== step.newTouched.nonce;
    newSize <== step.newTouched.size;
    newOpenBuy <== step.newTouched.openBuy;
    newOpenSell <== step.newTouched.openSell;
    cashChange <== step.newTouched.cashChange;
    fees <== step.newBook.fees;
    touches <== step.newTouched.touches;
}
