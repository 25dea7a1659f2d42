import { poseidon } from '../../../protocol/hash.ts'
import { type Counts, Difference, type Enumeration, product } from '../enumeration.ts'
import { elements, solveProbe } from '../tiny.ts'

const LEVELS = 2

export const merkle: Enumeration = {
  name: 'MerkleRoot, MerkleUpdate',
  claim:
    'A leaf opens at an index iff each level holds the node below at the place that the index names; the roots before and after the update are those of the tree. No index beyond the tree, over the whole field.',
  sizes:
    'tree depth 2; leaves 0 to 2, the opened one 1 or 2, nodes 0 or the true one, in all arrangements; the whole field for the index',
  async run({ scale, onProgress, edits }): Promise<Counts> {
    const solver = await solveProbe(
      { source: 'gadgets.circom', template: 'MerkleProbe', args: [LEVELS], edits },
      {
        known: ['leaf', 'newLeaf', ...elements('children[0]', 4), ...elements('children[1]', 4)],
        read: ['index', 'root', 'oldRoot', 'newRoot'],
      },
    )
    const node = remembering((words) => poseidon('NODE', words))
    const leaves = scale === 'full' ? [0n, 1n, 2n] : [0n, 1n]
    const counts = { inputs: 0, accepted: 0, solutions: 0 }
    product({ a: leaves, b: leaves, c: leaves, d: leaves, leaf: leaves.slice(1) }, ({ a, b, c, d, leaf }) => {
      const below = [a, b, c, d]
      const inner = node(below)
      const nodes = [inner, 0n]
      product({ w: nodes, x: nodes, y: nodes, z: nodes }, ({ w, x, y, z }) => {
        const above = [w, x, y, z]
        const legal = new Set<string>()
        for (const [i, one] of below.entries()) {
          for (const [j, other] of above.entries()) {
            if (one !== leaf || other !== inner) continue
            const root = node(above)
            const newRoot = node(above.with(j, node(below.with(i, 7n))))
            legal.add([4 * j + i, root, root, newRoot].join(' '))
          }
        }
        const found = new Set<string>()
        counts.solutions += solver.solveExactly([leaf, 7n, ...below, ...above], (read) => found.add(read.join(' ')))
        if (found.size !== legal.size || [...found].some((one) => !legal.has(one))) {
          throw new Difference(`leaf ${leaf} of ${below} under ${above}: circuit ${[...found]}, model ${[...legal]}`)
        }
        counts.inputs++
        if (legal.size > 0) counts.accepted++
        if (counts.inputs % 256 === 0) onProgress?.(counts.inputs)
      })
    })
    return counts
  },
}

function remembering(hash: (words: readonly bigint[]) => bigint): (words: readonly bigint[]) => bigint {
  const known = new Map<string, bigint>()
  return (words) => {
    const key = words.join()
    const digest = known.get(key) ?? hash(words)
    known.set(key, digest)
    return digest
  }
}
