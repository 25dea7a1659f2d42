import { reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { bits } from './changes.ts'
import type { Pair } from './pair.ts'

const mix = (left: bigint, right: bigint) => reduce((left + 2n * right + 5n) * (3n * left + right + 7n))
const digestOf = (x: bigint, y: bigint) => mix(mix(x, y), x)

const SMALL = 12_345n
const SPELT_LONGER = SMALL + FIELD
const halves = { low: SPELT_LONGER % (1n << 128n), high: SPELT_LONGER >> 128n }

/** The way up from a leaf of two levels, turning otherwise than for SMALL. */
function otherWay(leaf: bigint, siblings: readonly bigint[]): Record<string, bigint> {
  const changes: Record<string, bigint> = {}
  let node = leaf
  let sum = 0n
  for (const [i, sibling] of siblings.entries()) {
    const turn = (SPELT_LONGER >> BigInt(i)) & 1n
    const [left, right] = turn === 1n ? [sibling, node] : [node, sibling]
    node = mix(left, right)
    changes[`way.left[${i}]`] = left
    changes[`way.right[${i}]`] = right
    changes[`way.nodes[${i + 1}]`] = node
    if (i === 1) sum = node
    changes[`way.at.sums[${i + 2}]`] = sum
  }
  return { ...changes, root: sum }
}

export const CARRIED: readonly Pair[] = [
  {
    class: 'division',
    file: 'carried.circom',
    bug: 'CommittedRatio',
    twin: 'GuardedRatio',
    args: [],
    planted: 'the numbers that a digest commits to may be equal, and their ratio is free then',
    inputs: { digest: [], x: [], y: [] },
    publicInputs: ['digest'],
    outputs: ['ratio'],
    sample: { digest: digestOf(5n, 3n), x: 5n, y: 3n },
    shown: {
      by: 'determinism',
      input: { digest: digestOf(4n, 4n), x: 4n, y: 4n },
      changes: { ratio: 99n },
    },
  },
  {
    class: 'alias',
    file: 'carried.circom',
    bug: 'AliasedMix',
    twin: 'StrictMix',
    args: [],
    planted: 'a number is mixed from the halves of another one that has two spellings',
    inputs: { x: [] },
    outputs: ['out'],
    sample: { x: SMALL },
    shown: {
      by: 'determinism',
      changes: { ...bits('bits', SPELT_LONGER, 254), ...halves, out: mix(halves.low, halves.high) },
    },
  },
  {
    class: 'division',
    file: 'carried.circom',
    bug: 'AnyQuotients',
    twin: 'GuardedQuotients',
    args: [3],
    planted: 'a quotient is free where its divisor is 0, which shows only at the depths above it',
    inputs: { depth: [], leaf: [], plus: [3], by: [3] },
    outputs: ['out'],
    sample: { depth: 0n, leaf: 2n, plus: [4n, 1n, 1n], by: [3n, 1n, 1n] },
    shown: {
      by: 'determinism',
      input: { depth: 2n, leaf: 2n, plus: [FIELD - 2n, 1n, 1n], by: [0n, 1n, 1n] },
      changes: {
        ...{ 'nodes[1]': 9n, 'nodes[2]': 10n, 'nodes[3]': 11n },
        ...{ 'at.sums[3]': 10n, 'at.sums[4]': 10n, out: 10n },
      },
    },
  },
  {
    class: 'alias',
    file: 'carried.circom',
    bug: 'AliasedWay',
    twin: 'StrictWay',
    args: [],
    planted: 'the turns of a way are bits of a number that has two spellings, which shows only at the depths above 0',
    inputs: { depth: [], leaf: [], index: [], siblings: [3] },
    outputs: ['root'],
    sample: { depth: 0n, leaf: 7n, index: SMALL, siblings: [1n, 2n, 3n] },
    shown: {
      by: 'determinism',
      input: { depth: 2n, leaf: 7n, index: SMALL, siblings: [1n, 2n, 3n] },
      changes: { ...bits('turns', SPELT_LONGER, 254), ...otherWay(7n, [1n, 2n, 3n]) },
    },
  },
]
