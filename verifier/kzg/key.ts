import { z } from 'zod'
import { invert, power as powerOf, reduce, rootOfUnity, TWO_ADICITY } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { type G1Point, G2_GENERATOR, type G2Point, isInG1, isOnTwist } from '../curve.ts'
import { decimalBelow, g1Schema, g2Schema, parseWith } from '../json.ts'
import { isInG2 } from '../pairing.ts'
import { freeze, type KeyedCircuit, refuse, requireKeyedCircuit } from '../verification-key.ts'
import { type KeyPointName, type KeyScalarName, type KzgSystem, record, SHAPES } from './shapes.ts'

/** A vetted verification key of that system; only `vetKzgKey` makes one. Frozen. */
export interface KzgKeyOf<S extends KzgSystem> {
  readonly protocol: S
  readonly nPublic: number
  /** log2 of the domain. */
  readonly power: number
  readonly scalars: Readonly<Record<KeyScalarName<S>, bigint>>
  /** Null is the point at infinity: the commitment to a selector that is 0 in every gate. */
  readonly points: Readonly<Record<KeyPointName<S>, G1Point | null>>
  /** tau times the generator of G2. */
  readonly tauG2: G2Point
}

export type KzgKey = KzgKeyOf<'plonk'> | KzgKeyOf<'fflonk'>

const vetted = new WeakSet<object>()

function schemaOf<S extends KzgSystem>(system: S) {
  const { keyPoints, keyScalars } = SHAPES[system]
  return z.strictObject({
    protocol: z.literal(system),
    curve: z.literal('bn128'),
    nPublic: z.int().positive().max(1024),
    power: z
      .int()
      .positive()
      .max(TWO_ADICITY - 1),
    ...record(keyScalars as readonly string[], () => decimalBelow(FIELD, 'the order of the scalar field')),
    ...record(keyPoints as readonly string[], () => g1Schema),
    X_2: g2Schema,
  })
}

/**
 * Vets a verification key in snarkjs's JSON form for a circuit. Throws ARTIFACT_CORRUPT if it is malformed, not on the curve
 * or for another number of public signals; KEY_UNSAFE if proofs can be forged under it: tau is 0, 1 or -1, roots of unity of
 * another order, cosets that meet, a permutation or circuit that commits to nothing. A key it returned before passes at once.
 */
export async function vetKzgKey<S extends KzgSystem>(
  system: S,
  vkey: unknown,
  circuit: KeyedCircuit,
): Promise<KzgKeyOf<S>> {
  requireKeyedCircuit(circuit)
  const known = typeof vkey === 'object' && vkey !== null && vetted.has(vkey)
  const key = known && (vkey as KzgKey).protocol === system ? (vkey as KzgKeyOf<S>) : vet(system, vkey, circuit)
  if (key.nPublic !== circuit.publicSignals.length) {
    const given = `the key is for ${key.nPublic} public signals`
    refuse('ARTIFACT_CORRUPT', circuit, `${given}, the circuit has ${circuit.publicSignals.length}`)
  }
  return key
}

function vet<S extends KzgSystem>(system: S, vkey: unknown, circuit: KeyedCircuit): KzgKeyOf<S> {
  const what = `verification key of ${circuit.name}`
  const json = parseWith<Record<string, unknown>>(schemaOf(system), vkey, 'ARTIFACT_CORRUPT', what)
  const { keyPoints, keyScalars } = SHAPES[system]
  const key = {
    protocol: system,
    nPublic: json.nPublic,
    power: json.power,
    scalars: record(keyScalars as readonly string[], (name) => json[name]),
    points: record(keyPoints as readonly string[], (name) => json[name]),
    tauG2: json.X_2,
  } as unknown as KzgKeyOf<S>
  checkPoints(key as KzgKey, circuit)
  checkScalars(key as KzgKey, circuit)
  freeze(key)
  vetted.add(key)
  return key
}

function checkPoints({ points, tauG2 }: KzgKey, circuit: KeyedCircuit): void {
  const entries = Object.entries(points) as [string, G1Point | null][]
  for (const [name, point] of entries) {
    if (point !== null && !isInG1(point)) refuse('ARTIFACT_CORRUPT', circuit, `${name} is not on the curve`)
    if (point === null && !name.startsWith('Q')) refuse('KEY_UNSAFE', circuit, `${name} is the point at infinity`)
  }
  const selectors = entries.filter(([name]) => name.startsWith('Q'))
  if (selectors.length > 0 && selectors.every(([, point]) => point === null)) {
    refuse('KEY_UNSAFE', circuit, 'all selectors are 0: it asks for nothing')
  }
  const permutation = entries.filter(([name]) => name.startsWith('S')).map(([, point]) => point![0])
  if (new Set(permutation).size !== permutation.length) {
    refuse('KEY_UNSAFE', circuit, 'two of S1, S2 and S3 are equal up to sign: they are no permutation')
  }
  const [generator] = G2_GENERATOR
  if (tauG2 === null) refuse('KEY_UNSAFE', circuit, 'tau is 0 (X_2 is the point at infinity); anybody can forge proofs')
  if (tauG2[0][0] === generator[0] && tauG2[0][1] === generator[1]) {
    refuse('KEY_UNSAFE', circuit, 'tau is 1 or -1 (nobody contributed to phase 1); anybody can forge proofs')
  }
  if (isInG2(tauG2)) return
  if (!isOnTwist(tauG2)) refuse('ARTIFACT_CORRUPT', circuit, 'X_2 is not on the curve')
  refuse('KEY_UNSAFE', circuit, 'X_2 is outside the group of order r')
}

/** snarkjs believes these; its two verifiers do not even read the same ones. */
function checkScalars({ power, nPublic, scalars }: KzgKey, circuit: KeyedCircuit): void {
  const size = 1n << BigInt(power)
  const { k1, k2, w, ...roots } = scalars as Record<string, bigint> & Record<'k1' | 'k2' | 'w', bigint>
  if (BigInt(nPublic) > size) refuse('ARTIFACT_CORRUPT', circuit, `${nPublic} public signals in a domain of ${size}`)
  if (w !== rootOfUnity(power)) refuse('KEY_UNSAFE', circuit, `w is not the root of unity of order 2^${power}`)
  const inDomain = (x: bigint) => x === 0n || powerOf(x, size) === 1n
  if (inDomain(k1) || inDomain(k2) || inDomain(reduce(k1 * invert(k2)))) {
    refuse('KEY_UNSAFE', circuit, 'k1 and k2 do not give three cosets without common points: wires could be exchanged')
  }
  const minusOne = FIELD - 1n
  const wrong = Object.entries(roots).find(([name, root]) => {
    if (name === 'w3') return root === 1n || powerOf(root, 3n) !== 1n
    if (name === 'w4') return powerOf(root, 2n) !== minusOne
    if (name === 'w8') return powerOf(root, 4n) !== minusOne
    return powerOf(root, 3n) !== w
  })
  if (wrong !== undefined) refuse('KEY_UNSAFE', circuit, `${wrong[0]} is no root of the order that it must have`)
}
