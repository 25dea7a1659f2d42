pragma circom 2.2.3;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/comparators.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/signature.circom";
include "cash-batch/kind.circom";
include "cash-batch/words.circom";

// key = 8 * point where enabled, and the neutral element elsewhere, by three doublings.
// @assumes where enabled, the point is on the curve and none of the eight of small order: the contract checks it of every
// point that it queues. So the key is of prime order
template RegisteredKey() {
    signal input {binary} enabled;
    signal input pointX;
    signal input pointY;
    signal output wordX; // the point's, 0 where not enabled
    signal output wordY;
    signal output keyX;
    signal output keyY;
    wordX <== enabled * pointX;
    wordY <== enabled * pointY;
    component twice = BabyDbl();
    twice.x <== wordX;
    twice.y <== wordY + 1 - enabled;
    component fourTimes = BabyDbl();
    fourTimes.x <== twice.xout;
    fourTimes.y <== twice.yout;
    component eightTimes = BabyDbl();
    eightTimes.x <== fourTimes.xout;
    eightTimes.y <== fourTimes.yout;
    keyX <== eightTimes.xout;
    keyY <== eightTimes.yout;
}

// Claim: signed = 1: the account's owner signed this operation for this domain, not in vain: it has not expired, and its
// nonce is above the account's (protocol.md#cash-message).
// @assumes head and amount have the widths of their fields: PackHead, CashAmounts; the key is on the curve and in the
// prime-order subgroup: whatever puts an account into the state checks it
template CheckCashMessage() {
    signal input {binary} signed;
    signal input domain;
    signal input time;
    signal input head;
    signal input amount;
    signal input nonce;
    signal input expiry;
    signal input oldNonce;
    signal input keyX;
    signal input keyY;
    signal input R8x;
    signal input R8y;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    _ <== AssertBits(NONCE_BITS())(nonce);
    _ <== AssertBits(TIME_BITS())(expiry);
    _ <== AssertBits(NONCE_BITS())(signed * (nonce - oldNonce - 1));
    _ <== AssertBits(TIME_BITS())(signed * (expiry - time));
    signal word <== head * (1 << CASH_MESSAGE_SHIFT()) + amount * (1 << (NONCE_BITS() + TIME_BITS()))
        + nonce * (1 << TIME_BITS()) + expiry;
    signal digest <== Hash(TAG_CASH(), 2)([domain, word]);
    component signature = AssertSignature();
    signature.enabled <== signed;
    signature.keyX <== keyX;
    signature.keyY <== keyY;
    signature.R8x <== R8x;
    signature.R8y <== R8y;
    signature.message <== digest;
    signature.window <== window;
}

// Claim: view = 1: the account had no view key, the new one is not 0, and commitment is its; newKey is what the account has
// afterwards.
template SetViewKey() {
    signal input {binary} view;
    signal input key; // the account's
    signal input given;
    signal output newKey;
    signal output word; // the commitment, 0 where not view
    signal empty <== IsZero()(given);
    view * empty === 0;
    view * key === 0;
    newKey <== key + view * given;
    signal commitment <== Hash(TAG_VIEW(), 1)([given]);
    word <== view * commitment;
}
