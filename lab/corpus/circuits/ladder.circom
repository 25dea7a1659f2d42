pragma circom 2.2.3;

// Ladders on Baby Jubjub: steps in Montgomery form, which no law completes, and changes between the forms.

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/escalarmulany.circom";
include "circomlib/circuits/montgomery.circom";
include "circomlib/circuits/pointbits.circom";

// Claim: (u, v) is 5 P = 4 P + P for a point P = (x, y) of Baby Jubjub, x other than 0.
// Planted: nothing asks whether (x, y) is on the curve. On other curves there are points of order 3, and 4 P = P.
template FiveTimesAny() {
    signal input x;
    signal input y;
    signal output u;
    signal output v;
    signal inverse <-- x != 0 ? 1 / x : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * x === 1;
    component point = Edwards2Montgomery();
    point.in <== [x, y];
    component double = MontgomeryDouble();
    double.in <== point.out;
    component quadruple = MontgomeryDouble();
    quadruple.in <== double.out;
    component sum = MontgomeryAdd();
    sum.in1 <== quadruple.out;
    sum.in2 <== point.out;
    u <== sum.out[0];
    v <== sum.out[1];
}

// Claim: (u, v) is 5 P = 4 P + P for a point P = (x, y) of Baby Jubjub, x other than 0.
template FiveTimesPoint() {
    signal input x;
    signal input y;
    signal output u;
    signal output v;
    BabyCheck()(x, y);
    signal inverse <-- x != 0 ? 1 / x : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * x === 1;
    component point = Edwards2Montgomery();
    point.in <== [x, y];
    component double = MontgomeryDouble();
    double.in <== point.out;
    component quadruple = MontgomeryDouble();
    quadruple.in <== double.out;
    component sum = MontgomeryAdd();
    sum.in1 <== quadruple.out;
    sum.in2 <== point.out;
    u <== sum.out[0];
    v <== sum.out[1];
}

// Claim: (u, v) is the point (x, y) of Baby Jubjub in Montgomery form.
// Planted: at (0, -1), of order 2, v is 0 / 0.
template AnyToMontgomery() {
    signal input x;
    signal input y;
    signal output u;
    signal output v;
    BabyCheck()(x, y);
    component point = Edwards2Montgomery();
    point.in <== [x, y];
    u <== point.out[0];
    v <== point.out[1];
}

// Claim: (u, v) is the point (x, y) of Baby Jubjub, x other than 0, in Montgomery form.
template PointToMontgomery() {
    signal input x;
    signal input y;
    signal output u;
    signal output v;
    BabyCheck()(x, y);
    signal inverse <-- x != 0 ? 1 / x : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * x === 1;
    component point = Edwards2Montgomery();
    point.in <== [x, y];
    u <== point.out[0];
    v <== point.out[1];
}

// Claim: (x, y) is twice a point of Baby Jubjub, computed in Montgomery form. The point's x is not 0.
// Planted: twice a point of order 4 is (0, 0), and there x is 0 / 0.
template DoubleBack() {
    signal input px;
    signal input py;
    signal output x;
    signal output y;
    BabyCheck()(px, py);
    signal inverse <-- px != 0 ? 1 / px : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * px === 1;
    component point = Edwards2Montgomery();
    point.in <== [px, py];
    component double = MontgomeryDouble();
    double.in <== point.out;
    component back = Montgomery2Edwards();
    back.in <== double.out;
    x <== back.out[0];
    y <== back.out[1];
}

// Claim: (x, y) is twice a point of Baby Jubjub, computed in Montgomery form. The point's x is not 0, and its order not 4.
template DoubleBackGuarded() {
    signal input px;
    signal input py;
    signal output x;
    signal output y;
    BabyCheck()(px, py);
    signal inverse <-- px != 0 ? 1 / px : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * px === 1;
    component point = Edwards2Montgomery();
    point.in <== [px, py];
    component double = MontgomeryDouble();
    double.in <== point.out;
    // The order of P is not 4.
    signal other <-- double.out[1] != 0 ? 1 / double.out[1] : 0; // determined: the next line has one solution, and none where what is inverted is 0
    other * double.out[1] === 1;
    component back = Montgomery2Edwards();
    back.in <== double.out;
    x <== back.out[0];
    y <== back.out[1];
}

