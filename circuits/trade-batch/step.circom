pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/select.circom";
include "state/book.circom";
include "state/message.circom";
include "state/slot.circom";
include "trade-batch/window.circom";

// What holds for the whole batch.
bus BatchRules {
    signal {maxbit} timestamp;
    signal {binary} halted; // stale risk table or closed market
    signal {maxbit} bidLimit; // a bid is out of band iff its priority + 2^49 is below; likewise asks
    signal {maxbit} askLimit;
    signal {maxbit} minOrder;
    signal {maxbit} maxPosition; // + 2^57, as exposures are
    signal takerFeeBps;
    signal makerFeeBps;
}

// Priorities and band limits are compared with 2^49 added, since mark - band may be negative.
function BAND_OFFSET() { return 1 << (PRICE_BITS() + 1); }

// Exposures are compared with 2^57 added: size + open + order is in (-2^56, 2^58).
function EXPOSURE_OFFSET() { return 1 << (POSITION_BITS() + 1); }

// Price of a priority and back: asks as they are, bids mirrored.
template Mirror() {
    signal input {binary} mirrored;
    signal input {maxbit} in;
    signal output {maxbit} out;
    assert(in.maxbit == PRICE_BITS());
    signal mirror <== mirrored * (PRICE_MIRROR() - 2 * in);
    out <== UncheckedBits(PRICE_BITS())(in + mirror); // discharged: in or 2^48-1-in
}

// Whether an order of that priority and expiry may not trade any more.
template IsOutOfBandOrExpired() {
    signal input {maxbit} priority;
    signal input {maxbit} limit;
    signal input {maxbit} expiry;
    signal input {maxbit} timestamp;
    signal output {binary} out;
    signal {maxbit} offset <== UncheckedBits(PRICE_BITS() + 3)(priority + BAND_OFFSET()); // discharged: 48 bits + 2^49
    signal {binary} outOfBand <== IsLess()(offset, limit);
    signal {binary} expired <== IsLess()(expiry, timestamp);
    out <== Or()(outOfBand, expired);
}

// What loading an order would do: its effective size, and whether it is turned away (protocol.md#without-effect).
template CheckLoad() {
    input Message message;
    signal input size; // of the account's position
    signal input openBuy;
    signal input openSell;
    signal input {maxbit} maxPosition;
    signal output {maxbit} effective;
    signal output {binary} refused;
    _ <== message; // what follows reads a part of it

    signal open <== Choose()(message.sell, openSell, openBuy);
    signal reducible <== size * (2 * message.sell - 1);
    // exposure = reducible's opposite + open + size, against maxPosition
    signal {maxbit} exposure <== UncheckedBits(POSITION_BITS() + 3)(open - reducible + message.size + EXPOSURE_OFFSET()); // discharged: positions and open lots of a committed state are below 2^56, sizes below 2^48
    signal {binary} exceeds <== IsLess()(maxPosition, exposure);

    // reduceOnly: min(size, max(0, reducible))
    signal {binary} negative <== IsNegative(POSITION_BITS())(reducible);
    signal {maxbit} capacity <== UncheckedBits(POSITION_BITS())(reducible - negative * reducible); // discharged: 0 or a position's size
    signal {binary} short <== IsLess()(capacity, message.size);
    signal capped <== message.reduceOnly * short;
    effective <== UncheckedBits(SIZE_BITS())(message.size + capped * (capacity - message.size)); // discharged: the lesser of the two
    signal {binary} nothing <== IsSame()(effective, 0);
    refused <== Or()(exceeds, nothing);
}

