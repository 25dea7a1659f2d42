pragma circom 2.2.3;

// I know a number whose square is `square`: the constraints leave two, and no rule says which is meant.
template Rooted() {
    signal input square;
    signal root;
    root <-- 1;
    root * root === square;
}
