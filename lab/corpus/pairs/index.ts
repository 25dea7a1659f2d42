import type { BoundaryModel } from '../../../audit/boundary-model.ts'
import type { Pair } from './pair.ts'

type Check = {
  readonly balances: readonly bigint[]
  readonly index: bigint
  readonly balance: bigint
  readonly amount: bigint
}

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
  {
    class: 'object not tied to the index',
    file: 'index.circom',
    bug: 'CheckAnother',
    twin: 'CheckSame',
    args: [3, 16],
    planted: 'the balance that is compared is not the one at the index',
    inputs: { balances: [3], index: [], balance: [], amount: [] },
    outputs: [],
    sample: { balances: [50n, 60n, 70n], index: 1n, balance: 60n, amount: 55n },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: {
          balances: { bits: 16, shape: [3] },
          index: { low: 0n, high: 3n },
          balance: { bits: 16 },
          amount: { bits: 16 },
        },
        legal: ({ balances, index, balance, amount }: Check) => {
          const numbers = [...balances, balance, amount]
          if (index >= 3n || numbers.some((value) => value >= 1n << 16n)) return 'OUT_OF_RANGE'
          if (balances[Number(index)] !== balance) return 'ANOTHER_BALANCE'
          return balance >= amount || 'NOT_COVERED'
        },
      } satisfies BoundaryModel<Check>,
    },
  },
]
