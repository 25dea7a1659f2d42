pragma circom 2.2.3;

// Numbers by their digits below a base that is no power of two, whose sum is spread over constraints.

include "circomlib/circuits/bitify.circom";

// in is below the base, which has `bits` bits.
template DigitBelow(base, bits) {
    signal input in;
    signal own[bits] <== Num2Bits(bits)(in);
    signal sum <== in + 2 ** bits - base;
    signal more[bits] <== Num2Bits(bits)(sum);
}

// Claim: digits are the three digits below 5 of x, lowest first.
// Planted: the lowest digit has three bits, so that it may be 5, 6 or 7.
template DigitOfBits() {
    signal input x;
    signal output digits[3];
    for (var i = 0; i < 3; i++) {
        digits[i] <-- (x \ 5 ** i) % 5; // the lowest is free: 5 of it are one of the next
    }
    signal bits[3] <== Num2Bits(3)(digits[0]);
    component below[2];
    for (var i = 0; i < 2; i++) {
        below[i] = DigitBelow(5, 3);
        below[i].in <== digits[i + 1];
    }
    signal fives <== 5 * digits[1];
    signal low <== digits[0] + fives;
    signal rest <== 25 * digits[2];
    x === low + rest;
}

// Claim: digits are the three digits below 5 of x, lowest first.
template DigitBelowFive() {
    signal input x;
    signal output digits[3];
    for (var i = 0; i < 3; i++) {
        digits[i] <-- (x \ 5 ** i) % 5; // determined: each is below 5, and together they are x
    }
    for (var i = 0; i < 3; i++) {
        DigitBelow(5, 3)(digits[i]);
    }
    signal fives <== 5 * digits[1];
    signal low <== digits[0] + fives;
    signal rest <== 25 * digits[2];
    x === low + rest;
}

// Digits below 5 of x, lowest first, by Horner's rule.
template DigitsByHorner(n) {
    signal input x;
    signal output digits[n];
    component below[n];
    for (var i = 0; i < n; i++) {
        digits[i] <-- (x \ 5 ** i) % 5; // determined by x as long as 5 ** n is below the field prime
        below[i] = DigitBelow(5, 3);
        below[i].in <== digits[i];
    }
    signal sums[n];
    for (var i = n - 1; i >= 0; i--) {
        if (i == n - 1) {
            sums[i] <== digits[i];
        } else {
            sums[i] <== 5 * sums[i + 1] + digits[i];
        }
    }
    sums[0] === x;
}

// Claim: digits are the digits below 5 of x.
// Planted: 110 digits reach beyond the field prime, so that they may be those of x and the prime.
template TooManyDigits() {
    signal input x;
    signal output digits[110];
    component horner = DigitsByHorner(110);
    horner.x <== x;
    digits <== horner.digits;
}

// Claim: digits are the digits below 5 of x, which is below 5 ** 109.
template AsManyDigits() {
    signal input x;
    signal output digits[109];
    component horner = DigitsByHorner(109);
    horner.x <== x;
    digits <== horner.digits;
}
