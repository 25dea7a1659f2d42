import { curves, powersOfTau } from 'snarkjs'

/**
 * Milliseconds that snarkjs takes to prepare powers of tau for 2^power constraints, in memory. This comes before any set-up of
 * a circuit with it.
 */
export async function measureSnarkjsPreparation(power: number): Promise<number> {
  const curve = await curves.getCurveFromName('bn128')
  try {
    const empty = { type: 'mem' } as never
    const prepared = { type: 'mem' } as never
    const started = performance.now()
    await powersOfTau.newAccumulator(curve as never, power, empty)
    await powersOfTau.preparePhase2(empty, prepared)
    return Math.round(performance.now() - started)
  } finally {
    await curve.terminate()
  }
}
