/** snarkjs's curve objects, those of ffjavascript, as far as they are used here: @types/snarkjs leaves them out. */

/** Field elements and points as the library holds them: Montgomery form, little-endian; a point is x, y[, z]. */
export type CurveBytes = Uint8Array

export interface CurveGroup<Coordinate> {
  readonly g: CurveBytes
  readonly zero: CurveBytes
  readonly zeroAffine: CurveBytes
  fromObject(point: readonly Coordinate[]): CurveBytes
  toObject(point: CurveBytes): Coordinate[]
  toAffine(point: CurveBytes): CurveBytes
  isValid(point: CurveBytes): boolean
  isZero(point: CurveBytes): boolean
  eq(a: CurveBytes, b: CurveBytes): boolean
  add(a: CurveBytes, b: CurveBytes): CurveBytes
  neg(a: CurveBytes): CurveBytes
  timesScalar(a: CurveBytes, scalar: bigint): CurveBytes
}

export interface Curve {
  readonly name: string
  readonly q: bigint
  readonly r: bigint
  readonly G1: CurveGroup<bigint>
  readonly G2: CurveGroup<readonly bigint[]>
  /** Whether the product of the pairings of (G1, G2), (G1, G2), ... is one. */
  pairingEq(...points: CurveBytes[]): Promise<boolean>
  /** Ends the curve's threads; without it they keep the process alive. */
  terminate(): Promise<void>
}
