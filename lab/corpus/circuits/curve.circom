pragma circom 2.2.3;

// Curves: additions whose denominator may vanish, points off the curve, points of small order.

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/comparators.circom";

// Claim: (u3, v3) is the sum of two points of the Montgomery form of Baby Jubjub, v^2 = u^3 + 168698 u^2 + u.
// Planted: the chord through two equal points may have any slope.
template AnyChord() {
    signal input u1;
    signal input v1;
    signal input u2;
    signal input v2;
    signal output u3;
    signal output v3;
    signal slope <-- u1 != u2 ? (v2 - v1) / (u2 - u1) : 0;
    slope * (u2 - u1) === v2 - v1;
    u3 <== slope * slope - 168698 - u1 - u2;
    v3 <== slope * (u1 - u3) - v1;
}

// Claim: (u3, v3) is the sum of two points of the Montgomery form of Baby Jubjub with different u.
template OneChord() {
    signal input u1;
    signal input v1;
    signal input u2;
    signal input v2;
    signal output u3;
    signal output v3;
    signal inverse <-- u1 != u2 ? 1 / (u2 - u1) : 0;
    inverse * (u2 - u1) === 1;
    signal slope <-- u1 != u2 ? (v2 - v1) / (u2 - u1) : 0;
    slope * (u2 - u1) === v2 - v1;
    u3 <== slope * slope - 168698 - u1 - u2;
    v3 <== slope * (u1 - u3) - v1;
}

// Claim: (x3, y3) is the sum of two points of a twisted Edwards curve.
// Planted: the coefficient d = 4 is a square, so that the law is not complete: at x1 y2 = -y1 x2 = 1/2 the denominator
// 1 + 4 x1 x2 y1 y2 is 0, and so is what it divides.
template SquareCoefficient() {
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
    x3 <-- 1 + 4 * tau != 0 ? (beta + gamma) / (1 + 4 * tau) : 0;
    (1 + 4 * tau) * x3 === beta + gamma;
    y3 <-- 1 - 4 * tau != 0 ? (delta + beta - gamma) / (1 - 4 * tau) : 0;
    (1 - 4 * tau) * y3 === delta + beta - gamma;
}

// Claim: (x3, y3) is the sum of two points of Baby Jubjub.
// d is no square there: neither denominator vanishes for points of the curve, nor together with its numerator for others.
template CompleteSum() {
    signal input x1;
    signal input y1;
    signal input x2;
    signal input y2;
    signal output x3;
    signal output y3;
    (x3, y3) <== BabyAdd()(x1, y1, x2, y2);
}

// Claim: (x, y) is a point of Baby Jubjub, and (x8, y8) is 8 times it.
// Planted: nothing asks whether the point is on the curve.
template AnyPoint() {
    signal input x;
    signal input y;
    signal output x8;
    signal output y8;
    signal (x2, y2) <== BabyDbl()(x, y);
    signal (x4, y4) <== BabyDbl()(x2, y2);
    (x8, y8) <== BabyDbl()(x4, y4);
}

// Claim: (x, y) is a point of Baby Jubjub, and (x8, y8) is 8 times it.
template CurvePoint() {
    signal input x;
    signal input y;
    signal output x8;
    signal output y8;
    BabyCheck()(x, y);
    signal (x2, y2) <== BabyDbl()(x, y);
    signal (x4, y4) <== BabyDbl()(x2, y2);
    (x8, y8) <== BabyDbl()(x4, y4);
}

// Claim: (x, y) is a point of Baby Jubjub whose order does not divide 8.
// Planted: only the identity itself is refused, the seven others are not.
template NotIdentity() {
    signal input x;
    signal input y;
    BabyCheck()(x, y);
    signal isIdentity <== IsEqual()([y, 1]);
    isIdentity === 0;
}

// Claim: (x, y) is a point of Baby Jubjub whose order does not divide 8.
template NotSmallOrder() {
    signal input x;
    signal input y;
    BabyCheck()(x, y);
    signal (x2, y2) <== BabyDbl()(x, y);
    signal (x4, y4) <== BabyDbl()(x2, y2);
    signal (x8, y8) <== BabyDbl()(x4, y4);
    signal isIdentity <== IsEqual()([y8, 1]);
    isIdentity === 0;
}
