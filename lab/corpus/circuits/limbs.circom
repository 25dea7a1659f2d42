pragma circom 2.2.3;

// Limbs: integers in limbs of n bits, lowest first, with carries between the columns of their products.

include "circomlib/circuits/bitify.circom";

// Every number is below 2^n.
template Ranges(n, count) {
    signal input in[count];
    signal bits[count][n];
    for (var i = 0; i < count; i++) {
        bits[i] <== Num2Bits(n)(in[i]);
    }
}

// quotient * divisor + remainder = dividend, column by column, if the carries are in range.
template Columns(n, k) {
    signal input quotient[k];
    signal input divisor[k];
    signal input remainder[k];
    signal input dividend[2 * k];
    signal output carries[2 * k - 1];
    signal products[k][k];
    for (var i = 0; i < k; i++) {
        for (var j = 0; j < k; j++) {
            products[i][j] <== quotient[i] * divisor[j];
        }
    }
    for (var c = 0; c < 2 * k - 1; c++) {
        var column = 0;
        if (c < k) {
            column += remainder[c];
        }
        for (var i = 0; i < k; i++) {
            if (c >= i && c - i < k) {
                column += products[i][c - i];
            }
        }
        if (c > 0) {
            column += carries[c - 1];
        }
        carries[c] <-- (column - dividend[c]) / 2 ** n; // determined: the next line has it once, times a constant
        carries[c] * 2 ** n === column - dividend[c];
    }
    carries[2 * k - 2] === dividend[2 * k - 1];
}

// left < right for limbs in range: the highest limb that differs is less. `down` = 0 compares the lowest limb first; `equal` = 1
// takes equal numbers too.
template Below(n, k, down, equal) {
    signal input left[k];
    signal input right[k];
    signal sums[k];
    signal sumBits[k][n + 1];
    signal differences[k];
    signal hints[k];
    signal same[k];
    signal less[k + 1];
    less[0] <== equal;
    for (var i = 0; i < k; i++) {
        var at = down == 1 ? i : k - 1 - i;
        sums[i] <== left[at] + 2 ** n - right[at];
        sumBits[i] <== Num2Bits(n + 1)(sums[i]);
        differences[i] <== left[at] - right[at];
        hints[i] <-- differences[i] != 0 ? 1 / differences[i] : 0; // free where the limbs are equal, and nothing else reads it; else `same` is 0, which takes this inverse
        same[i] <== 1 - differences[i] * hints[i];
        differences[i] * same[i] === 0;
        less[i + 1] <== 1 - sumBits[i][n] + same[i] * less[i];
    }
    less[k] === 1;
}

// The limbs of floor(dividend / divisor) and of what is left, for a dividend below r.
template Divided(n, k) {
    signal input dividend[2 * k];
    signal input divisor[k];
    signal output quotient[k];
    signal output remainder[k];
    var a = 0;
    var b = 0;
    for (var i = 0; i < 2 * k; i++) {
        a += dividend[i] * 2 ** (n * i);
    }
    for (var i = 0; i < k; i++) {
        b += divisor[i] * 2 ** (n * i);
    }
    for (var i = 0; i < k; i++) {
        quotient[i] <-- b != 0 ? ((a \ b) >> (n * i)) & (2 ** n - 1) : 0; // whoever calls this constrains it
        remainder[i] <-- b != 0 ? ((a % b) >> (n * i)) & (2 ** n - 1) : 0; // as the quotient
    }
}

// Claim: quotient = floor(dividend / divisor), and the remainder is what is left, for a divisor in range.
template DividesInLimbs(n, k, quotients, carries, order, down, equal) {
    signal input dividend[2 * k];
    signal input divisor[k];
    signal output quotient[k];
    signal output remainder[k];
    (quotient, remainder) <== Divided(n, k)(dividend, divisor);
    component columns = Columns(n, k);
    columns.quotient <== quotient;
    columns.divisor <== divisor;
    columns.remainder <== remainder;
    columns.dividend <== dividend;
    component divisors = Ranges(n, k);
    divisors.in <== divisor;
    component remainders = Ranges(n, k);
    remainders.in <== remainder;
    component upper = Ranges(n, quotients);
    for (var i = 0; i < quotients; i++) {
        upper.in[i] <== quotient[k - 1 - i];
    }
    component carried = Ranges(n + 2, carries);
    for (var i = 0; i < carries; i++) {
        carried.in[i] <== columns.carries[i];
    }
    component below[order];
    for (var i = 0; i < order; i++) {
        below[i] = Below(n, k, down, equal);
        below[i].left <== remainder;
        below[i].right <== divisor;
    }
}

