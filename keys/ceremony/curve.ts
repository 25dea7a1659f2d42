import { loadCurve } from '../dev/curve.ts'
import type { Curve, CurveBytes, CurveGroup } from '../dev/curve-types.ts'
import type { ChaChaStream } from './chacha-stream.ts'

interface CeremonyGroup<Coordinate> extends CurveGroup<Coordinate> {
  fromRng(random: ChaChaStream): CurveBytes
  timesFr(point: CurveBytes, scalar: Uint8Array): CurveBytes
  toRprUncompressed(target: Uint8Array, offset: number, point: CurveBytes): void
  /** Sum of scalar times point; scalars are little-endian and all as long as their number says. */
  multiExpAffine(points: Uint8Array, scalars: Uint8Array): Promise<CurveBytes>
}

/** snarkjs's BN254 with what only the checks of a ceremony need. */
export interface CeremonyCurve extends Curve {
  readonly G1: CeremonyGroup<bigint>
  readonly G2: CeremonyGroup<readonly bigint[]>
  readonly Fr: { fromRng(random: ChaChaStream): Uint8Array }
}

/** The curve without threads, for single operations. */
export async function ceremonyCurve(): Promise<CeremonyCurve> {
  return (await loadCurve()) as CeremonyCurve
}
