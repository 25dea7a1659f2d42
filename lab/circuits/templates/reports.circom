pragma circom 2.2.3;

// Mains for the tests of risk-update/reports.circom and what it is made of.

include "risk-update/reports.circom";

template LowerMedianProbe(n, bits) {
    signal input used[n];
    signal input at[(n + 1) \ 2];
    signal input values[n];
    signal output out;
    component gadget = LowerMedian(n);
    for (var i = 0; i < n; i++) {
        gadget.used[i] <== UncheckedBinary()(used[i]);
        gadget.values[i] <== UncheckedBits(bits)(values[i]);
    }
    for (var p = 0; p < (n + 1) \ 2; p++) gadget.at[p] <== UncheckedBinary()(at[p]);
    out <== gadget.out;
}

template ReportsProbe(n, U, M) {
    var V = U + 2 * M;
    signal input keyX[n];
    signal input keyY[n];
    signal input feedSet;
    signal input quorum;
    signal input reportAge;
    signal input oldAsOf;
    signal input used[n];
    signal input timestamp[n];
    signal input values[n][V];
    signal input R8x[n];
    signal input R8y[n];
    signal input window[n][FIXED_BASE_WINDOWS() + 1][2];
    signal output asOf;
    signal output median[V];
    signal output words[REPORT_WORDS(V)];
    component gadget = Reports(n, U, M);
    gadget.keyX <== keyX;
    gadget.keyY <== keyY;
    gadget.feedSet <== feedSet;
    gadget.quorum <== UncheckedBits(8)(quorum);
    gadget.reportAge <== UncheckedBits(16)(reportAge);
    gadget.oldAsOf <== UncheckedBits(TIME_BITS())(oldAsOf);
    gadget.used <== used;
    gadget.timestamp <== timestamp;
    gadget.values <== values;
    gadget.R8x <== R8x;
    gadget.R8y <== R8y;
    gadget.window <== window;
    asOf <== gadget.asOf;
    median <== gadget.median;
    words <== gadget.words;
}
