import { join } from 'node:path'
import { curves, powersOfTau, zKey } from 'snarkjs'

const TAU_BEACON = '01'.repeat(32)
const DELTA_BEACON = '02'.repeat(32)

/**
 * snarkjs's own setup of a circuit with fewer than 2^power constraints, public signals counted: a key from public beacons,
 * and `initial`, the key before any contribution to phase 2. Power 4 takes about a second.
 */
export async function snarkjsSetup(r1cs: string, directory: string, power = 4) {
  const file = (name: string) => join(directory, name)
  const curve = await curves.getCurveFromName('bn128')
  try {
    await powersOfTau.newAccumulator(curve, power, file('0.ptau'))
    await powersOfTau.beacon(file('0.ptau'), file('1.ptau'), 'tau', TAU_BEACON, 10)
    await powersOfTau.preparePhase2(file('1.ptau'), file('2.ptau'))
    await zKey.newZKey(r1cs, file('2.ptau'), file('initial.zkey'))
    await zKey.beacon(file('initial.zkey'), file('final.zkey'), 'delta', DELTA_BEACON, 10)
    return {
      zkey: file('final.zkey'),
      vkey: await zKey.exportVerificationKey(file('final.zkey')),
      initialVkey: await zKey.exportVerificationKey(file('initial.zkey')),
    }
  } finally {
    await curve.terminate()
  }
}
