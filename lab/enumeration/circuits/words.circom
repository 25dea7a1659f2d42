pragma circom 2.2.3;

include "lib/range.circom";
include "state/book.circom";
include "state/message.circom";
include "state/slot.circom";

template SlotProbe() {
    signal input word;
    signal output fields[5];
    signal output again;
    component unpack = UnpackSlot();
    unpack.word <== word;
    component pack = PackSlot();
    pack.slot <== unpack.slot;
    fields[0] <== unpack.slot.priority;
    fields[1] <== unpack.slot.sequence;
    fields[2] <== unpack.slot.account;
    fields[3] <== unpack.slot.expiry;
    fields[4] <== unpack.slot.size;
    again <== pack.word;
}

template HandProbe() {
    signal input word;
    signal output inHand;
    signal output fields[10];
    signal output again;
    component unpack = UnpackHand();
    unpack.word <== word;
    component pack = PackHand();
    pack.inHand <== unpack.inHand;
    pack.order <== unpack.order;
    inHand <== unpack.inHand;
    fields[0] <== unpack.order.account;
    fields[1] <== unpack.order.sell;
    fields[2] <== unpack.order.price;
    fields[3] <== unpack.order.remaining;
    fields[4] <== unpack.order.ioc;
    fields[5] <== unpack.order.postOnly;
    fields[6] <== unpack.order.reduceOnly;
    fields[7] <== unpack.order.expiry;
    fields[8] <== unpack.order.cancelAll;
    fields[9] <== unpack.order.bothSides;
    again <== pack.word;
}

template MessageProbe() {
    signal input word;
    signal input market;
    signal output fields[13];
    component unpack = UnpackMessage();
    unpack.word <== word;
    unpack.market <== market;
    fields[0] <== unpack.message.used;
    fields[1] <== unpack.message.cancel;
    fields[2] <== unpack.message.account;
    fields[3] <== unpack.message.sell;
    fields[4] <== unpack.message.price;
    fields[5] <== unpack.message.size;
    fields[6] <== unpack.message.ioc;
    fields[7] <== unpack.message.postOnly;
    fields[8] <== unpack.message.reduceOnly;
    fields[9] <== unpack.message.expiry;
    fields[10] <== unpack.message.nonce;
    fields[11] <== unpack.message.cancelAll;
    fields[12] <== unpack.message.bothSides;
}
