pragma circom 2.2.3;

// Mains for the tests of the signature check and its parts.

include "lib/digits.circom";
include "lib/fixed-base.circom";
include "lib/range.circom";
include "lib/signature.circom";
include "lib/variable-base.circom";

// All bounds of n bits but the largest.
template AtMostProbe(n) {
    signal input unit;
    signal input digit[n];
    var bounds = (1 << (n - 1)) - 1;
    component atMost[bounds];
    for (var i = 0; i < bounds; i++) {
        atMost[i] = AssertAtMost(n, (1 << (n - 1)) + i);
        atMost[i].unit <== unit;
        atMost[i].digit <== digit;
    }
}

template FixedBaseProbe() {
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    signal output out[2];
    component fixed = FixedBase();
    fixed.window <== window;
    out <== fixed.out;
}

template DoubleAddProbe() {
    signal input p[2];
    signal input q[2];
    signal output out[2];
    component doubleAdd = DoubleAdd();
    doubleAdd.p <== p;
    doubleAdd.q <== q;
    out <== doubleAdd.out;
}

template TimesChallengeProbe() {
    signal input h;
    signal input key[2];
    signal output out[2];
    component times = TimesChallenge();
    times.h <== h;
    times.key <== key;
    out <== times.out;
}

template SignatureProbe() {
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
