pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/book.circom";
include "state/message.circom";
include "state/slot.circom";
include "trade-batch/interest.circom";
include "trade-batch/rules.circom";
include "trade-batch/touched.circom";

// What a step works on: an order; a cancel, which names a slot by side, price and sequence number; a cancel of all orders; or nothing.
bus Work {
    Order order; // the message's, with its effective size, or the one in hand; a cancel of all is for the side that is worked on
    signal {maxbit} priority; // that its price has on its side
    signal {maxbit} sequence; // that a cancel names
    signal {binary} load; // it comes from a message
    signal {binary} cancel; // of one order, or of all
    signal {binary} cancelAll;
    signal {binary} takesOut; // a cancel of all has an order to take out
    signal openLots; // of what a cancel of all has to take out, on every side of it
    signal {binary} working; // it is an order that loading did not turn away
    signal {binary} small; // its size is below minOrder: the signed one of a message, else what remains of it
    signal {binary} revoked; // it is an order that an earlier batch left in hand, and dead since: see Load
    signal {binary} kept; // nothing is worked on, and an order stays in hand
    signal {maxbit} closable; // lots of its account's position that an order of its side closes
    signal opened; // lots that loading adds to the open ones
    signal nonceRise; // what loading adds to the nonce
    signal deadOnly; // 1: an unsigned cancel of an order that has to be dead; else 0
}

