pragma circom 2.2.3;

template IsFourthPower() {
    signal input power;
    signal input root;

    signal square <== root * root;
    power === square * square;
}

// I know numbers whose fourth powers are `first` and `second`.
template Powers() {
    signal input first;
    signal input second;
    signal input roots[2];

    component of[2];
    for (var i = 0; i < 2; i++) {
        of[i] = IsFourthPower();
        of[i].power <== i == 0 ? first : second;
        of[i].root <== roots[i];
    }
}
