pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "lib/parameters.circom";
include "lib/range.circom";

function SLOT_BITS() { return PRICE_BITS() + SEQUENCE_BITS() + ACCOUNT_BITS() + TIME_BITS() + SIZE_BITS(); }

// Bits below priority | sequence.
function ORDER_KEY_SHIFT() { return ACCOUNT_BITS() + TIME_BITS() + SIZE_BITS(); }

// What an unused place of a window holds.
function EMPTY_SLOT() { return (1 << SLOT_BITS()) - 1; }

// The mirror that turns a bid's price into its priority and back.
function PRICE_MIRROR() { return (1 << PRICE_BITS()) - 1; }

// Price of a priority and back: asks as they are, bids mirrored.
template Mirror() {
    signal input {binary} mirrored;
    signal input {maxbit} in;
    signal output {maxbit} out;
    assert(in.maxbit == PRICE_BITS());
    signal mirror <== mirrored * (PRICE_MIRROR() - 2 * in);
    out <== UncheckedBits(PRICE_BITS())(in + mirror); // discharged: in or 2^48-1-in
}

// A resting order: priority | sequence | account | expiry | size.
bus Slot {
    signal {maxbit} priority;
    signal {maxbit} sequence;
    signal {maxbit} account;
    signal {maxbit} expiry;
    signal {maxbit} size;
}

// The number that n bits spell, lowest first.
// @assumes every bit is 0 or 1
template FromBits(n) {
    signal input bits[n];
    signal output {maxbit} out;
    var sum = 0;
    for (var i = 0; i < n; i++) sum += bits[i] * (1 << i);
    out <== UncheckedBits(n)(sum); // discharged: a sum of n bits
}

// Claim: word < 2^192; the slot's fields are the only ones that pack to it.
template UnpackSlot() {
    signal input word;
    output Slot slot;
    var n = SLOT_BITS();
    signal bits[n] <== Num2Bits(n)(word);
    component size = FromBits(SIZE_BITS());
    component expiry = FromBits(TIME_BITS());
    component account = FromBits(ACCOUNT_BITS());
    component sequence = FromBits(SEQUENCE_BITS());
    component priority = FromBits(PRICE_BITS());
    var at = 0;
    for (var i = 0; i < SIZE_BITS(); i++) size.bits[i] <== bits[at + i];
    at += SIZE_BITS();
    for (var i = 0; i < TIME_BITS(); i++) expiry.bits[i] <== bits[at + i];
    at += TIME_BITS();
    for (var i = 0; i < ACCOUNT_BITS(); i++) account.bits[i] <== bits[at + i];
    at += ACCOUNT_BITS();
    for (var i = 0; i < SEQUENCE_BITS(); i++) sequence.bits[i] <== bits[at + i];
    at += SEQUENCE_BITS();
    for (var i = 0; i < PRICE_BITS(); i++) priority.bits[i] <== bits[at + i];
    slot.size <== size.out;
    slot.expiry <== expiry.out;
    slot.account <== account.out;
    slot.sequence <== sequence.out;
    slot.priority <== priority.out;
}

// priority | sequence, which names an order within its side.
template OrderKey() {
    signal input {maxbit} priority;
    signal input {maxbit} sequence;
    signal output {maxbit} key;
    assert(priority.maxbit <= PRICE_BITS() && sequence.maxbit <= SEQUENCE_BITS());
    key <== UncheckedBits(PRICE_BITS() + SEQUENCE_BITS())(priority * (1 << SEQUENCE_BITS()) + sequence); // discharged: the widths above
}

template PackSlot() {
    input Slot slot;
    signal output {maxbit} word;
    signal {maxbit} key <== OrderKey()(slot.priority, slot.sequence);
    var packed = key;
    packed = packed * (1 << ACCOUNT_BITS()) + slot.account;
    packed = packed * (1 << TIME_BITS()) + slot.expiry;
    packed = packed * (1 << SIZE_BITS()) + slot.size;
    word <== UncheckedBits(SLOT_BITS())(packed); // discharged: five fields of their own widths
}