// Claim (protocol.md#loading): `work` is the order in hand or, if none is, the next message. With idle = 1 it is
// nothing, and no step may idle that could load a message. `actor` is the slot of its account. A loaded message's
// nonce is above the account's unless it is an unsigned cancel: of an account that is barred, for a market that is settled, or, with
// deadOnly = 1, of an order that Place has to find dead. An order without effect is turned away (protocol.md#without-effect). A
// cancel of both sides is one of the asks as soon as no bid is left. Of the T account slots the first F may act.
// @assumes messages are well-formed (AdmitMessage); `hand` was loaded (UnpackHand, the step before); numbers of
// touched accounts are in range (TradeBatch)
template Load(T, F, N) {
    signal input {maxbit} minOrder;
    signal input {maxbit} maxPosition; // + 2^57, as exposures are
    signal input {maxbit} maxHeld;
    signal input {binary} closingOnly;
    signal input {binary} settled; // the market
    input Message message[N];
    signal input openInterest;
    signal input loaded; // how many messages steps have loaded
    signal input {binary} inHand;
    input Order hand;
    signal input index[T];
    signal input {binary} barred[T];
    signal input {binary} first; // an order in hand comes from an earlier batch
    input Touched(T) touched;
    // hints
    signal input {binary} idle;
    signal input actorHint;
    output Work work;
    signal output {binary} actor[T];
    _ <== touched; // what follows reads a part of it

    // ---- The order in hand, or the next message if there is one
    signal {binary} active <== Not()(idle);
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} pointer[N + 1] <== OneHot(N + 1)(loaded, always);
    component next = NextMessage(N);
    for (var n = 0; n < N; n++) {
        next.pointer[n] <== pointer[n];
        next.message[n] <== message[n];
    }
    work.load <== next.picked.used * (1 - inHand);
    active * (1 - inHand) === work.load;
    work.kept <== UncheckedBinary()(inHand - active + work.load); // discharged: active is work.load where no order is in hand, and work.load is 0 where one is

    component cancelling = And();
    cancelling.a <== work.load;
    cancelling.b <== next.picked.cancel;
    signal {binary} cancelAll <== UncheckedBinary()(Choose()(work.load, next.picked.cancelAll, hand.cancelAll)); // discharged: one of two bits
    work.cancelAll <== And()(active, cancelAll);
    signal {binary} goesOn <== And()(Not()(work.load), work.cancelAll);
    work.cancel <== UncheckedBinary()(cancelling.out + goesOn); // discharged: the one implies load, the other that nothing is loaded
    signal {binary} loadsOrder <== UncheckedBinary()(work.load - cancelling.out); // discharged: a product that has load in it
    signal {binary} ordering <== UncheckedBinary()(active - work.cancel); // discharged: either implies active

    // ---- Its account
    signal {binary} acting[F] <== OneHot(F)(actorHint, active);
    for (var t = 0; t < T; t++) {
        if (t < F) actor[t] <== acting[t];
        else actor[t] <== UncheckedBinary()(0); // discharged: a constant
    }
    signal actorIndex <== Pick(T)(actor, index);
    signal actorNonce <== Pick(T)(actor, touched.nonce);
    signal actorSize <== Pick(T)(actor, touched.size);
    signal actorOpenBuy <== Pick(T)(actor, touched.openBuy);
    signal actorOpenSell <== Pick(T)(actor, touched.openSell);
    signal {binary} actorBarred <== UncheckedBinary()(Pick(T)(actor, barred)); // discharged: one of these bits, or 0
    signal {binary} carried <== UncheckedBinary()(first * (active - work.load)); // discharged: bits, and load implies active

    // ---- The nonce grows, unless the message is unsigned
    // @widths both are below 2^64: their difference less 1 is in [0, 2^64), or negative, which has 254 bits in the field
    signal signed <== work.load * (1 - next.picked.unsigned);
    work.nonceRise <== signed * (next.picked.nonce - actorNonce);
    component nonceGrows = AssertBits(NONCE_BITS());
    nonceGrows.in <== work.nonceRise - signed;

    // ---- An unsigned message is of a barred account, or for a settled market, or takes back a dead order (protocol.md#barred)
    signal {binary} revocable <== Or()(actorBarred, settled);
    work.deadOnly <== (work.load - signed) * (1 - revocable);

    // ---- Its side. Of both sides a cancel takes bids while there are any; an idle step, which knows no lots, changes nothing
    signal {binary} forBoth <== UncheckedBinary()(Choose()(work.load, next.picked.bothSides, hand.bothSides)); // discharged: one of two bits; so below
    signal {binary} noBids <== IsSame()(actorOpenBuy, -idle);
    signal {binary} turns <== And()(forBoth, noBids);
    signal {binary} both <== UncheckedBinary()(forBoth - turns); // discharged: a product of bits taken from one
    signal namedSell <== Choose()(work.load, next.picked.sell, hand.sell);
    signal {binary} sell <== UncheckedBinary()(namedSell + turns); // discharged: what is for both sides has 0 there

    // ---- The order, with its size after reduceOnly
    component check = CheckLoad();
    check.message <== next.picked;
    check.load <== work.load;
    check.sell <== sell;
    check.size <== actorSize;
    check.openBuy <== actorOpenBuy;
    check.openSell <== actorOpenSell;
    check.maxPosition <== maxPosition;
    check.openInterest <== openInterest;
    check.maxHeld <== maxHeld;
    component merge = MergeOrder();
    merge.load <== work.load;
    merge.message <== next.picked;
    merge.sell <== sell;
    merge.effective <== check.effective;
    merge.cancelAll <== cancelAll;
    merge.bothSides <== both;
    merge.hand <== hand;
    work.order <== merge.order;
    active * (actorIndex - work.order.account) === 0;
    work.priority <== Mirror()(UncheckedBinary()(1 - work.order.sell), work.order.price); // discharged: a bit's complement
    work.sequence <== UncheckedBits(SEQUENCE_BITS())(cancelling.out * next.picked.size); // discharged: UnpackMessage bounds a cancel's

    // ---- A cancel of all has something to take out while lots are open: nothing else is in hand, so all of them rest
    signal {binary} none <== IsSame()(check.open, 0);
    work.takesOut <== And()(work.cancelAll, Not()(none));
    work.openLots <== check.open + both * actorOpenSell;

    // ---- An order in hand that is not to be worked on: its account is barred, or it could open where only closing is allowed.
    // Only an earlier batch can have left it: what this one loads is neither (protocol.md#closing-only)
    signal {binary} carriedBarred <== And()(carried, actorBarred);
    signal {binary} carriedToEnd <== And()(carried, closingOnly);
    signal {binary} carriedOpening <== And()(carriedToEnd, check.exceeds);
    work.revoked <== Or()(carriedBarred, carriedOpening);
    work.closable <== check.closable;

    // ---- Orders without effect. minOrder looks at the signed size of a message, and at the remainder of what would rest
    signal named <== Choose()(work.load, next.picked.size, hand.remaining);
    signal {maxbit} toRest <== UncheckedBits(SIZE_BITS())(named); // discharged: one of two sizes
    work.small <== IsLess()(toRest, minOrder);
    signal {binary} barredOrder <== And()(actorBarred, Not()(work.order.reduceOnly));
    signal {binary} unfit <== Or()(check.refused, work.small);
    signal {binary} turnedAway <== Or()(unfit, barredOrder);
    signal {binary} refused <== And()(loadsOrder, turnedAway);
    work.working <== UncheckedBinary()(ordering - refused); // discharged: refused implies ordering
    work.opened <== (loadsOrder - refused) * work.order.remaining;
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
            + 16 * message[n].postOnly + 32 * message[n].reduceOnly + 64 * message[n].unsigned
            + 128 * message[n].cancelAll + 256 * message[n].bothSides;
        account.values[n] <== message[n].account;
        price.values[n] <== message[n].price;
        size.values[n] <== message[n].size;
        expiry.values[n] <== message[n].expiry;
        nonce.values[n] <== message[n].nonce;
    }
    signal bits[9] <== Num2Bits(9)(flags.out);
    picked.used <== UncheckedBinary()(bits[0]); // discharged: bits; and below: one of the messages' numbers, or 0
    picked.cancel <== UncheckedBinary()(bits[1]);
    picked.sell <== UncheckedBinary()(bits[2]);
    picked.ioc <== UncheckedBinary()(bits[3]);
    picked.postOnly <== UncheckedBinary()(bits[4]);
    picked.reduceOnly <== UncheckedBinary()(bits[5]);
    picked.unsigned <== UncheckedBinary()(bits[6]);
    picked.cancelAll <== UncheckedBinary()(bits[7]);
    picked.bothSides <== UncheckedBinary()(bits[8]);
    picked.account <== UncheckedBits(ACCOUNT_BITS())(account.out);
    picked.price <== UncheckedBits(PRICE_BITS())(price.out);
    picked.size <== UncheckedBits(SIZE_BITS())(size.out);
    picked.expiry <== UncheckedBits(TIME_BITS())(expiry.out);
    picked.nonce <== UncheckedBits(NONCE_BITS())(nonce.out);
}

