pragma circom 2.2.3;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/montgomery.circom";
include "circomlib/circuits/poseidon.circom";
include "lib/fixed-base.circom";
include "lib/select.circom";
include "lib/variable-base.circom";

// Claim: enabled = 1: whoever makes the witness knows an S with which (R8, S) is an EdDSA-Poseidon signature of `message`
// under the key. S is what the windows spell, modulo the subgroup's order; that there is one says nothing, that it is known
// is what a proof of knowledge shows (protocol.md#signature-circuit). enabled = 0: nothing; windows of any number satisfy it.
// R8 needs no check of its own: it is a difference of two points of the subgroup.
// @assumes where enabled = 1 the key is a point of the prime-order subgroup other than the neutral element: whatever puts an
// account into the state checks it
template AssertSignature() {
    signal input {binary} enabled;
    signal input keyX;
    signal input keyY;
    signal input R8x;
    signal input R8y;
    signal input message;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];

    component hash = Poseidon(5);
    hash.inputs <== [R8x, R8y, keyX, keyY, message];

    // the key; where nothing is signed the base, so that what follows is defined there
    component x = Choose();
    x.condition <== enabled;
    x.yes <== keyX;
    x.no <== FIXED_BASE_X();
    component y = Choose();
    y.condition <== enabled;
    y.yes <== keyY;
    y.no <== FIXED_BASE_Y();
    component key = Edwards2Montgomery();
    key.in <== [x.out, y.out];

    component times = TimesChallenge();
    times.h <== hash.out;
    times.key <== key.out;
    component challenge = Montgomery2Edwards();
    challenge.in <== times.out;
    component fixed = FixedBase();
    fixed.window <== window;
    component commitment = Montgomery2Edwards();
    commitment.in <== fixed.out;

    component difference = BabyAdd();
    difference.x1 <== commitment.out[0];
    difference.y1 <== commitment.out[1];
    difference.x2 <== - challenge.out[0];
    difference.y2 <== challenge.out[1];
    enabled * (difference.xout - R8x) === 0;
    enabled * (difference.yout - R8y) === 0;
}
