pragma circom 2.2.3;

// I know two factors of `product`, the first of which is `offset` below a number whose square is `square`.
template Product() {
    signal input product;
    signal input square;
    signal input offset;
    signal input left;
    signal input right;

    product === left * right;
    signal shifted <== left + offset;
    square === shifted * shifted;
}
