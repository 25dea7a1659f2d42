import type { Curve, CurveBytes } from './curve-types.ts'

let bn254: Promise<Curve> | undefined

/**
 * snarkjs's BN254 without threads, loaded and built once. Its threaded twin is shared by everything in the process, keeps it
 * alive until somebody terminates it, and breaks whoever still uses it then.
 */
export function loadCurve(): Promise<Curve> {
  bn254 ??= import('snarkjs').then(({ curves }) => curves.getCurveFromName('bn128', { singleThread: true }))
  return bn254
}

/** snarkjs's BN254 with what only the making of keys needs: the pairing itself and the WebAssembly code behind it. */
export interface KeyCurve extends Curve {
  readonly Gt: { toObject(element: CurveBytes): unknown }
  pairing(g1: CurveBytes, g2: CurveBytes): CurveBytes
  /** Machine code, and the addresses of the generators in its memory. */
  readonly tm: { readonly code: Uint8Array; readonly pG1gen: number; readonly pG2gen: number }
}

/** The curve without threads: its single-threaded form keeps the code that the threads of a pool are started with. */
export async function keyCurve(): Promise<KeyCurve> {
  return (await loadCurve()) as KeyCurve
}
