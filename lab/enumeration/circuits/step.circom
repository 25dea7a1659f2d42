pragma circom 2.2.3;

include "lib/range.circom";
include "state/book.circom";
include "state/message.circom";
include "state/risk.circom";
include "trade-batch/step.circom";
include "trade-batch/trade-batch.circom";

// One step of trade-batch over words as the state and the messages hold them: what TradeBatch does with them, without
// hashes and signatures. The market is number 0; every account is one of the T.
template StepProbe(W, T) {
    signal input timestamp;
    signal input asOf;
    signal input maxAge;
    signal input lastTradeTime;
    signal input mark;
    signal input band;
    signal input minOrder;
    signal input maxPosition;
    signal input takerFeeBps;
    signal input makerFeeBps;
    signal input hand;
    signal input message;
    signal input bids[W];
    signal input asks[W];
    signal input nextSequence;
    signal input nonce[T];
    signal input size[T];
    signal input openBuy[T];
    signal input openSell[T];
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
    read.record.fundingIndex <== 0;
    read.record.longRisk <== 0;
    read.record.shortRisk <== 0;
    read.record.shortOptionMinimum <== 0;
    read.record.band <== band;
    read.record.minOrder <== minOrder;
    read.record.maxPosition <== maxPosition;
    read.record.lastTradeTime <== lastTradeTime;
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

    component step = Step(W, T, 1);
    step.rules <== read.rules;
    step.message[0] <== unpack.message;
    step.loadedBefore <== 0;
    step.inHand <== unpackHand.inHand;
    step.hand <== unpackHand.order;
    step.bids <== bids;
    step.asks <== asks;
    step.nextSequence <== nextSequence;
    for (var t = 0; t < T; t++) step.index[t] <== t;
    step.nonce <== nonce;
    step.size <== size;
    step.openBuy <== openBuy;
    step.openSell <== openSell;
    step.idle <== AssertBinary()(idle);
    step.placeHint <== place;
    step.actorHint <== actor;
    step.victimHint <== victim;

    component pack = PackHand();
    pack.inHand <== step.newInHand;
    pack.order <== step.newHand;
    load <== step.load;
    newHand <== pack.word;
    newBids <== step.newBids;
    newAsks <== step.newAsks;
    newSequence <== step.newSequence;
    newNonce <== step.newNonce;
    newSize <== step.newSize;
    newOpenBuy <== step.newOpenBuy;
    newOpenSell <== step.newOpenSell;
    cashChange <== step.cashChange;
    fees <== step.fees;
    touches <== step.touches;
}
