pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/signature.circom";

// Claim (protocol.md#bundle): the used messages are split into bundles: runs of messages of one account, each ending where exactly
// one slot says, and unsigned cancels, each alone. at[g][n] = 1 iff the bundle of slot g ends with message n; closes[n] = 1 iff a
// bundle ends with it, or it is not used. Slots may name the bundles in another order than theirs.
// @assumes numbers of messages are as UnpackMessage gives them: sender is below 2^24, and an unsigned message is used
template EndBundles(N, G) {
    assert(G <= N);
    signal input {binary} used[N];
    signal input {binary} unsigned[N];
    signal input sender[N]; // the message's account
    // hint: the last message of the slot's bundle; N for a slot that is not used. Slots can be filled in the bundles' order,
    // and then slot g's ends at message g or later
    signal input end[G];
    signal output {binary} signs[G]; // the slot is used
    signal output {binary} at[G][N];
    signal output {binary} closes[N];

    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    component place[G];
    var ends[N]; // how many slots end there
    for (var n = 0; n < N; n++) ends[n] = 0;
    for (var g = 0; g < G; g++) {
        place[g] = OneHot(N - g + 1);
        place[g].index <== end[g] - g;
        place[g].enabled <== always;
        signs[g] <== UncheckedBinary()(1 - place[g].out[N - g]); // discharged: a bit's complement
        for (var n = 0; n < N; n++) {
            at[g][n] <== UncheckedBinary()(n < g ? 0 : place[g].out[n < g ? 0 : n - g]); // discharged: 0, or a bit
            ends[n] += at[g][n];
        }
    }

    // Behind a message that closes, the next one begins a bundle: behind the last of a slot's bundle, which only one slot names,
    // and behind an unsigned cancel and an unused message, which none does.
    // @widths ends is in [0, G] and of the other two at most one is 1: the sum is a bit only if at most one of the three is 1
    for (var n = 0; n < N; n++) closes[n] <== AssertBinary()(ends[n] + unsigned[n] + 1 - used[n]);

    // What follows a message that does not close, and so is used, is used and signed, and of the same account.
    // @widths unlike is 0, 1 or 2 there, and accounts differ by less than 2^24: the sum is 0 only if both are
    for (var n = 0; n < N - 1; n++) {
        var unlike = used[n] - used[n + 1] + unsigned[n + 1];
        (1 - closes[n]) * (unlike * (1 << ACCOUNT_BITS()) + sender[n + 1] - sender[n]) === 0;
    }
    closes[N - 1] === 1;
}

// Claim: for every bundle that a slot signs, `digest` is what its account signs for it (protocol.md#bundle); of a slot that is not
// used, digest and account are 0. Everything else is EndBundles's.
template SplitBundles(N, G) {
    signal input domain;
    signal input word[N];
    signal input {binary} used[N];
    signal input {binary} unsigned[N];
    signal input sender[N];
    signal input end[G];
    signal output {binary} signs[G];
    signal output digest[G];
    signal output account[G];

    component bundles = EndBundles(N, G);
    bundles.used <== used;
    bundles.unsigned <== unsigned;
    bundles.sender <== sender;
    bundles.end <== end;
    signs <== bundles.signs;

    // of the messages from the first of a bundle up to every one of it
    signal before[N];
    signal digests[N];
    for (var n = 0; n < N; n++) {
        before[n] <== n == 0 ? domain : digests[n - 1] + bundles.closes[n - 1] * (domain - digests[n - 1]);
        digests[n] <== Hash(TAG_MESSAGE(), 2)([before[n], word[n]]);
    }
    for (var g = 0; g < G; g++) {
        digest[g] <== Pick(N)(bundles.at[g], digests);
        account[g] <== Pick(N)(bundles.at[g], sender);
    }
}

// Claim: enabled = 1: whoever makes the witness knows a signature of `digest` with the key of `account`, whose account slot, one of
// the T that may act, `signer` is; enabled = 0: no slot is.
// @assumes account is 0 where enabled = 0; the signer's slot is one that is opened (TradeBatch): any other could hold any key
template SignBundle(T) {
    signal input {binary} enabled;
    signal input digest;
    signal input account;
    signal input R8x;
    signal input R8y;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    signal input index[T];
    signal input keyX[T];
    signal input keyY[T];
    signal input signerHint;
    signal output {binary} signer[T];

    signer <== OneHot(T)(signerHint, enabled);
    signal signerIndex <== Pick(T)(signer, index);
    signerIndex === account;

    component signature = AssertSignature();
    signature.enabled <== enabled;
    signature.keyX <== Pick(T)(signer, keyX);
    signature.keyY <== Pick(T)(signer, keyY);
    signature.R8x <== R8x;
    signature.R8y <== R8y;
    signature.message <== digest;
    signature.window <== window;
}