// What loading an order would do: its effective size, and whether it is turned away (protocol.md#without-effect). `exceeds`
// says of an order in hand too whether it could carry its account beyond maxPosition.
template CheckLoad() {
    input Message message;
    signal input {binary} load; // else an order is in hand, whose lots are open already
    signal input {binary} sell; // side of the order, be it the message's or the one in hand
    signal input size; // of the account's position
    signal input openBuy;
    signal input openSell;
    signal input {maxbit} maxPosition;
    signal input openInterest; // of the market
    signal input {maxbit} maxHeld;
    signal output open; // lots of that side
    signal output {maxbit} effective;
    signal output {maxbit} closable;
    signal output {binary} exceeds;
    signal output {binary} refused;
    _ <== message; // what follows reads a part of it

    open <== Choose()(sell, openSell, openBuy);
    signal reducible <== size * (2 * sell - 1);
    signal opened <== load * message.size;
    // exposure = reducible's opposite + open + size, against maxPosition
    signal {maxbit} exposure <== UncheckedBits(POSITION_BITS() + 3)(open - reducible + opened + EXPOSURE_OFFSET()); // discharged: positions and open lots of a committed state are below 2^56, sizes below 2^48
    exceeds <== IsLess()(maxPosition, exposure);

    // reduceOnly: min(size, max(0, reducible))
    closable <== Closable()(reducible);
    signal {binary} short <== IsLess()(closable, message.size);
    signal capped <== message.reduceOnly * short;
    effective <== UncheckedBits(SIZE_BITS())(message.size + capped * (closable - message.size)); // discharged: the lesser of the two
    signal {binary} nothing <== IsSame()(effective, 0);

    // what is not POST_ONLY opens no more than the cap of open interest leaves (protocol.md#open-interest-cap): reduceOnly opens
    // nothing
    signal {binary} opening <== UncheckedBinary()(short - capped); // discharged: a product of bits taken from one
    signal {binary} taking <== And()(opening, Not()(message.postOnly));
    signal opens <== opening * (message.size - closable);
    signal {maxbit} reached <== UncheckedBits(OPEN_INTEREST_BITS())(openInterest + 2 * opens); // discharged: open interest is below 2^79, sizes below 2^48
    signal {binary} beyond <== IsLess()(maxHeld, reached);
    signal {binary} crowded <== And()(taking, beyond);
    signal {binary} unfit <== Or()(exceeds, nothing);
    refused <== Or()(unfit, crowded);
}

// The order at work: the loaded message's with its effective size, or the one in hand.
template MergeOrder() {
    signal input {binary} load;
    input Message message;
    signal input {binary} sell;
    signal input {maxbit} effective;
    input Order hand;
    signal input {binary} cancelAll;
    signal input {binary} bothSides;
    output Order order;
    _ <== message; // what follows reads a part of these
    _ <== hand;
    // discharged: each is one of two numbers of that width
    order.account <== UncheckedBits(ACCOUNT_BITS())(Choose()(load, message.account, hand.account));
    order.sell <== sell;
    order.price <== UncheckedBits(PRICE_BITS())(Choose()(load, message.price, hand.price));
    order.remaining <== UncheckedBits(SIZE_BITS())(Choose()(load, effective, hand.remaining));
    order.ioc <== UncheckedBinary()(Choose()(load, message.ioc, hand.ioc));
    order.postOnly <== UncheckedBinary()(Choose()(load, message.postOnly, hand.postOnly));
    order.reduceOnly <== UncheckedBinary()(Choose()(load, message.reduceOnly, hand.reduceOnly));
    order.expiry <== UncheckedBits(TIME_BITS())(Choose()(load, message.expiry, hand.expiry));
    order.cancelAll <== cancelAll;
    order.bothSides <== bothSides;
}
