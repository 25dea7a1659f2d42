import type { Pair } from './pair.ts'

export const INDEX: readonly Pair[] = [
  {
    class: 'object not tied to the index',
    file: 'index.circom',
    bug: 'PayAnother',
    twin: 'PaySame',
    args: [3, 16],
    planted: 'one account is checked, another one pays',
    inputs: { balances: [3], index: [], amount: [] },
    outputs: ['after[0]', 'after[1]', 'after[2]'],
    sample: { balances: [50n, 60n, 70n], index: 1n, amount: 55n },
    shown: {
      by: 'determinism',
      changes: { 'pays[1]': 0n, 'pays[2]': 1n, 'after[1]': 60n, 'after[2]': 15n },
    },
  },
]
