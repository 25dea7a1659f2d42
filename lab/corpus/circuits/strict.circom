pragma circom 2.2.3;

// Too strict: something legal cannot be proved, and whoever must prove it loses what depends on it.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Claim: a <= b, for numbers below 2^n.
// Planted: `a < b + 1` with b + 1 held to n bits: nothing is at most 2^n - 1.
template BelowSuccessor(n) {
    signal input a;
    signal input b;
    _ <== Num2Bits(n)(a);
    _ <== Num2Bits(n)(b);
    signal successor <== b + 1;
    _ <== Num2Bits(n)(successor);
    signal less <== LessThan(n)([a, successor]);
    less === 1;
}

// Claim: a <= b, for numbers below 2^n.
template NotAbove(n) {
    signal input a;
    signal input b;
    _ <== Num2Bits(n)(a);
    _ <== Num2Bits(n)(b);
    signal above <== LessThan(n)([b, a]);
    above === 0;
}

// Claim: units = floor(amount / 10) for a 16-bit amount.
// Planted: the quotient gets 12 bits; 65,535 / 10 has 13.
template ShortQuotient() {
    signal input amount;
    signal output units;
    _ <== Num2Bits(16)(amount);
    units <-- amount \ 10;
    _ <== Num2Bits(12)(units);
    signal rest <== amount - 10 * units;
    _ <== Num2Bits(4)(rest);
    _ <== Num2Bits(4)(9 - rest);
}

// Claim: units = floor(amount / 10) for a 16-bit amount.
template FullQuotient() {
    signal input amount;
    signal output units;
    _ <== Num2Bits(16)(amount);
    units <-- amount \ 10;
    _ <== Num2Bits(13)(units);
    signal rest <== amount - 10 * units;
    _ <== Num2Bits(4)(rest);
    _ <== Num2Bits(4)(9 - rest);
}

// Claim: equity, which may be negative, is below required: the account may be liquidated. |equity|, required < 2^n.
// Planted: equity is held to [0, 2^n), so that the accounts that are worst off cannot be liquidated.
template SolventOnly(n) {
    signal input equity;
    signal input required;
    _ <== Num2Bits(n)(equity);
    _ <== Num2Bits(n)(required);
    _ <== Num2Bits(n)(required - equity - 1);
}

// Claim: equity, which may be negative, is below required: the account may be liquidated. -2^n <= equity < 2^n.
template AnyEquity(n) {
    signal input equity;
    signal input required;
    _ <== Num2Bits(n + 1)(equity + (1 << n));
    _ <== Num2Bits(n)(required);
    _ <== Num2Bits(n + 1)(required - equity - 1);
}
