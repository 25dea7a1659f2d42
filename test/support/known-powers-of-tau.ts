import { createCipheriv, createHash } from 'node:crypto'
import { join } from 'node:path'
import { curves, powersOfTau } from 'snarkjs'
import { testCircuits } from '../../lab/circuits/compile-cached.ts'
import { onlyOnce } from '../../lab/circuits/only-once.ts'
import { invert } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

const BEACON = '7a6b636c656172'
/** log2 of the times that the beacon is hashed; snarkjs wants 10 at least. */
const BEACON_ROUNDS = 10

/**
 * A powers-of-tau file of size 2^power, made by snarkjs alone from one public beacon, and the secrets behind it. snarkjs
 * draws them from a ChaCha20 stream under the repeatedly hashed beacon, and takes each draw for a Montgomery form.
 * 2^8 takes about 6 seconds, once for all tests.
 */
export async function knownPowersOfTau(power: number) {
  const made = join(testCircuits(), `known-powers-of-tau-${power}`)
  await onlyOnce(made, async (folder) => {
    const file = (name: string) => join(folder, name)
    const curve = await curves.getCurveFromName('bn128')
    try {
      await powersOfTau.newAccumulator(curve, power, file('new.ptau'))
      await powersOfTau.beacon(file('new.ptau'), file('beacon.ptau'), 'known', BEACON, BEACON_ROUNDS)
      await powersOfTau.preparePhase2(file('beacon.ptau'), file('ready.ptau'))
    } finally {
      await curve.terminate()
    }
  })
  return { ptau: join(made, 'ready.ptau'), secrets: beaconSecrets() }
}

function beaconSecrets() {
  let hash = Buffer.from(BEACON, 'hex')
  for (let round = 0; round < 2 ** BEACON_ROUNDS; round++) hash = createHash('sha256').update(hash).digest()
  // The stream's key is read as big-endian words there, as little-endian words here.
  const stream = createCipheriv('chacha20', hash.swap32(), Buffer.alloc(16)).update(Buffer.alloc(4096))
  let at = 0
  const draw = (): bigint => {
    for (;;) {
      let value = 0n
      for (let limb = 0; limb < 4; limb++, at += 8) {
        // Of each pair of words the first is the more significant.
        const word = (BigInt(stream.readUInt32LE(at)) << 32n) | BigInt(stream.readUInt32LE(at + 4))
        value |= word << BigInt(64 * limb)
      }
      value &= (1n << 254n) - 1n
      if (value < FIELD) return (value * invert(1n << 256n)) % FIELD
    }
  }
  return { tau: draw(), alpha: draw(), beta: draw() }
}
