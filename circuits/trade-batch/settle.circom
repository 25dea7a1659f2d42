pragma circom 2.2.3;

include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/slot.circom";
include "trade-batch/decide.circom";
include "trade-batch/load.circom";
include "trade-batch/place.circom";
include "trade-batch/touched.circom";

// Claim (protocol.md#rule-accounts): newTouched is what the step makes of the touched accounts. The actor's nonce and
// open lots change; by a trade, size and cash of both sides; and the open lots of whoever owns the slot that is
// filled, removed, evicted or cancelled, the `victim`; also touched is the owner of a head that a post-only order
// met. No other account changes. `fees` is what the venue collects. unfinished = 1: a cancel of all has left lots open that it is
// to take out.
// @assumes actor is the account slot at work, all 0 in an idle step (Load)
// @widths a notional is below 2^65 (protocol.md#unchecked-widths) and a rate at most 10^4, so that a fee is below 2^66
template Settle(T) {
    signal input takerFeeBps;
    signal input makerFeeBps;
    input Work work;
    input Decision decision;
    input Slot head;
    input Placement placement;
    signal input index[T];
    input Touched(T) touched;
    signal input {binary} actor[T];
    signal input {binary} victim[T]; // some account slot where no slot of the book is worked on
    output Touched(T) newTouched;
    signal output fees;
    signal output {binary} unfinished;
    _ <== work; // what follows reads a part of these
    _ <== decision;
    _ <== head;
    _ <== placement;

    // ---- The owner of the slot that the step works on
    signal {binary} removeHead <== UncheckedBinary()(decision.removeDead + decision.removeOwn); // discharged: never both
    signal {binary} crossing <== UncheckedBinary()(removeHead + decision.dropPostOnly + decision.trade); // likewise
    signal {binary} hit <== UncheckedBinary()(crossing + placement.evict + placement.cancelled); // discharged: exclusive
    signal victimIndex <== Pick(T)(victim, index);
    signal victimAccount <== Choose()(crossing, head.account, placement.victim.account);
    hit * (victimIndex - victimAccount) === 0;

    // ---- (f) the fill at the head's price, and the fees of both sides (protocol.md#fees)
    signal {maxbit} headPrice <== Mirror()(work.order.sell, head.priority);
    signal notional <== decision.fill * headPrice;
    signal {maxbit} takerFee <== MulDivUp(BASIS_POINTS(), NOTIONAL_BITS())(notional, takerFeeBps);
    signal {maxbit} makerFee <== MulDivUp(BASIS_POINTS(), NOTIONAL_BITS())(notional, makerFeeBps);
    fees <== takerFee + makerFee;

    // ---- Open lots: opened by loading, closed by leaving or filling
    signal dropped <== (decision.dropDead + decision.notResting + decision.dropPostOnly + placement.dropWorse) * work.order.remaining;
    signal headLots <== removeHead * head.size;
    signal victimLots <== (placement.evict + placement.cancelled) * placement.victim.size;

    // ---- (h) whether a cancel of all is done
    signal {binary} done <== IsSame()(victimLots, work.openLots);
    unfinished <== And()(work.cancelAll, Not()(done));

    // ---- The accounts
    component change = ChangeHoldings(T);
    change.actor <== actor;
    change.victim <== victim;
    change.sell <== work.order.sell;
    change.victimOnBids <== placement.onBids;
    change.actorOpen <== work.opened - dropped - decision.fill;
    change.victimOpen <== headLots + decision.fill + victimLots;
    change.fill <== decision.fill;
    change.notional <== notional;
    change.takerFee <== takerFee;
    change.makerFee <== makerFee;
    change.size <== touched.size;
    change.openBuy <== touched.openBuy;
    change.openSell <== touched.openSell;
    change.cashChange <== touched.cashChange;
    newTouched.size <== change.newSize;
    newTouched.openBuy <== change.newOpenBuy;
    newTouched.openSell <== change.newOpenSell;
    newTouched.cashChange <== change.newCashChange;
    signal {binary} takesEffect <== And()(work.load, decision.live);
    signal hits[T];
    for (var t = 0; t < T; t++) {
        hits[t] <== hit * victim[t];
        newTouched.nonce[t] <== touched.nonce[t] + actor[t] * work.nonceRise;
        newTouched.touches[t] <== touched.touches[t] + actor[t] + hits[t];
        newTouched.orders[t] <== touched.orders[t] + actor[t] * takesEffect;
        newTouched.rests[t] <== touched.rests[t] + actor[t] * placement.insert;
    }
}

// What the step changes of holdings: position +/- fill, cash -/+ notional - fee, open lots.
template ChangeHoldings(T) {
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
    signal input cashChange[T];
    signal output newSize[T];
    signal output newOpenBuy[T];
    signal output newOpenSell[T];
    signal output newCashChange[T];

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
        newCashChange[t] <== cashChange[t] + actorCash[t] + victimCash[t];
        openedBuy[t] <== actor[t] * (actorOpen - actorSell);
        openedSell[t] <== actor[t] * actorSell;
        closedBuy[t] <== victim[t] * victimBuy;
        closedSell[t] <== victim[t] * (victimOpen - victimBuy);
        newOpenBuy[t] <== openBuy[t] + openedBuy[t] - closedBuy[t];
        newOpenSell[t] <== openSell[t] + openedSell[t] - closedSell[t];
    }
}
