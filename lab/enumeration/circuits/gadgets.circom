pragma circom 2.2.3;

// Mains for single templates: flat signals in, flat signals out.

include "lib/compare.circom";
include "lib/digits.circom";
include "lib/divide.circom";
include "lib/merkle.circom";
include "lib/range.circom";
include "lib/select.circom";

// Each template at many widths, independent of each other.

template RangesProbe(most) {
    signal input bit;
    signal input in[most + 1];
    signal input signed[most + 1];
    signal output negative[most + 1];
    component bits[most + 1];
    component sign[most + 1];
    _ <== AssertBinary()(bit);
    for (var n = 1; n <= most; n++) {
        bits[n] = AssertBits(n);
        bits[n].in <== in[n];
        sign[n] = IsNegative(n);
        sign[n].in <== signed[n];
        negative[n] <== sign[n].out;
    }
}

template CompareProbe(most) {
    signal input a[most + 1][most + 1];
    signal input b[most + 1][most + 1];
    signal output less[most + 1][most + 1];
    component left[most + 1][most + 1];
    component right[most + 1][most + 1];
    component compare[most + 1][most + 1];
    for (var n = 1; n <= most; n++) {
        for (var m = 1; m <= most; m++) {
            left[n][m] = AssertBits(n);
            left[n][m].in <== a[n][m];
            right[n][m] = AssertBits(m);
            right[n][m].in <== b[n][m];
            compare[n][m] = IsLess();
            compare[n][m].a <== left[n][m].out;
            compare[n][m].b <== right[n][m].out;
            less[n][m] <== compare[n][m].out;
        }
    }
}

// All bounds of n bits but the largest, each with a number of its own.
template AtMostsProbe(n, unit) {
    var bounds = (1 << (n - 1)) - 1;
    signal input bit[bounds][n];
    component atMost[bounds];
    for (var i = 0; i < bounds; i++) {
        atMost[i] = AssertAtMost(n, (1 << (n - 1)) + i);
        atMost[i].unit <== unit;
        for (var k = 0; k < n; k++) {
            bit[i][k] * (1 - bit[i][k]) === 0;
            atMost[i].digit[k] <== unit * (2 * bit[i][k] - 1);
        }
    }
}

template DivideProbe(most, quotientBits) {
    signal input in[most + 1][quotientBits + 1];
    signal output out[most + 1][quotientBits + 1];
    component divide[most + 1][quotientBits + 1];
    for (var divisor = 1; divisor <= most; divisor++) {
        for (var bits = 1; bits <= quotientBits; bits++) {
            divide[divisor][bits] = DivideUp(divisor, bits);
            divide[divisor][bits].in <== in[divisor][bits];
            out[divisor][bits] <== divide[divisor][bits].out;
        }
    }
}

template OneHotsProbe(most) {
    signal input index[most + 1];
    signal input enabled[most + 1];
    signal output out[most + 1][most];
    component bit[most + 1];
    component oneHot[most + 1];
    for (var n = 3; n <= most; n++) {
        bit[n] = AssertBinary();
        bit[n].in <== enabled[n];
        oneHot[n] = OneHot(n);
        oneHot[n].index <== index[n];
        oneHot[n].enabled <== bit[n].out;
        for (var i = 0; i < n; i++) out[n][i] <== oneHot[n].out[i];
    }
}

template IsSameProbe() {
    signal input a;
    signal input b;
    signal output out <== IsSame()(a, b);
}

template LogicProbe() {
    signal input a;
    signal input b;
    signal output either;
    signal output both;
    signal output neither;
    signal {binary} left <== AssertBinary()(a);
    signal {binary} right <== AssertBinary()(b);
    either <== Or()(left, right);
    both <== And()(left, right);
    neither <== Not()(Or()(left, right));
}

// ceil(a * b / divisor), as fees are computed.
template MulDivUpProbe(divisor, quotientBits) {
    signal input a;
    signal input b;
    signal output out <== MulDivUp(divisor, quotientBits)(a, b);
}

template PickProbe(n) {
    signal input index;
    signal input enabled;
    signal input values[n];
    signal output out <== Pick(n)(OneHot(n)(index, AssertBinary()(enabled)), values);
}

// The same of 10, 11 and so on.
template PickOneProbe(n) {
    signal input index;
    signal input enabled;
    signal output out;
    component pick = Pick(n);
    pick.hot <== OneHot(n)(index, AssertBinary()(enabled));
    for (var i = 0; i < n; i++) pick.values[i] <== 10 + i;
    out <== pick.out;
}

template ChooseProbe() {
    signal input condition;
    signal input yes;
    signal input no;
    signal output out <== Choose()(AssertBinary()(condition), yes, no);
}

template ChildPositionProbe() {
    signal input low;
    signal input high;
    signal output hot[4] <== ChildPosition()(AssertBinary()(low), AssertBinary()(high));
}

template MerkleProbe(levels) {
    signal input index;
    signal input leaf;
    signal input newLeaf;
    signal input children[levels][4];
    signal output root;
    signal output oldRoot;
    signal output newRoot;
    root <== MerkleRoot(levels)(index, leaf, children);
    component update = MerkleUpdate(levels);
    update.index <== index;
    update.oldLeaf <== leaf;
    update.newLeaf <== newLeaf;
    update.children <== children;
    oldRoot <== update.oldRoot;
    newRoot <== update.newRoot;
}
