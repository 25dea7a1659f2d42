pragma circom 2.2.3;

// Its witness takes time proportional to `steps`: with 2^60 of them, for ever. Its constraint allows two values of `counted`, so
// that no witness program can compute it without counting.
template Slow() {
    signal input steps;
    signal counted;

    var i = 0;
    while (i < steps) {
        i++;
    }
    log("counted", i);
    counted <-- i;
    counted * (counted - steps) === 0;
}
