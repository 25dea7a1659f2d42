import type { CircuitName } from '../circuits/index.ts'
import type { Symbols } from '../prover/symbols.ts'

/** What the audit of one of our circuits takes for granted, and who answers for it. */
export interface PointAssumption {
  /** Names of a pair of signals; `*` stands for any index. */
  readonly x: string
  readonly y: string
  readonly reason: string
}

export const ASSUMED_POINTS: Readonly<Record<CircuitName, readonly PointAssumption[]>> = {
  'margin-sufficiency': [],
  'trade-batch': [
    {
      x: 'main.admit[*].signature.keyX',
      y: 'main.admit[*].signature.keyY',
      reason:
        "the key of a signer's slot is that of an account of the old state, and whatever puts an account into the state checks that its key is on the curve and in the subgroup; where no slot signs, the key is (0, 0)",
    },
  ],
}

/** The pairs of names that a circuit's assumptions mean, at whatever profile it was compiled. */
export function assumedPoints(circuit: CircuitName, symbols: Symbols): (readonly [x: string, y: string])[] {
  return ASSUMED_POINTS[circuit].flatMap(({ x, y }) => {
    const pairs: [string, string][] = []
    for (let i = 0; ; i++) {
      const [nameX, nameY] = [x.replace('*', `${i}`), y.replace('*', `${i}`)]
      if (symbols.wireOf(nameX) === undefined) return pairs
      pairs.push([nameX, nameY])
    }
  })
}
