pragma circom 2.2.3;

// Missing range checks: comparisons and sums are about numbers only where nothing wraps.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Claim: a < b, for numbers below 2^n.
// Planted: neither is checked to be below 2^n: r - 1 is below 0, and 2^n below 1.
template UnboundedLess(n) {
    signal input a;
    signal input b;
    signal less <== LessThan(n)([a, b]);
    less === 1;
}

// Claim: a < b, for numbers below 2^n.
template BoundedLess(n) {
    signal input a;
    signal input b;
    _ <== Num2Bits(n)(a);
    _ <== Num2Bits(n)(b);
    signal less <== LessThan(n)([a, b]);
    less === 1;
}

// Claim: a + b <= limit, for numbers below 2^n.
// Planted: only the difference is checked: a may be r - 1, which counts as -1.
template WrappingSum(n) {
    signal input a;
    signal input b;
    signal input limit;
    _ <== Num2Bits(n)(limit);
    _ <== Num2Bits(n)(limit - a - b);
}

// Claim: a + b <= limit, for numbers below 2^n.
template BoundedSum(n) {
    signal input a;
    signal input b;
    signal input limit;
    _ <== Num2Bits(n)(a);
    _ <== Num2Bits(n)(b);
    _ <== Num2Bits(n)(limit);
    _ <== Num2Bits(n)(limit - a - b);
}

// Claim: -2^n <= change < 2^n, and after = before + change is in [0, 2^n).
// Planted: the change itself is not bounded, so that it may cancel a balance that is none.
template UnboundedChange(n) {
    signal input before;
    signal input change;
    signal output after;
    after <== before + change;
    _ <== Num2Bits(n)(after);
}

// Claim: -2^n <= change < 2^n, before and after = before + change are in [0, 2^n).
template BoundedChange(n) {
    signal input before;
    signal input change;
    signal output after;
    _ <== Num2Bits(n)(before);
    _ <== Num2Bits(n + 1)(change + (1 << n));
    after <== before + change;
    _ <== Num2Bits(n)(after);
}

// Claim: 0 < value < 2^n.
// Planted: only an assert of the witness generator says that the value is bounded; no constraint does.
template AssertedBound(n) {
    signal input value;
    assert(value < (1 << n));
    signal inverse <-- value != 0 ? 1 / value : 0;
    inverse * value === 1;
}

// Claim: 0 < value < 2^n.
template ConstrainedBound(n) {
    signal input value;
    _ <== Num2Bits(n)(value);
    signal inverse <-- value != 0 ? 1 / value : 0;
    inverse * value === 1;
}