// One step: does exactly the one forced thing (protocol.md#rule-matching). It may load one of N messages.
template Step(W, T, N) {
    input BatchRules rules;
    input Message message[N];
    signal input loadedBefore; // messages loaded by earlier steps
    // the book in front of the step
    signal input {binary} inHand;
    input Order hand;
    signal input bids[W];
    signal input asks[W];
    signal input nextSequence;
    // running values of the touched accounts in this market
    signal input index[T];
    signal input nonce[T];
    signal input size[T];
    signal input openBuy[T];
    signal input openSell[T];
    // hints
    signal input {binary} idle;
    signal input placeHint;
    signal input actorHint;
    signal input victimHint;

    signal output {binary} load;
    signal output {binary} newInHand;
    output Order newHand;
    signal output newBids[W];
    signal output newAsks[W];
    signal output newSequence;
    signal output newNonce[T];
    signal output newSize[T];
    signal output newOpenBuy[T];
    signal output newOpenSell[T];
    signal output cashChange[T];
    signal output fees;
    signal output touches[T]; // 0, 1 or 2
    signal output orders[T]; // 1: the account loads an order with effect
    signal output rests[T]; // 1: an order of it comes to rest

    // ---- What is at work: the order in hand, or the next message if there is one.
    signal {binary} active <== Not()(idle);
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} pointer[N + 1] <== OneHot(N + 1)(loadedBefore, always);
    component next = NextMessage(N);
    for (var n = 0; n < N; n++) {
        next.pointer[n] <== pointer[n];
        next.message[n] <== message[n];
    }
    load <== next.picked.used * (1 - inHand);
    active * (1 - inHand) === load;

    component cancelling = And();
    cancelling.a <== load;
    cancelling.b <== next.picked.cancel;
    signal {binary} cancel <== cancelling.out;
    signal {binary} loadsOrder <== UncheckedBinary()(load - cancel); // discharged: cancel implies load
    signal {binary} ordering <== UncheckedBinary()(active - cancel); // likewise

    // ---- The account at work.
    signal {binary} actor[T] <== OneHot(T)(actorHint, active);
    signal actorIndex <== Pick(T)(actor, index);
    signal actorNonce <== Pick(T)(actor, nonce);
    signal actorSize <== Pick(T)(actor, size);
    signal actorOpenBuy <== Pick(T)(actor, openBuy);
    signal actorOpenSell <== Pick(T)(actor, openSell);

    // ---- Loading: the nonce grows; the order's size after reduceOnly; orders that have no effect.
    signal nonceRise <== load * (next.picked.nonce - actorNonce);
    component nonceGrows = AssertBits(NONCE_BITS());
    nonceGrows.in <== nonceRise - load;
    component check = CheckLoad();
    check.message <== next.picked;
    check.size <== actorSize;
    check.openBuy <== actorOpenBuy;
    check.openSell <== actorOpenSell;
    check.maxPosition <== rules.maxPosition;

    Order order;
    component merge = MergeOrder();
    merge.load <== load;
    merge.message <== next.picked;
    merge.effective <== check.effective;
    merge.hand <== hand;
    order <== merge.order;
    active * (actorIndex - order.account) === 0;

    // minOrder looks at the signed size of a message, and at the remainder of what would rest
    signal named <== Choose()(load, next.picked.size, hand.remaining);
    signal {maxbit} toRest <== UncheckedBits(SIZE_BITS())(named); // discharged: one of two sizes
    signal {binary} small <== IsLess()(toRest, rules.minOrder);
    signal {binary} turnedAway <== Or()(check.refused, small);
    signal {binary} refused <== And()(loadsOrder, turnedAway);
    signal {binary} working <== UncheckedBinary()(ordering - refused); // discharged: refused implies ordering

    // ---- (a) dead
    signal {maxbit} ownPriority <== Mirror()(UncheckedBinary()(1 - order.sell), order.price); // discharged: a bit's complement
    signal {maxbit} ownLimit <== UncheckedBits(PRICE_BITS() + 3)(rules.bidLimit + order.sell * (rules.askLimit - rules.bidLimit)); // discharged: one of two
    signal {maxbit} otherLimit <== UncheckedBits(PRICE_BITS() + 3)(rules.bidLimit + rules.askLimit - ownLimit); // discharged: the other one
    signal {binary} handDead <== IsOutOfBandOrExpired()(ownPriority, ownLimit, order.expiry, rules.timestamp);
    signal {binary} deadOrHalted <== Or()(handDead, rules.halted);
    signal {binary} dropDead <== And()(working, deadOrHalted);
    signal {binary} live <== UncheckedBinary()(working - dropDead); // discharged: one of two parts; so below

    // ---- The head of the opposite side: (b) if it does not cross
    signal headWord <== Choose()(order.sell, bids[0], asks[0]);
    component unpackHead = UnpackSlot();
    unpackHead.word <== headWord;
    Slot head;
    head <== unpackHead.slot;
    // it crosses iff its priority <= 2^48-1-ownPriority; EMPTY never does, since prices are in [1, 2^48-2]
    signal {maxbit} reach <== UncheckedBits(PRICE_BITS())(PRICE_MIRROR() - ownPriority); // discharged: 48 bits mirrored
    signal {binary} beyond <== IsLess()(reach, head.priority);
    signal {binary} notCrossing <== And()(live, beyond);
    signal {binary} crossing <== UncheckedBinary()(live - notCrossing);

    // ---- (c) dead head, (d) POST_ONLY, (e) own head, (f) trade
    signal {binary} headDead <== IsOutOfBandOrExpired()(head.priority, otherLimit, head.expiry, rules.timestamp);
    signal {binary} removeDead <== And()(crossing, headDead);
    signal {binary} meeting <== UncheckedBinary()(crossing - removeDead);
    signal {binary} dropPostOnly <== And()(meeting, order.postOnly);
    signal {binary} taking <== UncheckedBinary()(meeting - dropPostOnly);
    signal {binary} own <== IsSame()(head.account, order.account);
    signal {binary} removeOwn <== And()(taking, own);
    signal {binary} trade <== UncheckedBinary()(taking - removeOwn);
    signal {binary} removeHead <== UncheckedBinary()(removeDead + removeOwn); // discharged: never both
    signal {binary} atHead <== UncheckedBinary()(removeHead + trade); // likewise

    // ---- (b) whether the remainder may rest
    signal {binary} last <== IsSame()(nextSequence, (1 << SEQUENCE_BITS()) - 1);
    signal {binary} smallOrIoc <== Or()(small, order.ioc);
    signal {binary} mayNotRest <== Or()(smallOrIoc, last);
    signal {binary} notResting <== And()(notCrossing, mayNotRest);
    signal {binary} resting <== UncheckedBinary()(notCrossing - notResting);

    // ---- The window at work, and the place in it
    signal atHeadOnBids <== atHead * (2 * order.sell - 1);
    signal {binary} onBids <== UncheckedBinary()(1 - order.sell + atHeadOnBids); // discharged: own side, or the other at a head
    signal slots[W] <== TargetWindow(W)(bids, asks, onBids);
    signal {binary} place[W + 1] <== OneHot(W + 1)(placeHint, always);
    component neighbours = Neighbours(W);
    neighbours.slots <== slots;
    neighbours.place <== place;
    (1 - resting - cancel) * (1 - place[0]) === 0;

    // ---- The slot that is evicted or cancelled
    signal victimWord <== Choose()(cancel, neighbours.there, slots[W - 1]);
    component unpackVictim = UnpackSlot();
    unpackVictim.word <== victimWord;
    Slot victim;
    victim <== unpackVictim.slot;
    signal {binary} lastExpired <== IsLess()(victim.expiry, rules.timestamp);
    signal {binary} lastEmpty <== IsSame()(victimWord, EMPTY_SLOT());

    // ---- (g) the cancelled slot is at the place, or its neighbours show that it is not there
    signal {maxbit} sequence <== UncheckedBits(SEQUENCE_BITS())(cancel * next.picked.size); // discharged: UnpackMessage bounds a cancel's
    signal {maxbit} cancelKey <== OrderKey()(ownPriority, sequence);
    signal {maxbit} victimKey <== OrderKey()(victim.priority, victim.sequence);
    signal {binary} sameKey <== IsSame()(victimKey, cancelKey);
    signal {binary} found <== And()(cancel, sameKey);
    signal {binary} missed <== UncheckedBinary()(cancel - found); // discharged: found implies cancel
    signal {binary} victimIsActor <== IsSame()(victim.account, order.account);
    signal {binary} cancelled <== And()(found, victimIsActor);

    // ---- (b) insertion: strictly between its neighbours. A miss of (g): no slot between K * 2^112 and (K + 1) * 2^112
    Slot rested;
    rested.priority <== ownPriority;
    rested.sequence <== UncheckedBits(SEQUENCE_BITS())(nextSequence); // discharged: committed, or a step's newSequence
    rested.account <== order.account;
    rested.expiry <== order.expiry;
    rested.size <== order.remaining;
    signal {maxbit} word <== PackSlot()(rested);
    signal from <== Choose()(resting, word, cancelKey * (1 << ORDER_KEY_SHIFT()));
    signal {binary} placing <== UncheckedBinary()(resting + missed); // discharged: never both
    signal step <== Choose()(resting, 1, 1 << ORDER_KEY_SHIFT());
    component abovePrevious = AssertBits(SLOT_BITS());
    abovePrevious.in <== placing * (from - neighbours.previous - 1);
    component belowNext = AssertBits(SLOT_BITS());
    belowNext.in <== placing * (neighbours.next - from - step);

    // a full window: behind the last slot there is room only if that has expired
    signal {binary} noRoom <== And()(place[W], UncheckedBinary()(1 - lastExpired)); // discharged: a bit's complement
    signal {binary} dropWorse <== And()(resting, noRoom);
    signal {binary} insert <== UncheckedBinary()(resting - dropWorse);
    signal {binary} evict <== And()(insert, UncheckedBinary()(1 - lastEmpty));

    // ---- (f) the fill: min(remaining, head.size) at the head's price
    signal {binary} handLess <== IsLess()(order.remaining, head.size);
    signal {binary} equal <== IsSame()(order.remaining, head.size);
    signal least <== Choose()(handLess, order.remaining, head.size);
    signal fill <== trade * least;
    signal {maxbit} headPrice <== Mirror()(order.sell, head.priority);
    signal notional <== fill * headPrice;
    signal takerOwed <== notional * rules.takerFeeBps;
    signal makerOwed <== notional * rules.makerFeeBps;
    signal {maxbit} takerFee <== DivideUp(BASIS_POINTS(), NOTIONAL_BITS())(takerOwed);
    signal {maxbit} makerFee <== DivideUp(BASIS_POINTS(), NOTIONAL_BITS())(makerOwed);
    fees <== takerFee + makerFee;

    signal handDone <== trade * (handLess + equal);
    signal headLeft <== trade * handLess; // the head keeps head.size - fill
    signal {binary} remove <== UncheckedBinary()(removeHead + trade - headLeft + cancelled); // discharged: exclusive
    component shift = ShiftWindow(W);
    shift.bids <== bids;
    shift.asks <== asks;
    shift.slots <== slots;
    shift.onBids <== onBids;
    shift.place <== place;
    shift.insert <== insert;
    shift.remove <== remove;
    shift.word <== word;
    shift.previous <== neighbours.previous;
    shift.reduction <== headLeft * fill;
    newBids <== shift.newBids;
    newAsks <== shift.newAsks;
    newSequence <== nextSequence + insert;

    // ---- What is in hand afterwards
    newInHand <== UncheckedBinary()(trade - handDone + removeHead + inHand - active + load); // discharged: exclusive; the last three are 1 iff an idle step keeps the order
    newHand.account <== order.account;
    newHand.sell <== order.sell;
    newHand.price <== order.price;
    newHand.remaining <== UncheckedBits(SIZE_BITS())(order.remaining - fill); // discharged: fill <= remaining
    newHand.ioc <== order.ioc;
    newHand.postOnly <== order.postOnly;
    newHand.reduceOnly <== order.reduceOnly;
    newHand.expiry <== order.expiry;

    // ---- Accounts
    signal {binary} takesEffect <== And()(load, live);
    component settle = SettleStep(T);
    settle.actor <== actor;
    settle.sell <== order.sell;
    // opened by loading, closed by leaving or filling
    signal opened <== (loadsOrder - refused) * order.remaining;
    signal dropped <== (dropDead + notResting + dropPostOnly + dropWorse) * order.remaining;
    settle.actorOpen <== opened - dropped - fill;
    signal headLots <== removeHead * head.size;
    signal victimLots <== (evict + cancelled) * victim.size;
    settle.victimOpen <== headLots + fill + victimLots;
    signal {binary} hit <== UncheckedBinary()(atHead + evict + cancelled); // discharged: exclusive
    signal {binary} victims[T] <== OneHot(T)(victimHint, hit);
    signal victimIndex <== Pick(T)(victims, index);
    signal victimAccount <== Choose()(atHead, head.account, victim.account);
    hit * (victimIndex - victimAccount) === 0;
    settle.victim <== victims;
    settle.victimOnBids <== onBids;
    settle.fill <== fill;
    settle.notional <== notional;
    settle.takerFee <== takerFee;
    settle.makerFee <== makerFee;
    settle.size <== size;
    settle.openBuy <== openBuy;
    settle.openSell <== openSell;
    newSize <== settle.newSize;
    newOpenBuy <== settle.newOpenBuy;
    newOpenSell <== settle.newOpenSell;
    cashChange <== settle.cashChange;
    for (var t = 0; t < T; t++) {
        newNonce[t] <== nonce[t] + actor[t] * nonceRise;
        touches[t] <== actor[t] + victims[t];
        orders[t] <== actor[t] * takesEffect;
        rests[t] <== actor[t] * insert;
    }
}

