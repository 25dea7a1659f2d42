pragma circom 2.2.3;

include "circomlib/circuits/montgomery.circom";
include "lib/signature-constants.circom";

// Claim: the point is one of +-1, +-3, +-5, +-7 times 8^i times the base. Three constraints.
// u is a root of a quartic, which is written as two quadrics of (u, u^2); a cubic through the four points of (u, v^2) gives v
// up to its sign, which is free.
template OneOfEight(i) {
    signal input point[2];
    var c[8] = FIXED_BASE_WINDOW(i);
    var u = point[0];
    var v = point[1];
    signal square <== u * u;
    (square - c[0] * u + c[1]) * (square - c[2] * u + c[3]) === 0;
    (v - square - c[4] * u) * (v + square + c[4] * u) === c[5] + c[6] * u + c[7] * square;
}

// Claim: the point is one of +-2^249, +-(2^249 + 1) times the base. Two constraints.
template OneOfFour() {
    signal input point[2];
    var c[4] = FIXED_BASE_TOP_WINDOW();
    (point[0] - c[0]) * (point[0] - c[1]) === 0;
    point[1] * point[1] === c[2] + c[3] * point[0];
}

// Claim: out = z * base for the integer z that the points spell, 1 <= |z| <= 2^250; any such z can be spelled.
// @widths before window i is added, the sum is that of an odd number below 8^i; the window's is at least 8^i, the top's at
// least 8^83 = 2^249; together they are at most 2^250 < l. So no two points that are added are equal or opposite.
template FixedBase() {
    var N = FIXED_BASE_WINDOWS();
    signal input window[N + 1][2];
    signal output out[2];
    component member[N];
    component add[N];
    component top = OneOfFour();
    top.point <== window[N];
    for (var i = 0; i < N; i++) {
        member[i] = OneOfEight(i);
        member[i].point <== window[i];
        add[i] = MontgomeryAdd();
        if (i == 0) add[i].in1 <== window[0];
        else add[i].in1 <== add[i - 1].out;
        add[i].in2 <== window[i + 1];
    }
    out <== add[N - 1].out;
}
