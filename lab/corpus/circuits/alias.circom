pragma circom 2.2.3;

// Alias: 254 bits spell every small field element twice, as x and as x + r.

include "circomlib/circuits/bitify.circom";

// Claim: odd = x mod 2, x being the number in [0, r).
// Planted: x + r, which has the other parity, has 254 bits as well.
template AliasedParity() {
    signal input x;
    signal output odd;
    signal bits[254] <== Num2Bits(254)(x);
    odd <== bits[0];
}

// Claim: odd = x mod 2, x being the number in [0, r).
template StrictParity() {
    signal input x;
    signal output odd;
    signal bits[254] <== Num2Bits_strict()(x);
    odd <== bits[0];
}

// Claim: x = high * 2^128 + low for x below 2^253, low being below 2^128.
// Planted: the high limb has one bit too many, so that x + r is split as well.
template AliasedLimbs() {
    signal input x;
    signal output low;
    signal output high;
    low <-- x & ((1 << 128) - 1);
    high <-- x >> 128;
    signal lowBits[128] <== Num2Bits(128)(low);
    signal highBits[126] <== Num2Bits(126)(high);
    high * (1 << 128) + low === x;
}

// Claim: x = high * 2^128 + low for x below 2^253, low being below 2^128.
template StrictLimbs() {
    signal input x;
    signal output low;
    signal output high;
    low <-- x & ((1 << 128) - 1);
    high <-- x >> 128;
    signal lowBits[128] <== Num2Bits(128)(low);
    signal highBits[125] <== Num2Bits(125)(high);
    high * (1 << 128) + low === x;
}
