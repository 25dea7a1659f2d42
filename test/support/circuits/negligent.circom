pragma circom 2.2.3;

// Assigns a signal and forgets to constrain it: compiling it must fail.
template Negligent() {
    signal input square;
    signal input root;
    signal forgotten;

    square === root * root;
    forgotten <-- root + 1;
}
