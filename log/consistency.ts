import { equalBytes } from './bytes.ts'
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hash.ts'

/** That the first leaves of a tree are all those of a smaller one. */
export interface Consistency {
  /** Leaves of the smaller tree, and of the larger one. */
  readonly from: bigint
  readonly to: bigint
  readonly path: readonly Uint8Array[]
}

/** Whether the path shows that the tree with root `older` is the beginning of the one with root `newer` (RFC 9162, 2.1.4.2). */
export function isConsistent(
  { from, to, path }: Consistency,
  { older, newer }: { readonly older: Uint8Array; readonly newer: Uint8Array },
): boolean {
  if (from < 0n || from > to || [older, newer, ...path].some(({ length }) => length !== HASH_BYTES)) return false
  if (from === to) return path.length === 0 && equalBytes(older, newer)
  if (from === 0n) return path.length === 0 && equalBytes(older, EMPTY_ROOT)
  if (path.length === 0) return false
  const [first, ...others] = isPowerOfTwo(from) ? [older, ...path] : path
  let node = from - 1n
  let last = to - 1n
  while (isOdd(node)) {
    node >>= 1n
    last >>= 1n
  }
  let small = first!
  let large = first!
  for (const sibling of others) {
    if (last === 0n) return false
    if (isOdd(node) || node === last) {
      small = nodeHash(sibling, small)
      large = nodeHash(sibling, large)
      while (!isOdd(node) && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else large = nodeHash(large, sibling)
    node >>= 1n
    last >>= 1n
  }
  return last === 0n && equalBytes(small, older) && equalBytes(large, newer)
}

function isOdd(number: bigint): boolean {
  return (number & 1n) === 1n
}

function isPowerOfTwo(number: bigint): boolean {
  return (number & (number - 1n)) === 0n
}
