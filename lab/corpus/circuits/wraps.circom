pragma circom 2.2.3;

// Gadgets that are right of small numbers, on numbers that nothing keeps small: the constraints show it without a model. The
// twins keep their numbers small in some other place, so that a tool which looks at the gadget alone would accuse them.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Claim: in is below 2^n.
template Below(n) {
    signal input in;
    _ <== Num2Bits(n)(in);
}

// Claim: in is in [-2^n, 2^n).
template SignedBelow(n) {
    signal input in;
    _ <== Num2Bits(n + 1)(in + (1 << n));
}

// Claim: less = 1 iff a < b, by bits of its own rather than by LessThan.
template OwnLess(n) {
    signal input a;
    signal input b;
    signal output less;
    signal bit[n + 1];
    var sum = 0;
    for (var i = 0; i <= n; i++) {
        bit[i] <-- ((a - b + (1 << n)) >> i) & 1; // determined: bits of a number below 2^(n + 1), which have one sum
        bit[i] * (1 - bit[i]) === 0;
        sum += (1 << i) * bit[i];
    }
    sum === a - b + (1 << n);
    less <== 1 - bit[n];
}

// Claim: less = 1 iff a < b, for numbers below 2^n.
// Planted: a is not bounded: r - 1 counts as -1.
template OwnLessUnbounded(n) {
    signal input a;
    signal input b;
    signal output less;
    Below(n)(b);
    less <== OwnLess(n)(a, b);
}

// Claim: less = 1 iff a < b, for numbers below 2^n.
template OwnLessBounded(n) {
    signal input a;
    signal input b;
    signal output less;
    Below(n)(b);
    Below(n)(a);
    less <== OwnLess(n)(a, b);
}

// Claim: age is at most 65.
// Planted: nothing says that the age is a small number: r - 1 is at most 65 as well.
template AtMostUnbounded(n) {
    signal input age;
    signal atMost <== LessEqThan(n)([age, 65]);
    atMost === 1;
}

// Claim: age is at most 65.
template AtMostBounded(n) {
    signal input age;
    signal atMost <== LessEqThan(n)([age, 65]);
    atMost === 1;
    Below(n)(age);
}

// Claim: after = before - amount, and none of them is negative.
// Planted: an amount of r - 1 adds 1.
template WithdrawAnything(n) {
    signal input before;
    signal input amount;
    signal output after;
    Below(n)(before);
    after <== before - amount;
    Below(n)(after);
}

// Claim: after = before - amount, and none of them is negative.
template WithdrawSomething(n) {
    signal input before;
    signal input amount;
    signal output after;
    Below(n)(before);
    Below(n)(amount);
    after <== before - amount;
    Below(n)(after);
}

// Claim: cost = price * amount is below 2^n, as integers.
// Planted: the factors may be a half and 2: their product is small modulo r alone.
template CostOfAnything(n) {
    signal input price;
    signal input amount;
    signal output cost;
    cost <== price * amount;
    Below(n)(cost);
}

// Claim: cost = price * amount is below 2^n, as integers.
template CostOfSomething(n) {
    signal input price;
    signal input amount;
    signal output cost;
    Below(n)(price);
    Below(n)(amount);
    cost <== price * amount;
    Below(n)(cost);
}

// Claim: greater = 1 iff the chosen one of two numbers is greater than the limit, all below 2^n.
// Planted: one of the two is not bounded.
template ChosenHalfBounded(n) {
    signal input choice;
    signal input numbers[2];
    signal input limit;
    signal output greater;
    choice * (1 - choice) === 0;
    Below(n)(limit);
    Below(n)(numbers[0]);
    signal chosen <== numbers[0] + choice * (numbers[1] - numbers[0]);
    greater <== GreaterThan(n)([chosen, limit]);
}

// Claim: greater = 1 iff the chosen one of two numbers is greater than the limit, all below 2^n.
template ChosenBounded(n) {
    signal input choice;
    signal input numbers[2];
    signal input limit;
    signal output greater;
    choice * (1 - choice) === 0;
    Below(n)(limit);
    Below(n)(numbers[0]);
    Below(n)(numbers[1]);
    signal chosen <== numbers[0] + choice * (numbers[1] - numbers[0]);
    greater <== GreaterThan(n)([chosen, limit]);
}

// Claim: less = 1 iff a < b, for signed numbers in [-2^n, 2^n).
// Planted: a is not bounded: nothing says whether r - 1 is -1 or a huge number.
template SignedHalfBounded(n) {
    signal input a;
    signal input b;
    signal output less;
    SignedBelow(n)(b);
    less <== LessThan(n + 1)([a, b]);
}

// Claim: less = 1 iff a < b, for signed numbers in [-2^n, 2^n).
template SignedBounded(n) {
    signal input a;
    signal input b;
    signal output less;
    SignedBelow(n)(a);
    SignedBelow(n)(b);
    less <== LessThan(n + 1)([a, b]);
}

// Claim: the total of all numbers, which are not negative, is at most the limit.
// Planted: of the numbers nothing is checked: two of them may cancel.
template TotalOfAnything(n, count) {
    signal input numbers[count];
    signal input limit;
    Below(n)(limit);
    var total = 0;
    for (var i = 0; i < count; i++) total += numbers[i];
    signal within <== LessEqThan(n)([total, limit]);
    within === 1;
}

// Claim: the total of all numbers, which are not negative, is at most the limit.
template TotalOfSomething(n, count) {
    signal input numbers[count];
    signal input limit;
    Below(n)(limit);
    var total = 0;
    for (var i = 0; i < count; i++) {
        Below(n - 4)(numbers[i]);
        total += numbers[i];
    }
    signal within <== LessEqThan(n)([total, limit]);
    within === 1;
}
