/** A circuit that nothing satisfies, though what circom simplifies it to has witnesses. */
export const CONTRADICTION = `pragma circom 2.2.3;
template Contradiction() {
  signal input x;
  signal input y;
  signal output o <== x * y;
  x === 3;
  x === 5;
}
component main = Contradiction();
`

/** What is dropped restricts signals that are left: x + y is 3 and 5. */
export const SUM_CONTRADICTION = `pragma circom 2.2.3;
template Sums() {
  signal input x;
  signal input y;
  signal output o <== x * y;
  x + y === 3;
  x + y === 5;
}
component main = Sums();
`

/** The same without a contradiction. */
export const CONSISTENT = CONTRADICTION.replace('x === 5', '2 * x === 6')
