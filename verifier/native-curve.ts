import type { CurveOperations } from './curve-operations.ts'

/** What of the addon's exports is used here. `path` is what `pathNumber` says; points are their coordinates, in one list. */
export interface CurveAddon {
  isInG2(path: number, coordinates: readonly bigint[]): boolean
  /** Zeros for infinity. */
  combineG1(path: number, scalars: readonly bigint[], coordinates: readonly bigint[]): [x: bigint, y: bigint]
  pairingIsOne(path: number, g1: readonly bigint[], g2: readonly bigint[]): boolean
}

/** The addon's (prover/native/src/pairing.hpp), some twenty times as fast, on one of its paths. */
export function nativeCurve(addon: CurveAddon, path: number): CurveOperations {
  return {
    name: 'native',
    isOfOrder: (point) => addon.isInG2(path, point.flat()),
    combine(terms) {
      const scalars = terms.map(([scalar]) => scalar)
      const [x, y] = addon.combineG1(
        path,
        scalars,
        terms.flatMap(([, point]) => point),
      )
      return x === 0n && y === 0n ? null : [x, y]
    },
    pairingIsOne: (pairs) =>
      addon.pairingIsOne(
        path,
        pairs.flatMap(([g1]) => g1),
        pairs.flatMap(([, g2]) => g2.flat()),
      ),
  }
}
