import type { Pair } from './pair.ts'

type Numbers = Readonly<Record<string, bigint>>

const bits = 16
const high = 1n << 16n
const fits = (value: bigint | undefined) => value! >= 0n && value! < high

export const STRICT: readonly Pair[] = [
  {
    class: 'too strict',
    file: 'strict.circom',
    bug: 'BelowSuccessor',
    twin: 'NotAbove',
    args: [bits],
    planted: 'a < b + 1 at the top of the range',
    inputs: { a: [], b: [] },
    outputs: [],
    sample: { a: 5n, b: 5n },
    shown: {
      by: 'boundary',
      finds: 'REJECTED_LEGAL',
      model: {
        inputs: { a: { bits }, b: { bits } },
        legal: ({ a, b }: Numbers) => (fits(a) && fits(b) ? a! <= b! || 'ABOVE' : 'OUT_OF_RANGE'),
      },
    },
  },
  {
    class: 'too strict',
    file: 'strict.circom',
    bug: 'ShortQuotient',
    twin: 'FullQuotient',
    args: [],
    planted: 'a quotient that is one bit short',
    inputs: { amount: [] },
    outputs: ['units'],
    sample: { amount: 40_959n },
    shown: {
      by: 'boundary',
      finds: 'REJECTED_LEGAL',
      model: {
        inputs: { amount: { bits } },
        legal: ({ amount }: Numbers) => fits(amount),
        outputs: ({ amount }: Numbers) => ({ units: amount! / 10n }),
      },
    },
  },
  {
    class: 'too strict',
    file: 'strict.circom',
    bug: 'SolventOnly',
    twin: 'AnyEquity',
    args: [bits],
    planted: 'an account in debt cannot be liquidated',
    inputs: { equity: [], required: [] },
    outputs: [],
    sample: { equity: 5n, required: 6n },
    shown: {
      by: 'boundary',
      finds: 'REJECTED_LEGAL',
      model: {
        inputs: { equity: { bits, signed: true }, required: { bits } },
        legal: ({ equity, required }: Numbers) =>
          equity! >= -high && equity! < high && fits(required) && equity! < required!,
      },
    },
  },
]
