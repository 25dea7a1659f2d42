pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";
include "state/message.circom";

// Claim: the word is 0 and adds nothing; or it is a well-formed message for `market`, and newChain takes it in
// (protocol.md#rule-messages). Who signed it, SplitBundles and SignBundle ask; whether it takes effect, the step that loads it.
template AdmitMessage() {
    signal input word;
    signal input market;
    signal input chain;
    output Message message;
    signal output newChain;

    component unpack = UnpackMessage();
    unpack.word <== word;
    unpack.market <== market;
    message <== unpack.message;

    signal linked <== Hash(TAG_CHAIN(), 2)([chain, word]);
    newChain <== chain + message.used * (linked - chain);
}
