pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "lib/range.circom";

// out = 1 iff a < b.
// @widths n = max(a.maxbit, b.maxbit): 2^n + a - b is in (0, 2^(n+1)), and its bit n is 0 iff a < b
template IsLess() {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output {binary} out;
    var n = a.maxbit > b.maxbit ? a.maxbit : b.maxbit;
    assert(n + 1 <= 253);
    signal bits[n + 1] <== Num2Bits(n + 1)((1 << n) + a - b);
    out <== 1 - bits[n];
}

// out = 1 iff a = b, as field elements.
template IsSame() {
    signal input a;
    signal input b;
    signal output {binary} out;
    signal zero <== IsZero()(a - b);
    out <== zero;
}

template Or() {
    signal input {binary} a;
    signal input {binary} b;
    signal output {binary} out;
    out <== a + b - a * b;
}

template And() {
    signal input {binary} a;
    signal input {binary} b;
    signal output {binary} out;
    out <== a * b;
}

template Not() {
    signal input {binary} in;
    signal output {binary} out;
    out <== 1 - in;
}

// The smaller of two numbers.
template Lesser() {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output {maxbit} out;
    out.maxbit = a.maxbit < b.maxbit ? a.maxbit : b.maxbit;
    signal {binary} less <== IsLess()(a, b);
    out <== b + less * (a - b);
}

// The larger of two numbers.
template Greater() {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output {maxbit} out;
    out.maxbit = a.maxbit > b.maxbit ? a.maxbit : b.maxbit;
    signal {binary} less <== IsLess()(a, b);
    out <== a + less * (b - a);
}
