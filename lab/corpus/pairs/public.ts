import type { Pair } from './pair.ts'

const common = {
  class: 'public inputs',
  file: 'public.circom',
  args: [],
  inputs: { secret: [], recipient: [] },
  publicInputs: ['recipient'],
  outputs: ['tag'],
  sample: { secret: 3n, recipient: 1_000n },
} as const

export const PUBLIC: readonly Pair[] = [
  {
    ...common,
    bug: 'UnboundRecipient',
    twin: 'BoundRecipient',
    planted: 'a public input that no constraint mentions',
    shown: { by: 'unused input', signal: 'recipient', where: 'sources' },
  },
  {
    ...common,
    bug: 'CancelledRecipient',
    twin: 'SquaredRecipient',
    planted: 'a public input that simplification takes out of every constraint; circom does not warn',
    shown: { by: 'unused input', signal: 'recipient', where: 'simplified' },
  },
]
