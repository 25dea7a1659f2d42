pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "risk-update/coefficients.circom";
include "risk-update/curve.circom";

// Logarithms are in units of 2^-FINE_BITS.
function FINE_BITS() { return LOGARITHM_FRACTION_BITS(); }

// By how many places x, in [1, 2^48), is to be shifted up to reach 2^47.
function MISSING_PLACES(x) {
    var places = 0;
    while ((x << places) < (1 << (PRICE_BITS() - 1)) && places < PRICE_BITS() - 1) places++;
    return places;
}

// out = ln(in) in units of 2^-108: fineLogarithm of the reference model (protocol.md#curves).
// in * 2^missing is in [2^47, 2^48), and the first 32 bits after the leading one say where on the curve it is.
// @assumes in >= 1: nothing satisfies this for 0
// Soundness of `<--`: the bits are 0 or 1, so that `missing` is in [0, 64); in < 2^48 makes in * 2^missing an integer below
// 2^111, without a wrap, and only one power of 2 takes it into [2^47, 2^48).
// @widths 0 <= out < 34 * 2^108 < 2^114
template Logarithm() {
    signal input {maxbit} in;
    signal output out;
    assert(in.maxbit <= PRICE_BITS());
    var mantissaBits = PRICE_BITS() - 1;
    var usedBits = LOGARITHM_OFFSET_BITS() + 6;

    var places = MISSING_PLACES(in);
    signal bit[6];
    signal power[6];
    var missing = 0;
    for (var i = 0; i < 6; i++) {
        bit[i] <-- (places >> i) & 1;
        bit[i] * (1 - bit[i]) === 0;
        missing += (1 << i) * bit[i];
        var factor = 1 + ((1 << (1 << i)) - 1) * bit[i]; // 2^(2^i), or 1
        if (i == 0) {
            power[i] <== factor;
        } else {
            power[i] <== power[i - 1] * factor;
        }
    }
    signal raised <== in * power[5];
    signal mantissa[mantissaBits] <== Num2Bits(mantissaBits)(raised - (1 << mantissaBits));

    signal {binary} point[usedBits];
    for (var i = 0; i < usedBits; i++) {
        point[i] <== UncheckedBinary()(mantissa[mantissaBits - usedBits + i]); // a bit of Num2Bits
    }
    signal curve <== Curve(LOGARITHM_OFFSET_BITS(), 3, LOGARITHM_CURVE())(point);
    out <== (mantissaBits - missing) * LOGARITHM_OF_2() + curve;
}
