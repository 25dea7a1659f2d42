pragma circom 2.2.3;

// Assigned, not constrained: the witness generator computes a value that no constraint asks for.

include "circomlib/circuits/comparators.circom";

// Claim: product = a * b, and total = product + c.
// Planted: the product is only assigned.
template AssignedProduct() {
    signal input a;
    signal input b;
    signal input c;
    signal output product;
    signal output total;
    product <-- a * b;
    total <== product + c;
}

// Claim: product = a * b, and total = product + c.
template ConstrainedProduct() {
    signal input a;
    signal input b;
    signal input c;
    signal output product;
    signal output total;
    product <== a * b;
    total <== product + c;
}

// Claim: out = 1 iff in = 0.
// Planted: `in * out = 0` is missing, so that an inverse of 0 passes for every in.
template HalfZeroTest() {
    signal input in;
    signal output out;
    signal inverse <-- in != 0 ? 1 / in : 0;
    out <== 1 - in * inverse;
}

// Claim: out = 1 iff in = 0.
template WholeZeroTest() {
    signal input in;
    signal output out;
    signal inverse <-- in != 0 ? 1 / in : 0;
    out <== 1 - in * inverse;
    in * out === 0;
}

// Claim: hot[i] = 1 iff in = i; found = 1 iff in < n.
// Planted: nothing makes a place hot, so that all may stay 0 and `found` with them.
template LooseDecoder(n) {
    signal input in;
    signal output hot[n];
    signal output found;
    var sum = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <-- in == i ? 1 : 0;
        hot[i] * (in - i) === 0;
        sum += hot[i];
    }
    found <== sum;
    found * (found - 1) === 0;
}

// Claim: hot[i] = 1 iff in = i; found = 1 iff in < n.
template TightDecoder(n) {
    signal input in;
    signal output hot[n];
    signal output found;
    var sum = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <== IsEqual()([in, i]);
        sum += hot[i];
    }
    found <== sum;
}
