/** floor(sqrt(n)) for n >= 0, by Newton's method from above. */
export function isqrt(n: bigint): bigint {
  if (n === 0n) return 0n
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + n / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
