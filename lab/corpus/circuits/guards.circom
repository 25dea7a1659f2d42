pragma circom 2.2.3;

// Guards: a divisor is shown not to be 0 somewhere else than where something is divided by it.

include "circomlib/circuits/comparators.circom";

// Claim: (u3, v3) is the sum of two points of the Montgomery form of Baby Jubjub with different u.
// Planted: the guard compares u1 with v2, and the points may be equal, so that the chord has any slope.
template GuardedElsewhere() {
    signal input u1;
    signal input v1;
    signal input u2;
    signal input v2;
    signal output u3;
    signal output v3;
    signal same <== IsEqual()([u1, v2]);
    same === 0;
    signal slope <-- u1 != u2 ? (v2 - v1) / (u2 - u1) : 0; // free where u1 is u2 and v1 is v2, whatever the guard says of u1 and v2
    slope * (u2 - u1) === v2 - v1;
    u3 <== slope * slope - 168698 - u1 - u2;
    v3 <== slope * (u1 - u3) - v1;
}

// Claim: (u3, v3) is the sum of two points of the Montgomery form of Baby Jubjub with different u.
template GuardedChord() {
    signal input u1;
    signal input v1;
    signal input u2;
    signal input v2;
    signal output u3;
    signal output v3;
    signal same <== IsEqual()([u1, u2]);
    same === 0;
    signal slope <-- u1 != u2 ? (v2 - v1) / (u2 - u1) : 0; // determined: the guard says that u2 - u1 is not 0
    slope * (u2 - u1) === v2 - v1;
    u3 <== slope * slope - 168698 - u1 - u2;
    v3 <== slope * (u1 - u3) - v1;
}

// Claim: (u3, v3) is twice a point of the Montgomery form of Baby Jubjub, which is not of order 2.
// Planted: the guard is about u, and the slope is divided by v.
template TangentGuardedByU() {
    signal input u;
    signal input v;
    signal output u3;
    signal output v3;
    signal isZero <== IsZero()(u);
    isZero === 0;
    signal uu <== u * u;
    signal slope <-- v != 0 ? (3 * uu + 2 * 168698 * u + 1) / (2 * v) : 0; // free where v and the numerator are 0
    slope * (2 * v) === 3 * uu + 2 * 168698 * u + 1;
    u3 <== slope * slope - 168698 - 2 * u;
    v3 <== slope * (u - u3) - v;
}

// Claim: (u3, v3) is twice a point of the Montgomery form of Baby Jubjub, which is not of order 2.
template TangentGuardedByV() {
    signal input u;
    signal input v;
    signal output u3;
    signal output v3;
    signal isZero <== IsZero()(v);
    isZero === 0;
    signal uu <== u * u;
    signal slope <-- v != 0 ? (3 * uu + 2 * 168698 * u + 1) / (2 * v) : 0; // determined: the guard says that v is not 0
    slope * (2 * v) === 3 * uu + 2 * 168698 * u + 1;
    u3 <== slope * slope - 168698 - 2 * u;
    v3 <== slope * (u - u3) - v;
}

// Claim: (u, v) is what a point of the Edwards form is in the Montgomery form; the two points without one are refused.
// Planted: at (0, -1), u is 0 and v is anything. (At (0, 1) nothing fits: 0 = 2.)
template ToMontgomery() {
    signal input x;
    signal input y;
    signal output u;
    signal output v;
    u <-- y != 1 ? (1 + y) / (1 - y) : 0; // determined: at y = 1 the next line says 0 = 2
    u * (1 - y) === 1 + y;
    v <-- x != 0 ? u / x : 0; // free where x and u are 0
    v * x === u;
}

// Claim: (u, v) is what a point of the Edwards form is in the Montgomery form; the two points without one are refused.
template ToMontgomeryGuarded() {
    signal input x;
    signal input y;
    signal output u;
    signal output v;
    signal isZero <== IsZero()(2 * x);
    isZero === 0;
    u <-- y != 1 ? (1 + y) / (1 - y) : 0; // determined: at y = 1 the next line says 0 = 2
    u * (1 - y) === 1 + y;
    v <-- x != 0 ? u / x : 0; // determined: the guard says that x is not 0
    v * x === u;
}

// Claim: (x3, y3) is the sum of two points of a twisted Edwards curve whose law is not complete; no denominator is 0.
// Planted: one denominator is looked at twice, the other never.
template HalfGuardedSum() {
    signal input x1;
    signal input y1;
    signal input x2;
    signal input y2;
    signal output x3;
    signal output y3;
    signal beta <== x1 * y2;
    signal gamma <== y1 * x2;
    signal delta <== (y1 - x1) * (x2 + y2);
    signal tau <== beta * gamma;
    signal both <== (1 - 4 * tau) * (4 * tau - 1);
    signal isZero <== IsZero()(both);
    isZero === 0;
    x3 <-- 1 + 4 * tau != 0 ? (beta + gamma) / (1 + 4 * tau) : 0; // free where 1 + 4 tau and beta + gamma are 0
    (1 + 4 * tau) * x3 === beta + gamma;
    y3 <-- 1 - 4 * tau != 0 ? (delta + beta - gamma) / (1 - 4 * tau) : 0; // determined: the guard says that 1 - 4 tau is not 0
    (1 - 4 * tau) * y3 === delta + beta - gamma;
}

// Claim: (x3, y3) is the sum of two points of a twisted Edwards curve whose law is not complete; no denominator is 0.
template GuardedSum() {
    signal input x1;
    signal input y1;
    signal input x2;
    signal input y2;
    signal output x3;
    signal output y3;
    signal beta <== x1 * y2;
    signal gamma <== y1 * x2;
    signal delta <== (y1 - x1) * (x2 + y2);
    signal tau <== beta * gamma;
    signal both <== (1 - 4 * tau) * (4 * tau + 1);
    signal isZero <== IsZero()(both);
    isZero === 0;
    x3 <-- 1 + 4 * tau != 0 ? (beta + gamma) / (1 + 4 * tau) : 0; // determined: the guard says of both factors that they are not 0
    (1 + 4 * tau) * x3 === beta + gamma;
    y3 <-- 1 - 4 * tau != 0 ? (delta + beta - gamma) / (1 - 4 * tau) : 0; // determined: as x3
    (1 - 4 * tau) * y3 === delta + beta - gamma;
}

// Claim: x is (1 + 4 b^2) / (1 + 4 b^2), which is 1.
// Planted: -1 is a square, so that 1 + 4 b^2 may be 0, and x is anything.
template SquareDivisor() {
    signal input b;
    signal output x;
    signal bb <== b * b;
    x <-- 1 + 4 * bb != 0 ? 1 : 0; // free where 1 + 4 b^2 is 0
    (1 + 4 * bb) * x === 1 + 4 * bb;
}

// Claim: x is (5 - b^2) / (5 - b^2), which is 1: 5 is no square.
template NonSquareDivisor() {
    signal input b;
    signal output x;
    signal bb <== b * b;
    x <-- 1; // determined: 5 is no square in this field, so that 5 - b^2 is never 0
    (5 - bb) * x === 5 - bb;
}
