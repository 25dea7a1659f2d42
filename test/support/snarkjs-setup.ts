import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { curves, powersOfTau, zKey } from 'snarkjs'
import { testCircuits } from '../../lab/circuits/compile-cached.ts'
import { onlyOnce } from '../../lab/circuits/only-once.ts'

const TAU_BEACON = '01'.repeat(32)
const DELTA_BEACON = '02'.repeat(32)

/**
 * snarkjs's own setup of a circuit with fewer than 2^power constraints, public signals counted: a key from public beacons,
 * and `initial`, the key before any contribution to phase 2. Power 4 takes about a second, once for all tests.
 */
export async function snarkjsSetup(r1cs: string, power = 4) {
  const hash = createHash('sha256')
    .update(await readFile(r1cs))
    .digest('hex')
    .slice(0, 32)
  const made = join(testCircuits(), `snarkjs-setup-${power}-${hash}`)
  const curve = await curves.getCurveFromName('bn128')
  try {
    await onlyOnce(made, async (folder) => {
      const file = (name: string) => join(folder, name)
      await powersOfTau.newAccumulator(curve, power, file('0.ptau'))
      await powersOfTau.beacon(file('0.ptau'), file('1.ptau'), 'tau', TAU_BEACON, 10)
      await powersOfTau.preparePhase2(file('1.ptau'), file('2.ptau'))
      await zKey.newZKey(r1cs, file('2.ptau'), file('initial.zkey'))
      await zKey.beacon(file('initial.zkey'), file('final.zkey'), 'delta', DELTA_BEACON, 10)
    })
    const [zkey, initialZkey] = [join(made, 'final.zkey'), join(made, 'initial.zkey')]
    return {
      zkey,
      initialZkey,
      vkey: await zKey.exportVerificationKey(zkey),
      initialVkey: await zKey.exportVerificationKey(initialZkey),
    }
  } finally {
    await curve.terminate()
  }
}