// Claim: (u, v) is (1 + s0) B + (2 + 2 s1) B for the generator B, in windows of one bit.
// Planted: the windows meet at 2 B.
template MeetingWindows() {
    signal input s0;
    signal input s1;
    signal output u;
    signal output v;
    s0 * (s0 - 1) === 0;
    s1 * (s1 - 1) === 0;
    component base = Edwards2Montgomery();
    base.in <== [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    component two = MontgomeryDouble();
    two.in <== base.out;
    component four = MontgomeryDouble();
    four.in <== two.out;
    component low = Multiplexor2();
    low.sel <== s0;
    low.in <== [base.out, two.out];
    component high = Multiplexor2();
    high.sel <== s1;
    high.in <== [two.out, four.out];
    component sum = MontgomeryAdd();
    sum.in1 <== low.out;
    sum.in2 <== high.out;
    u <== sum.out[0];
    v <== sum.out[1];
}

// Claim: (u, v) is (1 + s0) B + (4 + 4 s1) B for the generator B, in windows of one bit.
template ApartWindows() {
    signal input s0;
    signal input s1;
    signal output u;
    signal output v;
    s0 * (s0 - 1) === 0;
    s1 * (s1 - 1) === 0;
    component base = Edwards2Montgomery();
    base.in <== [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    component two = MontgomeryDouble();
    two.in <== base.out;
    component four = MontgomeryDouble();
    four.in <== two.out;
    component eight = MontgomeryDouble();
    eight.in <== four.out;
    component low = Multiplexor2();
    low.sel <== s0;
    low.in <== [base.out, two.out];
    component high = Multiplexor2();
    high.sel <== s1;
    high.in <== [four.out, eight.out];
    component sum = MontgomeryAdd();
    sum.in1 <== low.out;
    sum.in2 <== high.out;
    u <== sum.out[0];
    v <== sum.out[1];
}

// Claim: (u, v) is (1 + s) B - 3 B for the generator B.
// Planted: s may be any number. On the line through B and 2 B lies -3 B as well.
template ChosenByAny() {
    signal input s;
    signal output u;
    signal output v;
    component base = Edwards2Montgomery();
    base.in <== [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    component two = MontgomeryDouble();
    two.in <== base.out;
    component three = MontgomeryAdd();
    three.in1 <== base.out;
    three.in2 <== two.out;
    component chosen = Multiplexor2();
    chosen.sel <== s;
    chosen.in <== [base.out, two.out];
    component sum = MontgomeryAdd();
    sum.in1 <== chosen.out;
    sum.in2 <== [three.out[0], -three.out[1]];
    u <== sum.out[0];
    v <== sum.out[1];
}

// Claim: (u, v) is (1 + s) B - 3 B for the generator B.
template ChosenByBit() {
    signal input s;
    signal output u;
    signal output v;
    s * (s - 1) === 0;
    component base = Edwards2Montgomery();
    base.in <== [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    component two = MontgomeryDouble();
    two.in <== base.out;
    component three = MontgomeryAdd();
    three.in1 <== base.out;
    three.in2 <== two.out;
    component chosen = Multiplexor2();
    chosen.sel <== s;
    chosen.in <== [base.out, two.out];
    component sum = MontgomeryAdd();
    sum.in1 <== chosen.out;
    sum.in2 <== [three.out[0], -three.out[1]];
    u <== sum.out[0];
    v <== sum.out[1];
}

// Claim: (x, y) is a point of Baby Jubjub whose x is above (r - 1) / 2 just if `sign` is 1.
// Planted: nothing ties `sign` to x. With x, r - x is a root as well.
template UnsignedRoot() {
    signal input y;
    signal input sign;
    signal output x;
    sign * (sign - 1) === 0;
    var root = sqrt((1 - y * y) / (168700 - 168696 * y * y));
    x <-- sign == 1 ? -root : root; // free up to its sign: the curve's equation has x squared
    BabyCheck()(x, y);
}

// Claim: (x, y) is a point of Baby Jubjub whose x is above (r - 1) / 2 just if `sign` is 1.
template SignedRoot() {
    signal input y;
    signal input sign;
    signal output x;
    component bits = Num2Bits_strict();
    bits.in <== y;
    component point = Bits2Point_Strict();
    for (var i = 0; i < 254; i++) point.in[i] <== bits.out[i];
    point.in[254] <== 0;
    point.in[255] <== sign;
    x <== point.out[0];
}

// Claim: (sharedX, sharedY) is key * (x, y) for a key of n bits and a point (x, y) of Baby Jubjub.
// Planted: nothing asks whether (x, y) is on the curve. On other curves there are points of order 7, and 8 P = P.
template SharedKeyOfAny(n) {
    signal input key;
    signal input x;
    signal input y;
    signal output sharedX;
    signal output sharedY;
    component multiple = EscalarMulAny(n);
    multiple.e <== Num2Bits(n)(key);
    multiple.p <== [x, y];
    sharedX <== multiple.out[0];
    sharedY <== multiple.out[1];
}

// Claim: (sharedX, sharedY) is key * (x, y) for a key of n bits and a point (x, y) of Baby Jubjub.
template SharedKeyOfPoint(n) {
    signal input key;
    signal input x;
    signal input y;
    signal output sharedX;
    signal output sharedY;
    component multiple = EscalarMulAny(n);
    multiple.e <== Num2Bits(n)(key);
    multiple.p <== [x, y];
    sharedX <== multiple.out[0];
    sharedY <== multiple.out[1];
    // After the ladder: what its steps need to know is known last.
    BabyCheck()(x, y);
}
