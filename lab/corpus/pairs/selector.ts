import type { BoundaryModel } from '../../../audit/boundary-model.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'
import { poseidon } from './poseidon.ts'

type Numbers = Readonly<Record<string, bigint>>
type Path = { readonly leaf: bigint; readonly siblings: readonly bigint[]; readonly turns: readonly bigint[] }

const values = [100n, 200n, 300n, 400n]

export const SELECTOR: readonly Pair[] = [
  {
    class: 'non-boolean selector',
    file: 'selector.circom',
    bug: 'TwoHot',
    twin: 'OneHotPick',
    args: [4],
    planted: 'two places may be hot',
    inputs: { index: [], values: [4] },
    outputs: ['out'],
    sample: { index: 3n, values },
    shown: {
      by: 'determinism',
      changes: {
        'hot[1]': 1n,
        'hot[2]': 1n,
        'hot[3]': 0n,
        'terms[1]': 200n,
        'terms[2]': 300n,
        'terms[3]': 0n,
        out: 500n,
      },
    },
  },
  {
    class: 'non-boolean selector',
    file: 'selector.circom',
    bug: 'AnyHot',
    twin: 'OneHotPickOfThree',
    args: [3],
    planted: 'the indicators need not be 0 or 1',
    inputs: { index: [], values: [3] },
    outputs: ['out'],
    sample: { index: 0n, values: [100n, 200n, 400n] },
    shown: {
      by: 'determinism',
      changes: {
        'hot[0]': 2n,
        'hot[1]': FIELD - 2n,
        'hot[2]': 1n,
        'terms[0]': 200n,
        'terms[1]': FIELD - 400n,
        'terms[2]': 400n,
        out: 200n,
      },
    },
  },
  {
    class: 'non-boolean selector',
    file: 'selector.circom',
    bug: 'AnyCondition',
    twin: 'BinaryCondition',
    args: [],
    planted: 'a condition that is neither 0 nor 1 mixes both sides',
    inputs: { condition: [], yes: [], no: [] },
    outputs: ['out'],
    sample: { condition: 1n, yes: 5n, no: 6n },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { condition: { bits: 1 }, yes: { bits: 16 }, no: { bits: 16 } },
        legal: ({ condition }: Numbers) => condition! <= 1n,
        outputs: ({ condition, yes, no }: Numbers) => ({ out: condition === 1n ? yes! : no! }),
      },
    },
  },
  {
    class: 'non-boolean selector',
    file: 'selector.circom',
    bug: 'AnyTurn',
    twin: 'BinaryTurn',
    args: [2],
    planted: 'a turn of a Merkle path that is neither 0 nor 1 mixes the two children',
    inputs: { leaf: [], siblings: [2], turns: [2] },
    outputs: ['root'],
    sample: { leaf: 5n, siblings: [6n, 7n], turns: [0n, 1n] },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { leaf: { bits: 253 }, siblings: { bits: 253, shape: [2] }, turns: { bits: 1, shape: [2] } },
        legal: ({ turns }: Path) => turns.every((turn) => turn <= 1n),
        outputs: ({ leaf, siblings, turns }: Path) => ({
          root: siblings.reduce((node, sibling, level) => {
            return poseidon(turns[level] === 1n ? [sibling, node] : [node, sibling])
          }, leaf),
        }),
      } satisfies BoundaryModel<Path>,
    },
  },
]
