pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "lib/range.circom";
include "lib/select.circom";
include "risk-update/median.circom";
include "risk-update/report.circom";

// Bits of a number in [0, n].
function COUNT_BITS(n) {
    var bits = 1;
    while (n >> bits > 0) bits++;
    return bits;
}

// Claim: asOf and median are the lower medians of a set of reports that protocol.md#oracle-reports admits; words are the
// medians packed as a report's values are. Report i is that of oracle i, so no key counts twice; what stands in slots that
// are not used matters to nothing.
// 1. each used report is signed and well-formed; 2. there are at least `quorum`; 3. each is newer than the table before, and
// at most reportAge from asOf; 4. medians, each over the used reports: U indices and M forwards in [1, 2^47), M volatilities
// in [0, 2^24).
// @assumes the oracles' keys are distinct, and of prime order: as ReadReport has it; quorum >= 1
// @widths times have 40 bits, reportAge and quorum fewer: no difference of 3 wraps
template Reports(n, U, M) {
    var V = U + 2 * M;
    signal input keyX[n];
    signal input keyY[n];
    signal input feedSet;
    signal input {maxbit} quorum;
    signal input {maxbit} reportAge;
    signal input {maxbit} oldAsOf; // 0 if there is no table before
    signal input used[n];
    signal input timestamp[n];
    signal input values[n][V];
    signal input R8x[n];
    signal input R8y[n];
    signal input window[n][FIXED_BASE_WINDOWS() + 1][2];
    signal output {maxbit} asOf;
    signal output {maxbit} median[V];
    signal output words[REPORT_WORDS(V)];
    assert(quorum.maxbit <= TIME_BITS() && reportAge.maxbit <= TIME_BITS() && oldAsOf.maxbit <= TIME_BITS());

    // 1.
    signal {binary} uses[n];
    component report[n];
    for (var i = 0; i < n; i++) {
        uses[i] <== AssertBinary()(used[i]);
        report[i] = ReadReport(U, M);
        report[i].used <== uses[i];
        report[i].keyX <== keyX[i];
        report[i].keyY <== keyY[i];
        report[i].feedSet <== feedSet;
        report[i].timestamp <== timestamp[i];
        report[i].values <== values[i];
        report[i].R8x <== R8x[i];
        report[i].R8y <== R8y[i];
        report[i].window <== window[i];
    }

    // 2.
    var count = 0;
    for (var i = 0; i < n; i++) count += uses[i];
    _ <== AssertBits(COUNT_BITS(n))(count - quorum);
    // the middle place (count - 1) \ 2 = (count + 1) \ 2 - 1, of which there is none for a count of 0
    signal bits[COUNT_BITS(n + 1)] <== Num2Bits(COUNT_BITS(n + 1))(count + 1);
    signal {binary} one <== UncheckedBinary()(1); // discharged: it is
    signal {binary} at[(n + 1) \ 2] <== OneHot((n + 1) \ 2)((count + 1 - bits[0]) / 2 - 1, one);

    // 3.
    component time = LowerMedian(n);
    time.used <== uses;
    time.at <== at;
    for (var i = 0; i < n; i++) time.values[i] <== report[i].time;
    asOf <== time.out;
    signal newer[n];
    signal early[n];
    signal late[n];
    for (var i = 0; i < n; i++) {
        newer[i] <== uses[i] * (timestamp[i] - oldAsOf - 1);
        _ <== AssertBits(TIME_BITS())(newer[i]);
        early[i] <== uses[i] * (timestamp[i] - asOf + reportAge);
        _ <== AssertBits(reportAge.maxbit + 1)(early[i]);
        late[i] <== uses[i] * (asOf - timestamp[i] + reportAge);
        _ <== AssertBits(reportAge.maxbit + 1)(late[i]);
    }

    // 4.
    component middle[V];
    component pack = PackReport(V);
    for (var v = 0; v < V; v++) {
        middle[v] = LowerMedian(n);
        middle[v].used <== uses;
        middle[v].at <== at;
        for (var i = 0; i < n; i++) {
            if (v < U + M) middle[v].values[i] <== report[i].price[v];
            else middle[v].values[i] <== report[i].volatility[v - U - M];
        }
        median[v] <== UncheckedBits(REPORT_FIELD_BITS())(middle[v].out); // discharged: it is narrower
    }
    pack.values <== median;
    words <== pack.words;
}
