import { HASH_BYTES, nodeHash } from './hash.ts'

/** That a leaf stands at a place of a tree. */
export interface Inclusion {
  /** Place of the leaf, from 0. */
  readonly index: bigint
  /** Leaves of the tree. */
  readonly size: bigint
  readonly leaf: Uint8Array
  /** From the leaf to the root. */
  readonly path: readonly Uint8Array[]
}

/**
 * The root of the tree in which that path leads from that leaf at that place (RFC 9162, 2.1.3.2); undefined for a path that no tree of
 * that size has there. Two leaves with the same root at the same place and size are the same.
 */
export function rootOfInclusion({ index, size, leaf, path }: Inclusion): Uint8Array | undefined {
  if (index < 0n || index >= size || [leaf, ...path].some(({ length }) => length !== HASH_BYTES)) return undefined
  let node = index
  let last = size - 1n
  let root = leaf
  for (const sibling of path) {
    if (last === 0n) return undefined
    if (isOdd(node) || node === last) {
      root = nodeHash(sibling, root)
      // At the right edge: up to where it has a left sibling.
      while (!isOdd(node) && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else root = nodeHash(root, sibling)
    node >>= 1n
    last >>= 1n
  }
  return last === 0n ? root : undefined
}

function isOdd(number: bigint): boolean {
  return (number & 1n) === 1n
}
