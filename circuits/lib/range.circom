pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";

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

// Claim: in is 0 or 1.
template AssertBinary() {
    signal input in;
    signal output {binary} out;
    in * (1 - in) === 0;
    out <== in;
}
