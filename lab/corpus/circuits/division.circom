pragma circom 2.2.3;

// Division: quotient and remainder must both be bounded, and the divisor must not be 0.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Claim: rate * size = value, and size is not 0.
// Planted: a size of 0 passes if the value is 0, with any rate.
template RateOfAnything() {
    signal input value;
    signal input size;
    signal output rate;
    rate <-- size != 0 ? value / size : 0;
    rate * size === value;
}

// Claim: rate * size = value, and size is not 0.
template RateOfSomething() {
    signal input value;
    signal input size;
    signal output rate;
    signal inverse <-- size != 0 ? 1 / size : 0;
    size * inverse === 1;
    rate <-- size != 0 ? value / size : 0;
    rate * size === value;
}

// Claim: quotient = floor(dividend / divisor), and the remainder is what is left, for numbers below 2^n.
// Planted: the remainder may be as large as the divisor, or larger.
template LooseRemainder(n) {
    signal input dividend;
    signal input divisor;
    signal output quotient;
    signal output remainder;
    _ <== Num2Bits(n)(dividend);
    _ <== Num2Bits(n)(divisor);
    quotient <-- divisor != 0 ? dividend \ divisor : 0;
    remainder <-- divisor != 0 ? dividend % divisor : 0;
    signal quotientBits[n] <== Num2Bits(n)(quotient);
    signal remainderBits[n] <== Num2Bits(n)(remainder);
    quotient * divisor + remainder === dividend;
}

// Claim: quotient = floor(dividend / divisor), and the remainder is what is left, for numbers below 2^n.
template TightRemainder(n) {
    signal input dividend;
    signal input divisor;
    signal output quotient;
    signal output remainder;
    _ <== Num2Bits(n)(dividend);
    _ <== Num2Bits(n)(divisor);
    quotient <-- divisor != 0 ? dividend \ divisor : 0;
    remainder <-- divisor != 0 ? dividend % divisor : 0;
    signal quotientBits[n] <== Num2Bits(n)(quotient);
    signal remainderBits[n] <== Num2Bits(n)(remainder);
    quotient * divisor + remainder === dividend;
    signal below <== LessThan(n)([remainder, divisor]);
    below === 1;
}

// Claim: quotient = floor(dividend / 10) for a dividend below 2^n.
// Planted: the quotient may be any field element, and so every remainder finds one.
template WrappingTenth(n) {
    signal input dividend;
    signal output quotient;
    _ <== Num2Bits(n)(dividend);
    quotient <-- dividend \ 10;
    signal remainder <== dividend - 10 * quotient;
    signal remainderBits[4] <== Num2Bits(4)(remainder);
    signal rest <== 9 - remainder;
    signal restBits[4] <== Num2Bits(4)(rest);
}

// Claim: quotient = floor(dividend / 10) for a dividend below 2^n.
template BoundedTenth(n) {
    signal input dividend;
    signal output quotient;
    _ <== Num2Bits(n)(dividend);
    quotient <-- dividend \ 10;
    _ <== Num2Bits(n)(quotient);
    signal remainder <== dividend - 10 * quotient;
    signal remainderBits[4] <== Num2Bits(4)(remainder);
    signal rest <== 9 - remainder;
    signal restBits[4] <== Num2Bits(4)(rest);
}
