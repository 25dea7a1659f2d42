pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/signature.circom";
include "state/message.circom";

// Claim: the word is 0 and adds nothing; or it is a well-formed message for `market`, signed for `domain` with the key of
// its account, one of the T touched ones, and newChain takes it in (protocol.md#rule-messages). An unsigned cancel needs
// no signature: its account must be barred, or the market settled (protocol.md#barred).
template AdmitMessage(T) {
    signal input word;
    signal input market;
    signal input domain;
    signal input chain;
    signal input R8x;
    signal input R8y;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    signal input index[T];
    signal input keyX[T];
    signal input keyY[T];
    signal input {binary} barred[T];
    signal input {binary} settled; // the market
    signal input signerHint;
    output Message message;
    signal output newChain;
    signal output {binary} signer[T];

    component unpack = UnpackMessage();
    unpack.word <== word;
    unpack.market <== market;
    message <== unpack.message;

    signer <== OneHot(T)(signerHint, message.used);
    signal signerIndex <== Pick(T)(signer, index);
    message.used * (signerIndex - message.account) === 0;
    signal {binary} signerBarred <== UncheckedBinary()(Pick(T)(signer, barred)); // discharged: one of these bits, or 0
    signal {binary} revocable <== Or()(signerBarred, settled);
    message.unsigned * (1 - revocable) === 0;

    signal signed <== Hash(TAG_MESSAGE(), 2)([domain, word]);
    component signature = AssertSignature();
    signature.enabled <== And()(message.used, Not()(message.unsigned));
    signature.keyX <== Pick(T)(signer, keyX);
    signature.keyY <== Pick(T)(signer, keyY);
    signature.R8x <== R8x;
    signature.R8y <== R8y;
    signature.message <== signed;
    signature.window <== window;

    signal linked <== Hash(TAG_CHAIN(), 2)([chain, word]);
    newChain <== chain + message.used * (linked - chain);
}
