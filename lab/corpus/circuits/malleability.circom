pragma circom 2.2.3;

// Malleability: one statement has two representations, and what is remembered of it is the representation.

include "circomlib/circuits/bitify.circom";

// The order of Baby Jubjub's prime subgroup, 251 bits.
function SUBGROUP_ORDER() {
    return 2736030358979909402780800718157159386076813972158567259200215660948447373041;
}

// Claim: scalar = x mod l, l being the order of the subgroup.
// Planted: scalar + l has as few bits: a signature's S that is reduced and one that is not.
template UnreducedScalar() {
    var l = SUBGROUP_ORDER();
    signal input x;
    signal output scalar;
    signal times <-- x \ l;
    scalar <-- x % l;
    times * l + scalar === x;
    signal timesBits[2] <== Num2Bits(2)(times);
    signal scalarBits[252] <== Num2Bits(252)(scalar);
}

// Claim: scalar = x mod l, l being the order of the subgroup, for x below 4 l.
// No wrap: times * l + scalar < 4 l < 2^253 < r.
template ReducedScalar() {
    var l = SUBGROUP_ORDER();
    signal input x;
    signal output scalar;
    signal times <-- x \ l;
    scalar <-- x % l;
    times * l + scalar === x;
    signal timesBits[2] <== Num2Bits(2)(times);
    signal scalarBits[251] <== Num2Bits(251)(scalar);
    _ <== Num2Bits(251)(l - 1 - scalar);
}

// Claim: tag names the 16-bit amount under the key: whoever spends it twice shows the same tag.
// Planted: the low limb has 9 bits, so that most amounts split in two ways, into two tags.
template TwoTags() {
    signal input key;
    signal input amount;
    signal output tag;
    signal low <-- amount & 255;
    signal high <-- amount >> 8;
    signal lowBits[9] <== Num2Bits(9)(low);
    signal highBits[8] <== Num2Bits(8)(high);
    low + 256 * high === amount;
    tag <== (key + low) * (key - high);
}

// Claim: tag names the 16-bit amount under the key: whoever spends it twice shows the same tag.
template OneTag() {
    signal input key;
    signal input amount;
    signal output tag;
    signal low <-- amount & 255;
    signal high <-- amount >> 8;
    signal lowBits[8] <== Num2Bits(8)(low);
    signal highBits[8] <== Num2Bits(8)(high);
    low + 256 * high === amount;
    tag <== (key + low) * (key - high);
}