// The message that the pointer names; nothing (used = 0) behind the last.
template NextMessage(N) {
    signal input {binary} pointer[N];
    input Message message[N];
    output Message picked;
    // flags travel as one number, so that they are picked at once
    component flags = Pick(N);
    component account = Pick(N);
    component price = Pick(N);
    component size = Pick(N);
    component expiry = Pick(N);
    component nonce = Pick(N);
    flags.hot <== pointer;
    account.hot <== pointer;
    price.hot <== pointer;
    size.hot <== pointer;
    expiry.hot <== pointer;
    nonce.hot <== pointer;
    for (var n = 0; n < N; n++) {
        flags.values[n] <== message[n].used + 2 * message[n].cancel + 4 * message[n].sell + 8 * message[n].ioc
            + 16 * message[n].postOnly + 32 * message[n].reduceOnly;
        account.values[n] <== message[n].account;
        price.values[n] <== message[n].price;
        size.values[n] <== message[n].size;
        expiry.values[n] <== message[n].expiry;
        nonce.values[n] <== message[n].nonce;
    }
    signal bits[6] <== Num2Bits(6)(flags.out);
    picked.used <== UncheckedBinary()(bits[0]); // discharged: bits; and below: one of the messages' numbers, or 0
    picked.cancel <== UncheckedBinary()(bits[1]);
    picked.sell <== UncheckedBinary()(bits[2]);
    picked.ioc <== UncheckedBinary()(bits[3]);
    picked.postOnly <== UncheckedBinary()(bits[4]);
    picked.reduceOnly <== UncheckedBinary()(bits[5]);
    picked.account <== UncheckedBits(ACCOUNT_BITS())(account.out);
    picked.price <== UncheckedBits(PRICE_BITS())(price.out);
    picked.size <== UncheckedBits(SIZE_BITS())(size.out);
    picked.expiry <== UncheckedBits(TIME_BITS())(expiry.out);
    picked.nonce <== UncheckedBits(NONCE_BITS())(nonce.out);
}

