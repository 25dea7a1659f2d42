pragma circom 2.2.3;

// Not a circuit: the compiler must say why.
template Broken() {
    signal input value;
    value === missing;
}
