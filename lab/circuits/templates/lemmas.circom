pragma circom 2.2.3;

include "circomlib/circuits/aliascheck.circom";
include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/eddsaposeidon.circom";
include "circomlib/circuits/escalarmulfix.circom";
include "circomlib/circuits/montgomery.circom";
include "circomlib/circuits/mux2.circom";
include "circomlib/circuits/mux3.circom";
include "circomlib/circuits/mux4.circom";
include "circomlib/circuits/pedersen.circom";
include "circomlib/circuits/pointbits.circom";
include "lib/range.circom";
include "lib/signature.circom";
include "risk-update/black.circom";

// Each gadget that the audit has a lemma for, as a component: what its fingerprint is taken of.

template OfAliasCheck() {
    signal input in[254];
    component gadget = AliasCheck();
    gadget.in <== in;
}

template OfBabyCheck() {
    signal input x;
    signal input y;
    component gadget = BabyCheck();
    gadget.x <== x;
    gadget.y <== y;
}

template OfBabyAdd() {
    signal input x1;
    signal input y1;
    signal input x2;
    signal input y2;
    component gadget = BabyAdd();
    gadget.x1 <== x1;
    gadget.y1 <== y1;
    gadget.x2 <== x2;
    gadget.y2 <== y2;
}

template OfBabyDbl() {
    signal input x;
    signal input y;
    component gadget = BabyDbl();
    gadget.x <== x;
    gadget.y <== y;
}

template OfEdwards2Montgomery() {
    signal input in[2];
    component gadget = Edwards2Montgomery();
    gadget.in <== in;
}

template OfMontgomery2Edwards() {
    signal input in[2];
    component gadget = Montgomery2Edwards();
    gadget.in <== in;
}

template OfMontgomeryDouble() {
    signal input in[2];
    component gadget = MontgomeryDouble();
    gadget.in <== in;
}

template OfBits2Point_Strict() {
    signal input in[256];
    component gadget = Bits2Point_Strict();
    gadget.in <== in;
}

template OfMontgomeryAdd() {
    signal input in1[2];
    signal input in2[2];
    component gadget = MontgomeryAdd();
    gadget.in1 <== in1;
    gadget.in2 <== in2;
}

template OfMultiMux2() {
    signal input c[2][4];
    signal input s[2];
    component gadget = MultiMux2(2);
    gadget.c <== c;
    gadget.s <== s;
}

template OfMultiMux3() {
    signal input c[2][8];
    signal input s[3];
    component gadget = MultiMux3(2);
    gadget.c <== c;
    gadget.s <== s;
}

template OfMultiMux4() {
    signal input c[2][16];
    signal input s[4];
    component gadget = MultiMux4(2);
    gadget.c <== c;
    gadget.s <== s;
}

// Gadgets with arguments, of what their lemmas ask for: bits, and points of the curve.

template TimesPoint(n) {
    signal input e[n];
    signal input x;
    signal input y;
    BabyCheck()(x, y);
    component gadget = EscalarMulAny(n);
    for (var i = 0; i < n; i++) gadget.e[i] <== AssertBinary()(e[i]);
    gadget.p <== [x, y];
}

template TimesAnything(n) {
    signal input e[n];
    signal input x;
    signal input y;
    component gadget = EscalarMulAny(n);
    for (var i = 0; i < n; i++) gadget.e[i] <== AssertBinary()(e[i]);
    gadget.p <== [x, y];
}

// Without the generator in place of points whose x is 0.
template SegmentTimesPoint(n) {
    signal input e[n];
    signal input x;
    signal input y;
    BabyCheck()(x, y);
    component gadget = SegmentMulAny(n);
    for (var i = 0; i < n; i++) gadget.e[i] <== AssertBinary()(e[i]);
    gadget.p <== [x, y];
}

template TimesBase(n) {
    signal input e[n];
    component gadget = EscalarMulFix(n, [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ]);
    for (var i = 0; i < n; i++) gadget.e[i] <== AssertBinary()(e[i]);
}

// The generator of the whole curve, of order 8 l.
template TimesGenerator(n) {
    signal input e[n];
    component gadget = EscalarMulFix(n, [
        995203441582195749578291179787384436505546430278305826713579947235728471134,
        5472060717959818805561601436314318772137091100104008585924551046643952123905
    ]);
    for (var i = 0; i < n; i++) gadget.e[i] <== AssertBinary()(e[i]);
}

