pragma circom 2.2.3;

// Factors that vanish only where several constraints do together: products stand in rows of their own.

include "circomlib/circuits/montgomery.circom";

// Claim: (u2, v2) is twice a point of the Montgomery form of Baby Jubjub, v^2 = u^3 + 168698 u^2 + u.
// Planted: nothing asks whether the point is on the curve, and off it v and the slope's numerator 3 u^2 + 2 A u + 1 may both be 0.
template AnyTangent() {
    signal input u;
    signal input v;
    signal output u2;
    signal output v2;
    component double = MontgomeryDouble();
    double.in[0] <== u;
    double.in[1] <== v;
    u2 <== double.out[0];
    v2 <== double.out[1];
}

// Claim: (u2, v2) is twice a point with v != 0 of the Montgomery form of Baby Jubjub.
template GuardedTangent() {
    signal input u;
    signal input v;
    signal output u2;
    signal output v2;
    signal inverse <-- v != 0 ? 1 / v : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * v === 1;
    component double = MontgomeryDouble();
    double.in[0] <== u;
    double.in[1] <== v;
    u2 <== double.out[0];
    v2 <== double.out[1];
}

// Claim: ratio = (x^3 - 1) / (x^2 + x + 1).
// Planted: the field has cube roots of 1 beside 1 itself, at which both are 0.
template AnyCubicRatio() {
    signal input x;
    signal output ratio;
    signal square <== x * x;
    signal cube <== square * x;
    ratio <-- square + x + 1 != 0 ? (cube - 1) / (square + x + 1) : 0; // free where x^2 + x + 1 is 0, as then x^3 is 1
    ratio * (square + x + 1) === cube - 1;
}

// Claim: ratio = (x^3 - 1) / (x^2 + x + 1), and x is no cube root of 1 but 1 itself.
template GuardedCubicRatio() {
    signal input x;
    signal output ratio;
    signal square <== x * x;
    signal cube <== square * x;
    signal inverse <-- square + x + 1 != 0 ? 1 / (square + x + 1) : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * (square + x + 1) === 1;
    ratio <-- (cube - 1) * inverse; // determined: what the next line multiplies it by is not 0
    ratio * (square + x + 1) === cube - 1;
}

// Claim: x and y are the numbers with the given sum and difference.
// Planted: only their squares and their product are compared, which (-x, -y) and (y, x) fit as well.
template SquaredDifference() {
    signal input sum;
    signal input difference;
    signal output x;
    signal output y;
    x <-- (sum + difference) / 2; // free up to the sign of both, and which of the two it is
    y <-- (sum - difference) / 2; // as x
    signal xx <== x * x;
    signal yy <== y * y;
    signal xy <== x * y;
    signal sumSquared <== sum * sum;
    signal differenceSquared <== difference * difference;
    2 * xx + 2 * yy === sumSquared + differenceSquared;
    4 * xy === sumSquared - differenceSquared;
}

// Claim: x and y are the numbers with the given sum and difference.
template SignedDifference() {
    signal input sum;
    signal input difference;
    signal output x;
    signal output y;
    x <== (sum + difference) / 2;
    y <-- (sum - difference) / 2; // determined: the next line has it once
    x + y === sum;
}

// Claim: y2 is the second coordinate of twice a point of the twisted Edwards curve x^2 + y^2 = 1 + 4 x^2 y^2.
// Planted: off the curve, where x^2 = y^2 = 1/2, the denominator and what it divides are 0.
template AnyDouble() {
    signal input x;
    signal input y;
    signal output y2;
    signal xx <== x * x;
    signal yy <== y * y;
    signal product <== xx * yy;
    y2 <-- 1 - 4 * product != 0 ? (yy - xx) / (1 - 4 * product) : 0; // free where 1 - 4 x^2 y^2 and y^2 - x^2 are 0
    (1 - 4 * product) * y2 === yy - xx;
}

// Claim: y2 is the second coordinate of twice a point of the twisted Edwards curve x^2 + y^2 = 1 + 4 x^2 y^2.
template GuardedDouble() {
    signal input x;
    signal input y;
    signal output y2;
    signal xx <== x * x;
    signal yy <== y * y;
    signal product <== xx * yy;
    signal inverse <-- 1 - 4 * product != 0 ? 1 / (1 - 4 * product) : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * (1 - 4 * product) === 1;
    y2 <-- (yy - xx) * inverse; // determined: what the next line multiplies it by is not 0
    (1 - 4 * product) * y2 === yy - xx;
}

// Claim: factor * (u, v) is the projection of (x, y) on (u, v), and (u, v) is not (0, 0).
// Planted: the square of a length may be 0 in the field though the vector is not: v = u * sqrt(-1).
template AnyProjection() {
    signal input x;
    signal input y;
    signal input u;
    signal input v;
    signal output factor;
    signal inverse <-- u != 0 ? 1 / u : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * u === 1;
    signal length <== SquareSum()(u, v);
    signal along <== ProductSum()(x, y, u, v);
    factor <-- length != 0 ? along / length : 0; // free where (u, v) has the length 0 and (x, y) is a multiple of it
    factor * length === along;
}

// Claim: factor * (u, v) is the projection of (x, y) on (u, v), and (u, v) has a length.
template LongProjection() {
    signal input x;
    signal input y;
    signal input u;
    signal input v;
    signal output factor;
    signal length <== SquareSum()(u, v);
    signal inverse <-- length != 0 ? 1 / length : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * length === 1;
    signal along <== ProductSum()(x, y, u, v);
    factor <-- along * inverse; // determined: what the next line multiplies it by is not 0
    factor * length === along;
}

template SquareSum() {
    signal input u;
    signal input v;
    signal output sum;
    signal uu <== u * u;
    sum <== uu + v * v;
}

template ProductSum() {
    signal input x;
    signal input y;
    signal input u;
    signal input v;
    signal output sum;
    signal xu <== x * u;
    sum <== xu + y * v;
}

// Claim: x solves a x + b y = e, c x + d y = f, by Cramer's rule.
// Planted: the determinant a d - b c may be 0.
template AnyCramer() {
    signal input a;
    signal input b;
    signal input c;
    signal input d;
    signal input e;
    signal input f;
    signal output x;
    signal determinant <== CrossProduct()(a, b, c, d);
    signal numerator <== CrossProduct()(e, b, f, d);
    x <-- determinant != 0 ? numerator / determinant : 0; // free where the determinant and the numerator are 0
    x * determinant === numerator;
}

// Claim: x solves a x + b y = e, c x + d y = f, by Cramer's rule.
template RegularCramer() {
    signal input a;
    signal input b;
    signal input c;
    signal input d;
    signal input e;
    signal input f;
    signal output x;
    signal determinant <== CrossProduct()(a, b, c, d);
    signal inverse <-- determinant != 0 ? 1 / determinant : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * determinant === 1;
    signal numerator <== CrossProduct()(e, b, f, d);
    x <-- numerator * inverse; // determined: what the next line multiplies it by is not 0
    x * determinant === numerator;
}

template CrossProduct() {
    signal input a;
    signal input b;
    signal input c;
    signal input d;
    signal output out;
    signal ad <== a * d;
    out <== ad - b * c;
}
