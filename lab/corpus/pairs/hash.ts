import type { BoundaryModel } from '../../../audit/boundary-model.ts'
import type { Pair } from './pair.ts'
import { poseidon } from './poseidon.ts'

type Entry = { readonly key: bigint; readonly value: bigint; readonly deep: bigint }

/**
 * A tree with the entries 1 -> 100 and 2 -> 200 as grandchildren of the root and 3 -> 300 as its right child. The last case
 * names the two deep leaves as a key and its value.
 */
function treeModel(leafTag: bigint, nodeTag: bigint): BoundaryModel<Entry> {
  const leaves = [1n, 2n, 3n].map((key) => poseidon([key, 100n * key], leafTag))
  const [first, second, third] = leaves as [bigint, bigint, bigint]
  const node = poseidon([first, second], nodeTag)
  const root = poseidon([node, third], nodeTag)
  const paths = new Map([
    [1n, { turns: [0n, 0n], siblings: [second, third] }],
    [2n, { turns: [1n, 0n], siblings: [first, third] }],
  ])
  return {
    inputs: { key: { bits: 2 }, value: { bits: 16, values: [100n, 200n, 300n] }, deep: { bits: 1 } },
    derive: ({ key }) => ({ root, ...(paths.get(key) ?? { turns: [1n, 0n], siblings: [node, 0n] }) }),
    legal: ({ key, value, deep }) =>
      (key >= 1n && key <= 3n && value === 100n * key && deep === (key === 3n ? 0n : 1n)) || 'NO_SUCH_ENTRY',
    cases: [
      { key: 1n, value: 100n, deep: 1n },
      { key: 2n, value: 200n, deep: 1n },
      { key: 3n, value: 300n, deep: 0n },
      { key: first, value: second, deep: 0n, root, turns: [0n, 0n], siblings: [third, 0n] },
    ],
  }
}

const [tree, tagged] = [treeModel(0n, 0n), treeModel(1n, 4n)]

type Lists = { readonly lengths: readonly [bigint, bigint]; readonly words: readonly (readonly bigint[])[] }

export const HASH: readonly Pair[] = [
  {
    class: 'hash domains',
    file: 'hash.circom',
    bug: 'LeafOrNode',
    twin: 'LeafNotNode',
    args: [],
    planted: 'the children of a node pass for a leaf',
    inputs: { root: [], key: [], value: [], deep: [], turns: [2], siblings: [2] },
    outputs: [],
    sample: { ...tree.cases![0]!, ...tree.derive!({ key: 1n, value: 100n, deep: 1n }) },
    twinSample: { ...tagged.cases![0]!, ...tagged.derive!({ key: 1n, value: 100n, deep: 1n }) },
    shown: { by: 'boundary', finds: 'ACCEPTED_ILLEGAL', model: tree, twinModel: tagged },
  },
  {
    class: 'hash domains',
    file: 'hash.circom',
    bug: 'PaddedList',
    twin: 'CountedList',
    args: [],
    planted: 'a list and its padded twin have one digest',
    inputs: { lengths: [2], words: [2, 2] },
    outputs: [],
    sample: {
      lengths: [1n, 1n],
      words: [
        [5n, 8n],
        [5n, 9n],
      ],
    },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { lengths: { low: 0n, high: 3n, shape: [2] }, words: { bits: 8, shape: [2, 2] } },
        legal: ({ lengths, words }: Lists) => {
          if (lengths.some((length) => length > 2n)) return 'TOO_LONG'
          const [first, second] = words.map((list, i) => list.slice(0, Number(lengths[i])).join())
          return (lengths[0] === lengths[1] && first === second) || 'DIFFERENT'
        },
        cases: [
          {
            lengths: [2n, 2n],
            words: [
              [5n, 7n],
              [5n, 7n],
            ],
          },
          {
            lengths: [1n, 1n],
            words: [
              [5n, 0n],
              [5n, 1n],
            ],
          },
          {
            lengths: [0n, 0n],
            words: [
              [5n, 6n],
              [7n, 8n],
            ],
          },
        ],
      } satisfies BoundaryModel<Lists>,
    },
  },
]
