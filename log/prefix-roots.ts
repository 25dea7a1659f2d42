import { nodeHash } from './hash.ts'

/** The roots of the trees of the first leaf, the first two, and so on. */
export function* prefixRoots(leaves: Iterable<Uint8Array>): Generator<Uint8Array> {
  // The full subtrees so far, larger ones first.
  const subtrees: Uint8Array[] = []
  let count = 0
  for (const leaf of leaves) {
    subtrees.push(leaf)
    count++
    for (let rest = count; rest % 2 === 0; rest /= 2) {
      const [right, left] = [subtrees.pop()!, subtrees.pop()!]
      subtrees.push(nodeHash(left, right))
    }
    yield subtrees.reduceRight((right, left) => nodeHash(left, right))
  }
}
