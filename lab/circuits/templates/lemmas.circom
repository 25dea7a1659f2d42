pragma circom 2.2.3;

include "circomlib/circuits/aliascheck.circom";
include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/eddsaposeidon.circom";
include "circomlib/circuits/escalarmulfix.circom";
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
