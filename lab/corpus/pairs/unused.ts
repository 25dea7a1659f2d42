import type { Pair } from './pair.ts'

const common = { class: 'assigned, not constrained', file: 'unused.circom', args: [] } as const

export const UNUSED: readonly Pair[] = [
  {
    ...common,
    bug: 'UnboundNullifier',
    twin: 'BoundNullifier',
    planted: 'an output is only assigned',
    inputs: { secret: [], topic: [] },
    outputs: ['commitment', 'nullifier'],
    sample: { secret: 5n, topic: 6n },
    shown: { by: 'unused', signal: 'nullifier' },
  },
  {
    ...common,
    bug: 'HalfOfPrices',
    twin: 'BothPrices',
    planted: 'an output that nothing assigns',
    inputs: { amounts: [2] },
    outputs: ['doubled[0]', 'doubled[1]'],
    sample: { amounts: [5n, 6n] },
    shown: { by: 'unused', signal: 'doubled[1]' },
  },
  {
    ...common,
    bug: 'UnreadFlag',
    twin: 'ReadFlag',
    planted: 'a check is computed, and nothing reads it',
    inputs: { a: [] },
    outputs: ['root'],
    sample: { a: 5n },
    shown: { by: 'unused', signal: 'isSound' },
  },
]