// Claim: quotient = floor(dividend / divisor) in limbs of 4 bits, and the remainder is what is left.
// Planted: nothing keeps the remainder below the divisor.
template LimbRemainderAny() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(4, 2, 2, 3, 0, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 4 bits, and the remainder is what is left.
template LimbRemainderBelow() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(4, 2, 2, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 9 bits, and the remainder is what is left.
// Planted: the lowest limbs that differ decide which number is less.
template LimbsComparedUpward() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(9, 2, 2, 3, 1, 0, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 9 bits, and the remainder is what is left.
template LimbsComparedDownward() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(9, 2, 2, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 6 bits, and the remainder is what is left.
// Planted: the remainder may be the divisor.
template LimbRemainderUpTo() {
    signal input dividend[6];
    signal input divisor[3];
    signal output quotient[3];
    signal output remainder[3];
    component divides = DividesInLimbs(6, 3, 3, 5, 1, 1, 1);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 6 bits, and the remainder is what is left.
template LimbRemainderLess() {
    signal input dividend[6];
    signal input divisor[3];
    signal output quotient[3];
    signal output remainder[3];
    component divides = DividesInLimbs(6, 3, 3, 5, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 64 bits, and the remainder is what is left.
// Planted: carries have no range, so that the product may exceed the dividend by the field prime.
template LimbCarriesFree() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(64, 2, 2, 0, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 64 bits, and the remainder is what is left.
template LimbCarriesBounded() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(64, 2, 2, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 7 bits, and the remainder is what is left.
// Planted: the lowest limb of the quotient has no range, and may hold one of the limb above it.
template LimbQuotientLoose() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(7, 2, 1, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / divisor) in limbs of 7 bits, and the remainder is what is left.
template LimbQuotientTight() {
    signal input dividend[4];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(7, 2, 2, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: out and carry are the sum of two limbs of 8 bits and of what was carried.
// Planted: the carry need not be 0 or 1, so that any limb has a carry that fits.
template CarryAnything() {
    signal input a;
    signal input b;
    signal output out;
    signal output carry;
    out <-- (a + b) & 255; // free: any number of 8 bits has a carry that fits
    carry <-- (a + b) >> 8; // determined by out
    component ranges = Ranges(8, 1);
    ranges.in[0] <== out;
    a + b === out + 256 * carry;
}

// Claim: out and carry are the sum of two limbs of 8 bits and of what was carried.
template CarryBit() {
    signal input a;
    signal input b;
    signal output out;
    signal output carry;
    out <-- (a + b) & 255; // determined: below 256, it is what is left of a + b by 256, if the carry is 0 or 1
    carry <-- (a + b) >> 8; // determined: 0 or 1, and 256 times it differs by more than out can make up
    component ranges = Ranges(8, 1);
    ranges.in[0] <== out;
    carry * (carry - 1) === 0;
    a + b === out + 256 * carry;
}

// Claim: quotient = floor(dividend / 35) in limbs of 4 bits, and the remainder is what is left.
// Planted: nothing keeps the remainder below 35.
template LimbRemainderOf35Any() {
    signal input dividend[4];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(4, 2, 2, 3, 0, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== [3, 2];
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / 35) in limbs of 4 bits, and the remainder is what is left.
template LimbRemainderBelow35() {
    signal input dividend[4];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(4, 2, 2, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== [3, 2];
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / 300) in limbs of 7 bits, and the remainder is what is left.
// Planted: the lowest limb of the quotient has no range, and may hold one of the limb above it.
template LimbQuotientBy300Loose() {
    signal input dividend[4];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(7, 2, 1, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== [44, 2];
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: quotient = floor(dividend / 300) in limbs of 7 bits, and the remainder is what is left.
template LimbQuotientBy300Tight() {
    signal input dividend[4];
    signal output quotient[2];
    signal output remainder[2];
    component divides = DividesInLimbs(7, 2, 2, 3, 1, 1, 0);
    divides.dividend <== dividend;
    divides.divisor <== [44, 2];
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// left * right = quotient * divisor + remainder, column by column with carries of either sign: each carry and 2^(n + 2) have
// n + 3 bits, for as many of them as `ranged` says.
template SignedColumns(n, k, ranged) {
    signal input left[k];
    signal input right[k];
    signal input divisor[k];
    signal input quotient[k];
    signal input remainder[k];
    signal given[k][k];
    signal products[k][k];
    signal carries[2 * k - 1];
    signal bits[ranged][n + 3];
    for (var i = 0; i < k; i++) {
        for (var j = 0; j < k; j++) {
            given[i][j] <== left[i] * right[j];
            products[i][j] <== quotient[i] * divisor[j];
        }
    }
    for (var c = 0; c < 2 * k - 1; c++) {
        var column = 0;
        if (c < k) {
            column -= remainder[c];
        }
        for (var i = 0; i < k; i++) {
            if (c >= i && c - i < k) {
                column += given[i][c - i] - products[i][c - i];
            }
        }
        if (c > 0) {
            column += carries[c - 1];
        }
        carries[c] <-- column / 2 ** n; // determined: the next line has it once, times a constant
        carries[c] * 2 ** n === column;
        if (c < ranged) {
            bits[c] <== Num2Bits(n + 3)(carries[c] + 2 ** (n + 2));
        }
    }
    carries[2 * k - 2] === 0;
}

// Claim: remainder = left * right mod divisor in limbs of n bits, for limbs in range.
template MultipliesInLimbs(n, k, ranged) {
    signal input left[k];
    signal input right[k];
    signal input divisor[k];
    signal output quotient[k];
    signal output remainder[k];
    var a = 0;
    var b = 0;
    var d = 0;
    for (var i = 0; i < k; i++) {
        a += left[i] * 2 ** (n * i);
        b += right[i] * 2 ** (n * i);
        d += divisor[i] * 2 ** (n * i);
    }
    for (var i = 0; i < k; i++) {
        quotient[i] <-- d != 0 ? ((a * b \ d) >> (n * i)) & (2 ** n - 1) : 0; // whoever calls this bounds the carries
        remainder[i] <-- d != 0 ? ((a * b % d) >> (n * i)) & (2 ** n - 1) : 0; // as the quotient
    }
    component columns = SignedColumns(n, k, ranged);
    columns.left <== left;
    columns.right <== right;
    columns.divisor <== divisor;
    columns.quotient <== quotient;
    columns.remainder <== remainder;
    component lefts = Ranges(n, k);
    lefts.in <== left;
    component rights = Ranges(n, k);
    rights.in <== right;
    component divisors = Ranges(n, k);
    divisors.in <== divisor;
    component upper = Ranges(n, k);
    for (var i = 0; i < k; i++) {
        upper.in[i] <== quotient[k - 1 - i];
    }
    component remainders = Ranges(n, k);
    remainders.in <== remainder;
    component below[1];
    below[0] = Below(n, k, 1, 0);
    below[0].left <== remainder;
    below[0].right <== divisor;
}

// Claim: remainder = left * right mod divisor in limbs of 64 bits.
// Planted: carries have no range, so that the products may differ by the field prime.
template SignedCarriesFree() {
    signal input left[2];
    signal input right[2];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = MultipliesInLimbs(64, 2, 0);
    divides.left <== left;
    divides.right <== right;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// Claim: remainder = left * right mod divisor in limbs of 64 bits.
template SignedCarriesBounded() {
    signal input left[2];
    signal input right[2];
    signal input divisor[2];
    signal output quotient[2];
    signal output remainder[2];
    component divides = MultipliesInLimbs(64, 2, 3);
    divides.left <== left;
    divides.right <== right;
    divides.divisor <== divisor;
    quotient <== divides.quotient;
    remainder <== divides.remainder;
}

// quotient * divisor + remainder = dividend in limbs of 4 bits, for a remainder that is given; if `order` is 1, it is below the
// divisor.
template QuotientOf(order) {
    signal input dividend[4];
    signal input divisor[2];
    signal input remainder[2];
    signal output quotient[2];
    signal rest[2];
    (quotient, rest) <== Divided(4, 2)(dividend, divisor);
    component columns = Columns(4, 2);
    columns.quotient <== quotient;
    columns.divisor <== divisor;
    columns.remainder <== remainder;
    columns.dividend <== dividend;
    component divisors = Ranges(4, 2);
    divisors.in <== divisor;
    component remainders = Ranges(4, 2);
    remainders.in <== remainder;
    component upper = Ranges(4, 2);
    for (var i = 0; i < 2; i++) {
        upper.in[i] <== quotient[1 - i];
    }
    component carried = Ranges(6, 3);
    carried.in <== columns.carries;
    component below[order];
    for (var i = 0; i < order; i++) {
        below[i] = Below(4, 2, 1, 0);
        below[i].left <== remainder;
        below[i].right <== divisor;
    }
}

// Claim: quotient = (dividend - remainder) / divisor in limbs of 4 bits.
// Planted: the divisor may be 0.
template LimbDivisorAny() {
    signal input dividend[4];
    signal input divisor[2];
    signal input remainder[2];
    signal output quotient[2];
    component divides = QuotientOf(0);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    divides.remainder <== remainder;
    quotient <== divides.quotient;
}

// Claim: quotient = (dividend - remainder) / divisor in limbs of 4 bits, for a divisor above the remainder.
template LimbDivisorAbove() {
    signal input dividend[4];
    signal input divisor[2];
    signal input remainder[2];
    signal output quotient[2];
    component divides = QuotientOf(1);
    divides.dividend <== dividend;
    divides.divisor <== divisor;
    divides.remainder <== remainder;
    quotient <== divides.quotient;
}
