pragma circom 2.2.3;

include "lib/range.circom";
include "lib/select.circom";
include "state/message.circom";
include "trade-batch/load.circom";

// The message that a step loads, picked as Step does it.
template NextMessageProbe(N) {
    signal input loadedBefore;
    signal input word[N];
    signal output fields[13];
    component unpack[N];
    signal {binary} pointer[N + 1] <== OneHot(N + 1)(loadedBefore, UncheckedBinary()(1)); // discharged: a constant
    component next = NextMessage(N);
    for (var n = 0; n < N; n++) {
        unpack[n] = UnpackMessage();
        unpack[n].word <== word[n];
        unpack[n].market <== 0;
        next.pointer[n] <== pointer[n];
        next.message[n] <== unpack[n].message;
    }
    fields[0] <== next.picked.used;
    fields[1] <== next.picked.cancel;
    fields[2] <== next.picked.account;
    fields[3] <== next.picked.sell;
    fields[4] <== next.picked.price;
    fields[5] <== next.picked.size;
    fields[6] <== next.picked.ioc;
    fields[7] <== next.picked.postOnly;
    fields[8] <== next.picked.reduceOnly;
    fields[9] <== next.picked.expiry;
    fields[10] <== next.picked.nonce;
    fields[11] <== next.picked.cancelAll;
    fields[12] <== next.picked.bothSides;
}
