pragma circom 2.2.3;

// I know a number whose square is `square`: the constraints leave two, and no rule says which is meant. A hint of any
// value is sound for that claim: the product binds it, and nothing is said of its sign.
template Rooted() {
    signal input square;
    signal root;
    root <-- 1;
    root * root === square;
}
