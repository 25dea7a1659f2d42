pragma circom 2.2.3;

include "circomlib/circuits/montgomery.circom";
include "lib/digits.circom";
include "lib/signature-constants.circom";

// Claim: out = 2 p + q, in Montgomery form, as (p + q) + p: the v of p + q is not needed. Five constraints.
// Where 2 p + q is the neutral element, nothing satisfies them.
// @assumes p and q are on the curve, of odd order and not the neutral element, and p is neither q nor -q
// Soundness of `<--`: a slope's constraint leaves one value where its divisor is not 0. That of `toQ` is 0 for p = +-q only.
// That of `toSum` is 0 for p + q = +-p only, so for 2 p + q = 0; then the constraint says 0 = -2 v(p), and v(p) is not 0.
template DoubleAdd() {
    signal input p[2];
    signal input q[2];
    signal output out[2];
    var A = 168698;
    signal toQ <-- (q[1] - p[1]) / (q[0] - p[0]);
    toQ * (q[0] - p[0]) === q[1] - p[1];
    signal sum <== toQ * toQ - A - p[0] - q[0];
    // the line through p and p + q, whose v is -p[1] - toQ * (sum - p[0])
    signal toSum <-- - toQ - 2 * p[1] / (sum - p[0]);
    (toSum + toQ) * (sum - p[0]) === - 2 * p[1];
    out[0] <== toSum * toSum - A - p[0] - sum;
    out[1] <== toSum * (p[0] - out[0]) - p[1];
}

// Claim: out = 8 h * key, for the integer h in [0, r). Nothing satisfies it for a few h that nobody can find.
// 1. Digits spell h + OFFSET modulo r; 2. they spell a number in [OFFSET, OFFSET + r), so it is h + OFFSET itself;
// 3. from 3 * key, each digit doubles and adds or subtracts the key, and so do two more digits, 1 and -1. That is
// (8 h + 93 l) * key (protocol.md#signature-circuit).
// @assumes key is a point of the prime-order subgroup other than the neutral element, in Montgomery form: AssertSignature
// No addition is exceptional: a multiple of 0 is refused where it would arise, and 1 or -1 could only follow from 0, 1 or -1
// before it, as 2 m + 1 or 2 m - 1; the first is 3.
// Soundness of `<--`: a digit is key[1] or -key[1], and their number is shown to be the one that h has.
template TimesChallenge() {
    signal input h;
    signal input key[2];
    signal output out[2];
    var N = CHALLENGE_DIGITS();
    var TOP = CHALLENGE_TOP_DIGITS();

    // 1. h + OFFSET may exceed r, so it is added in two halves
    var half = 1 << 127;
    var low = h % half + CHALLENGE_OFFSET() % half;
    var high = h \ half + CHALLENGE_OFFSET() \ half + low \ half;
    low = low % half;
    signal square <== key[1] * key[1];
    signal digit[N];
    var spelled = 0;
    for (var k = 0; k < N; k++) {
        var bit = k < 127 ? (low >> k) & 1 : (high >> (k - 127)) & 1;
        digit[k] <-- bit == 1 ? key[1] : -key[1];
        digit[k] * digit[k] === square;
        spelled += digit[k] * (1 << k);
    }
    var all = 2 * (1 << (N - 1)) - 1; // the sum of digits that are all 1; a number comes to twice itself less this
    key[1] * (2 * (h + CHALLENGE_OFFSET()) - all) === spelled;

    // 2. discharged: digits are key[1] or -key[1], which is not 0 as the key is of odd order
    component below = AssertAtMost(TOP, CHALLENGE_MOST_TOP());
    component above = AssertAtMost(TOP, CHALLENGE_MOST_TOP_NEGATED());
    below.unit <== key[1];
    above.unit <== key[1];
    for (var k = 0; k < TOP; k++) {
        below.digit[k] <== digit[N - TOP + k];
        above.digit[k] <== - digit[N - TOP + k];
    }

    // 3.
    component two = MontgomeryDouble();
    two.in <== key;
    component three = MontgomeryAdd();
    three.in1 <== two.out;
    three.in2 <== key;
    component step[N + 2];
    for (var t = 0; t < N + 2; t++) {
        step[t] = DoubleAdd();
        if (t == 0) step[t].p <== three.out;
        else step[t].p <== step[t - 1].out;
        step[t].q[0] <== key[0];
        if (t < N) step[t].q[1] <== digit[N - 1 - t];
        if (t == N) step[t].q[1] <== key[1];
        if (t == N + 1) step[t].q[1] <== - key[1];
    }
    out <== step[N + 1].out;
}
