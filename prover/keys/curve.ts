import * as snarkjs from 'snarkjs'

/** The part of a group of snarkjs's curve object that keys need. Points are bytes, coordinates in Montgomery form. */
export interface CurveGroup {
  g: Uint8Array
  timesScalar(point: Uint8Array, scalar: Uint8Array): Uint8Array
  toAffine(point: Uint8Array): Uint8Array
  toObject(point: Uint8Array): unknown
}

/** snarkjs's BN254, with the WebAssembly code behind it. */
export interface Bn254 {
  q: bigint
  r: bigint
  G1: CurveGroup
  G2: CurveGroup
  Gt: { toObject(element: Uint8Array): unknown }
  pairing(g1: Uint8Array, g2: Uint8Array): Uint8Array
  tm: { code: Uint8Array; pG1gen: number; pG2gen: number }
}

let curve: Promise<Bn254> | undefined

/** The curve without threads of its own: the ones it would start keep a process alive until they are terminated. */
export function bn254(): Promise<Bn254> {
  const { curves } = snarkjs as unknown as {
    curves: { getCurveFromName(name: string, options: { singleThread: boolean }): Promise<Bn254> }
  }
  curve ??= curves.getCurveFromName('bn128', { singleThread: true })
  return curve
}
