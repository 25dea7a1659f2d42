pragma circom 2.2.3;

include "lib/range.circom";
include "trade-batch/bundle.circom";

// How messages are split into bundles.
template EndBundlesProbe(N, G) {
    signal input used[N];
    signal input unsigned[N];
    signal input sender[N];
    signal input end[G];
    signal output signs[G];
    signal output closes[N];
    component bundles = EndBundles(N, G);
    for (var n = 0; n < N; n++) {
        bundles.used[n] <== AssertBinary()(used[n]);
        bundles.unsigned[n] <== AssertBinary()(unsigned[n]);
    }
    bundles.sender <== sender;
    bundles.end <== end;
    signs <== bundles.signs;
    closes <== bundles.closes;
}