// The order at work: the loaded message's with its effective size, or the one in hand.
template MergeOrder() {
    signal input {binary} load;
    input Message message;
    signal input {maxbit} effective;
    input Order hand;
    output Order order;
    _ <== message; // what follows reads a part of it
    // discharged: each is one of two numbers of that width
    order.account <== UncheckedBits(ACCOUNT_BITS())(Choose()(load, message.account, hand.account));
    order.sell <== UncheckedBinary()(Choose()(load, message.sell, hand.sell));
    order.price <== UncheckedBits(PRICE_BITS())(Choose()(load, message.price, hand.price));
    order.remaining <== UncheckedBits(SIZE_BITS())(Choose()(load, effective, hand.remaining));
    order.ioc <== UncheckedBinary()(Choose()(load, message.ioc, hand.ioc));
    order.postOnly <== UncheckedBinary()(Choose()(load, message.postOnly, hand.postOnly));
    order.reduceOnly <== UncheckedBinary()(Choose()(load, message.reduceOnly, hand.reduceOnly));
    order.expiry <== UncheckedBits(TIME_BITS())(Choose()(load, message.expiry, hand.expiry));
}

// What the step adds to the accounts (protocol.md#fees): position +/- fill, cash -/+ notional - fee, open lots.
template SettleStep(T) {
    signal input {binary} actor[T];
    signal input {binary} victim[T];
    signal input {binary} sell; // side of the actor's order
    signal input {binary} victimOnBids; // side of the victim's slot
    signal input actorOpen; // lots that the actor's open side gains, signed
    signal input victimOpen; // lots that the victim's open side loses
    signal input fill;
    signal input notional;
    signal input takerFee;
    signal input makerFee;
    signal input size[T];
    signal input openBuy[T];
    signal input openSell[T];
    signal output newSize[T];
    signal output newOpenBuy[T];
    signal output newOpenSell[T];
    signal output cashChange[T];

    signal bought <== fill * (1 - 2 * sell);
    signal paid <== notional * (1 - 2 * sell);
    signal actorSell <== sell * actorOpen;
    signal victimBuy <== victimOnBids * victimOpen;
    signal actorCash[T];
    signal victimCash[T];
    signal openedBuy[T];
    signal openedSell[T];
    signal closedBuy[T];
    signal closedSell[T];
    for (var t = 0; t < T; t++) {
        newSize[t] <== size[t] + (actor[t] - victim[t]) * bought;
        actorCash[t] <== actor[t] * (-paid - takerFee);
        victimCash[t] <== victim[t] * (paid - makerFee);
        cashChange[t] <== actorCash[t] + victimCash[t];
        openedBuy[t] <== actor[t] * (actorOpen - actorSell);
        openedSell[t] <== actor[t] * actorSell;
        closedBuy[t] <== victim[t] * victimBuy;
        closedSell[t] <== victim[t] * (victimOpen - victimBuy);
        newOpenBuy[t] <== openBuy[t] + openedBuy[t] - closedBuy[t];
        newOpenSell[t] <== openSell[t] + openedSell[t] - closedSell[t];
    }
}
