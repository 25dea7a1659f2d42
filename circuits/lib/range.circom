pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// The one file that mints the tag {maxbit}: a signal with x.maxbit = n is an integer in [0, 2^n).

// Claim: 0 <= in < 2^n.
template AssertBits(n) {
    assert(n <= 253); // @widths: 2^253 < r, so the decomposition has no alias
    signal input in;
    signal output {maxbit} out;
    _ <== Num2Bits(n)(in);
    out.maxbit = n;
    out <== in;
}

// The least n with number < 2^n.
function WIDTH_OF(number) {
    var n = 0;
    while ((number >> n) > 0) n++;
    return n;
}

// Claim: least <= in < past.
// @widths past <= 2^n: in - least and past - 1 - in are in [0, 2^n) only if neither wraps, and then neither is negative
template AssertWithin(least, past) {
    var n = WIDTH_OF(past - 1);
    assert(least >= 0 && least < past && n <= 252);
    signal input in;
    signal output {maxbit} out;
    out.maxbit = n;
    out <== in;
    if (past == (1 << n)) {
        _ <== AssertBits(n)(in);
    } else {
        _ <== AssertBits(n)(past - 1 - in);
    }
    if (least == 1 && past == (1 << n)) {
        signal zero <== IsZero()(in);
        zero === 0;
    } else if (least > 0 || past != (1 << n)) {
        _ <== AssertBits(n)(in - least);
    }
}

// Claim: -2^n <= in < 2^n; bit n of in + 2^n says whether in >= 0.
template IsNegative(n) {
    assert(n + 1 <= 253);
    signal input in;
    signal output {binary} out;
    signal bits[n + 1] <== Num2Bits(n + 1)(in + (1 << n));
    out <== 1 - bits[n];
}

// Tags without a constraint.
// @assumes 0 <= in < 2^n; who discharges it stands beside every use
template UncheckedBits(n) {
    signal input in;
    signal output {maxbit} out;
    out.maxbit = n;
    out <== in;
}

// Tags a signal that other constraints make 0 or 1; who does stands beside every use.
template UncheckedBinary() {
    signal input in;
    signal output {binary} out;
    out <== in;
}

// The constant 1, as a condition that always holds.
template One() {
    signal output {binary} out;
    out <== 1;
}

// Claim: in is 0 or 1.
template AssertBinary() {
    signal input in;
    signal output {binary} out;
    in * (1 - in) === 0;
    out <== in;
}
