pragma circom 2.2.3;

// Mains for the templates of pricing whose sizes can be tiny.

include "risk-update/black.circom";

template PlacesProbe(most) {
    signal input bit[most + 1][most];
    signal output out[most + 1][1 << most];
    component places[most + 1];
    for (var n = 2; n <= most; n++) {
        places[n] = Places(n);
        for (var k = 0; k < n; k++) places[n].bit[k] <== AssertBinary()(bit[n][k]);
        for (var i = 0; i < 1 << n; i++) out[n][i] <== places[n].out[i];
    }
}

template RootsProbe(most, bits) {
    signal input in[most + 1][bits + 1];
    signal output out[most + 1][bits + 1];
    component root[most + 1][bits + 1];
    for (var divisor = 1; divisor <= most; divisor++) {
        for (var n = 1; n <= bits; n++) {
            root[divisor][n] = RootOfQuotient(n, divisor, 3);
            root[divisor][n].in <== in[divisor][n];
            out[divisor][n] <== root[divisor][n].out;
        }
    }
}

// The quotient's range is for its user to check: here it is that of 5 bits and a sign.
template DeviatesProbe(cut, n) {
    signal input distance;
    signal input deviation;
    signal output y;
    signal output fixed;
    component deviates = Deviates(cut, n);
    deviates.distance <== distance;
    deviates.deviation <== AssertBits(n)(deviation);
    y <== deviates.y;
    fixed <== deviates.fixed;
    signal negative <== IsNegative(5)(y);
}

template SignedBitsProbe(n) {
    signal input in;
    signal output negative;
    signal output bits[n];
    component signed = SignedBits(n);
    signed.in <== in;
    negative <== signed.negative;
    bits <== signed.bits;
}
