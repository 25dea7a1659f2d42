pragma circom 2.2.3;

// Object not tied to the index: what is checked is not what is changed.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Claim: account `index` has `amount`, and after[index] is less by it; the others stay.
// Planted: the account that pays is chosen by indicators of its own, which nothing ties to the index.
template PayAnother(n, bits) {
    signal input balances[n];
    signal input index;
    signal input amount;
    signal output after[n];
    signal terms[n];
    signal checked[n];
    signal pays[n];
    var balance = 0;
    var count = 0;
    for (var i = 0; i < n; i++) {
        checked[i] <== IsEqual()([i, index]);
        terms[i] <== checked[i] * balances[i];
        balance += terms[i];
        pays[i] <-- i == index ? 1 : 0;
        pays[i] * (1 - pays[i]) === 0;
        count += pays[i];
        after[i] <== balances[i] - pays[i] * amount;
    }
    count === 1;
    _ <== Num2Bits(bits)(amount);
    _ <== Num2Bits(bits)(balance - amount);
}

// Claim: account `index` has `amount`, and after[index] is less by it; the others stay.
template PaySame(n, bits) {
    signal input balances[n];
    signal input index;
    signal input amount;
    signal output after[n];
    signal terms[n];
    signal pays[n];
    var balance = 0;
    var count = 0;
    for (var i = 0; i < n; i++) {
        pays[i] <== IsEqual()([i, index]);
        terms[i] <== pays[i] * balances[i];
        balance += terms[i];
        count += pays[i];
        after[i] <== balances[i] - pays[i] * amount;
    }
    count === 1;
    _ <== Num2Bits(bits)(amount);
    _ <== Num2Bits(bits)(balance - amount);
}

// Claim: balances[index] = balance, and the balance covers the amount.
// Planted: the balance that is compared is tied to no account.
template CheckAnother(n, bits) {
    signal input balances[n];
    signal input index;
    signal input balance;
    signal input amount;
    signal hot[n];
    var count = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <== IsEqual()([i, index]);
        count += hot[i];
        _ <== Num2Bits(bits)(balances[i]);
    }
    count === 1;
    _ <== Num2Bits(bits)(balance);
    _ <== Num2Bits(bits)(amount);
    signal short <== LessThan(bits)([balance, amount]);
    short === 0;
}

// Claim: balances[index] = balance, and the balance covers the amount.
template CheckSame(n, bits) {
    signal input balances[n];
    signal input index;
    signal input balance;
    signal input amount;
    signal hot[n];
    var count = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <== IsEqual()([i, index]);
        hot[i] * (balances[i] - balance) === 0;
        count += hot[i];
        _ <== Num2Bits(bits)(balances[i]);
    }
    count === 1;
    _ <== Num2Bits(bits)(balance);
    _ <== Num2Bits(bits)(amount);
    signal short <== LessThan(bits)([balance, amount]);
    short === 0;
}
