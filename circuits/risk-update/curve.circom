pragma circom 2.2.3;

include "lib/range.circom";

// out[i] = 1 iff the bits spell i, lowest first; the others are 0.
// Each bit halves the places: those with it are the places so far times the bit, those without are the rest. The last
// product is the bit less all the others, since the places so far add up to 1.
template Places(n) {
    signal input {binary} bit[n];
    signal output {binary} out[1 << n];
    signal product[(1 << n) - 1 - n];
    var at = 0;
    var place[1 << n];
    place[0] = 1;
    for (var k = 0; k < n; k++) {
        var half = 1 << k;
        var rest = bit[k];
        for (var i = 0; i < half; i++) {
            if (i < half - 1) {
                product[at] <== place[i] * bit[k];
                place[half + i] = product[at];
                rest -= product[at];
                at++;
            } else {
                place[half + i] = rest;
            }
            place[i] -= place[half + i];
        }
    }
    for (var i = 0; i < 1 << n; i++) out[i] <== place[i];
}

// out = the value of a curve of 64 pieces at a point, whose upper 6 bits name the piece and whose lower ones are t: curveAt of
// the reference model (protocol.md#curves). Exact, as a field element: nothing is rounded.
// The powers of t are multiplied by the four places of the piece's lower two bits, and what then is linear for each of
// the sixteen of its upper four bits by those: (degree - 1) + 3 * degree + 15 products, and 12 for the places.
// @widths |out| is as small as the curve's values; no intermediate needs to be, since these are equations of the field
template Curve(offsetBits, degree, coefficients) {
    signal input {binary} point[offsetBits + 6];
    signal output out;

    signal {binary} lower[2];
    signal {binary} upper[4];
    for (var i = 0; i < 2; i++) lower[i] <== point[offsetBits + i];
    for (var i = 0; i < 4; i++) upper[i] <== point[offsetBits + 2 + i];
    signal near[4] <== Places(2)(lower);
    signal far[16] <== Places(4)(upper);

    signal power[degree + 1];
    var t = 0;
    for (var i = 0; i < offsetBits; i++) t += (1 << i) * point[i];
    power[0] <== 1;
    power[1] <== t;
    for (var k = 2; k <= degree; k++) power[k] <== power[k - 1] * power[1];

    signal product[4][degree + 1];
    for (var k = 0; k <= degree; k++) {
        var rest = power[k];
        for (var j = 1; j < 4; j++) {
            product[j][k] <== near[j] * power[k];
            rest -= product[j][k];
        }
        product[0][k] <== rest;
    }

    signal chosen[16];
    var total = 0;
    for (var i = 0; i < 16; i++) {
        var value = 0;
        for (var j = 0; j < 4; j++) {
            for (var k = 0; k <= degree; k++) {
                var less = i == 0 ? 0 : coefficients[j][k];
                value += (coefficients[4 * i + j][k] - less) * product[j][k];
            }
        }
        if (i == 0) {
            chosen[i] <== value;
        } else {
            chosen[i] <== far[i] * value;
        }
        total += chosen[i];
    }
    out <== total;
}