// A base that is not known before.
template WindowsTimesPoint(windows) {
    signal input e[3 * windows];
    signal input x;
    signal input y;
    signal input inverse;
    BabyCheck()(x, y);
    inverse * x === 1;
    component gadget = SegmentMulFix(windows);
    for (var i = 0; i < 3 * windows; i++) gadget.e[i] <== AssertBinary()(e[i]);
    gadget.base <== [x, y];
}

template PedersenOfBits(n) {
    signal input in[n];
    component gadget = Pedersen(n);
    for (var i = 0; i < n; i++) gadget.in[i] <== AssertBinary()(in[i]);
}

template PedersenOfAnything(n) {
    signal input in[n];
    component gadget = Pedersen(n);
    gadget.in <== in;
}

// A signature check of a key and a nonce on the curve.
template ChecksSignature() {
    signal input enabled;
    signal input Ax;
    signal input Ay;
    signal input S;
    signal input R8x;
    signal input R8y;
    signal input M;
    BabyCheck()(Ax, Ay);
    component gadget = EdDSAPoseidonVerifier();
    gadget.enabled <== AssertBinary()(enabled);
    gadget.Ax <== Ax;
    gadget.Ay <== Ay;
    gadget.S <== S;
    gadget.R8x <== R8x;
    gadget.R8y <== R8y;
    gadget.M <== M;
}

// The generator of the prime-order subgroup, EIP-2494.
template OfEscalarMulFix() {
    signal input e[253];
    component gadget = EscalarMulFix(253, [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ]);
    gadget.e <== e;
}

template OfEdDSAPoseidonVerifier() {
    signal input enabled;
    signal input Ax;
    signal input Ay;
    signal input S;
    signal input R8x;
    signal input R8y;
    signal input M;
    component gadget = EdDSAPoseidonVerifier();
    gadget.enabled <== enabled;
    gadget.Ax <== Ax;
    gadget.Ay <== Ay;
    gadget.S <== S;
    gadget.R8x <== R8x;
    gadget.R8y <== R8y;
    gadget.M <== M;
}

template OfAssertSignature() {
    signal input enabled;
    signal input keyX;
    signal input keyY;
    signal input R8x;
    signal input R8y;
    signal input message;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    component gadget = AssertSignature();
    gadget.enabled <== AssertBinary()(enabled);
    gadget.keyX <== keyX;
    gadget.keyY <== keyY;
    gadget.R8x <== R8x;
    gadget.R8y <== R8y;
    gadget.message <== message;
    gadget.window <== window;
}

// The part of the EdDSA verifier whose scalar is a hash, with a scalar to choose.
template OfEscalarMulAny() {
    signal input e[254];
    signal input p[2];
    component gadget = EscalarMulAny(254);
    gadget.e <== e;
    gadget.p <== p;
}

template OfSquareRoot() {
    signal input in;
    component gadget = SquareRoot(48);
    gadget.in <== AssertBits(48)(in);
}

template OfDeviation() {
    signal input volatility;
    signal input seconds;
    component gadget = Deviation();
    gadget.volatility <== AssertBits(24)(volatility);
    gadget.seconds <== AssertBits(40)(seconds);
}

template OfLogarithm() {
    signal input in;
    component gadget = Logarithm();
    gadget.in <== AssertBits(48)(in);
}

template OfOutOfTheMoney() {
    signal input high;
    signal input low;
    signal input distance;
    signal input deviation;
    component gadget = OutOfTheMoney();
    gadget.high <== high;
    gadget.low <== low;
    gadget.distance <== distance;
    gadget.deviation <== AssertBits(35)(deviation);
}

// The same of numbers that nothing confines.
template OfWideLogarithm() {
    signal input in;
    component gadget = Logarithm();
    gadget.in <== UncheckedBits(48)(in);
}

template OfWideOutOfTheMoney() {
    signal input high;
    signal input low;
    signal input distance;
    signal input deviation;
    component gadget = OutOfTheMoney();
    gadget.high <== high;
    gadget.low <== low;
    gadget.distance <== distance;
    gadget.deviation <== UncheckedBits(35)(deviation);
}
