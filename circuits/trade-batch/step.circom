pragma circom 2.2.3;

include "lib/select.circom";
include "state/book.circom";
include "state/message.circom";
include "trade-batch/closing.circom";
include "trade-batch/decide.circom";
include "trade-batch/interest.circom";
include "trade-batch/load.circom";
include "trade-batch/place.circom";
include "trade-batch/rules.circom";
include "trade-batch/settle.circom";
include "trade-batch/touched.circom";

// Claim (protocol.md#rule-matching): book, open interest, touched accounts and the count of loaded messages change by exactly the one
// thing that the rules force; with idle = 1 by nothing. The step may load one of N messages; of the T
// account slots the first F may act.
// @assumes the book is as a state holds it, numbers of accounts and rules in range (TradeBatch): every step leaves
// them so
template Step(W, T, F, N) {
    input BatchRules rules;
    input Message message[N];
    signal input loaded; // how many messages steps have loaded
    input Book(W) book;
    signal input openInterest;
    signal input index[T];
    signal input {binary} barred[T];
    signal input {binary} first; // of the batch's steps
    input Touched(T) touched;
    // hints
    signal input {binary} idle;
    signal input placeHint;
    signal input actorHint;
    signal input victimHint;
    signal output newLoaded;
    output Book(W) newBook;
    signal output newOpenInterest;
    output Touched(T) newTouched;

    component load = Load(T, F, N);
    load.minOrder <== rules.minOrder;
    load.maxPosition <== rules.maxPosition;
    load.maxHeld <== rules.maxHeld;
    load.closingOnly <== rules.closingOnly;
    load.settled <== rules.settled;
    load.openInterest <== openInterest;
    load.message <== message;
    load.loaded <== loaded;
    load.inHand <== book.inHand;
    load.hand <== book.hand;
    load.index <== index;
    load.barred <== barred;
    load.first <== first;
    load.touched <== touched;
    load.idle <== idle;
    load.actorHint <== actorHint;
    newLoaded <== loaded + load.work.load;

    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} victim[T] <== OneHot(T)(victimHint, always);

    // whether the head's account is barred, or its open lots could open where only closing is allowed
    component opening = MayOpen(T);
    opening.closingOnly <== rules.closingOnly;
    opening.account <== victim;
    opening.bids <== load.work.order.sell;
    opening.touched <== touched;
    signal {binary} headBarred <== UncheckedBinary()(Pick(T)(victim, barred)); // discharged: one of these bits

    signal bestBid <== Choose()(book.onBids, book.window[0], book.other[0]);
    component decide = Decide();
    decide.rules <== rules;
    decide.work <== load.work;
    decide.bestBid <== bestBid;
    decide.bestAsk <== book.window[0] + book.other[0] - bestBid;
    decide.nextSequence <== book.nextSequence;
    decide.headRevoked <== Or()(headBarred, opening.out);

    component place = Place(W);
    place.timestamp <== rules.timestamp;
    place.work <== load.work;
    place.decision <== decide.decision;
    place.wasOnBids <== book.onBids;
    place.window <== book.window;
    place.other <== book.other;
    place.nextSequence <== book.nextSequence;
    place.placeHint <== placeHint;

    component settle = Settle(T);
    settle.takerFeeBps <== rules.takerFeeBps;
    settle.makerFeeBps <== rules.makerFeeBps;
    settle.work <== load.work;
    settle.decision <== decide.decision;
    settle.head <== decide.head;
    settle.placement <== place.placement;
    settle.index <== index;
    settle.touched <== touched;
    settle.actor <== load.actor;
    settle.victim <== victim;
    newTouched <== settle.newTouched;

    component count = CountOpened(T);
    count.fill <== decide.decision.fill;
    count.sell <== load.work.order.sell;
    count.closable <== load.work.closable;
    count.maker <== victim;
    count.touched <== touched;
    newOpenInterest <== openInterest + 2 * count.opened; // once held long, once short

    newBook.onBids <== place.placement.onBids;
    newBook.window <== place.newWindow;
    newBook.other <== place.newOther;
    newBook.nextSequence <== place.newSequence;
    newBook.fees <== book.fees + settle.fees;
    newBook.inHand <== UncheckedBinary()(decide.newInHand + settle.unfinished); // discharged: what keeps an order in hand is no cancel
    newBook.hand <== decide.newHand;
}
