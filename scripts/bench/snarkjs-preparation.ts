import { curves, powersOfTau } from 'snarkjs'

/**
 * Milliseconds that snarkjs takes to prepare powers of tau for 2^power constraints, in memory. This comes before any set-up of
 * a circuit with it.
 */
export async function measureSnarkjsPreparation(power: number): Promise<number> {
  const curve = await curves.getCurveFromName('bn128')
  try {
    const [empty, contributed, prepared] = [0, 1, 2].map(() => ({ type: 'mem' }) as never)
    await powersOfTau.newAccumulator(curve as never, power, empty!)
    // Without a contribution all powers are alike, and preparing them is no work.
    await powersOfTau.beacon(empty!, contributed!, 'benchmark', '0102030405060708', 10)
    const started = performance.now()
    await powersOfTau.preparePhase2(contributed!, prepared!)
    return Math.round(performance.now() - started)
  } finally {
    await curve.terminate()
  }
}
