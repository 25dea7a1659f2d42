import type {} from 'snarkjs'
import type { Curve } from '../keys/dev/curve-types.ts'

// What @types/snarkjs leaves out.
declare module 'snarkjs' {
  export namespace curves {
    function getCurveFromName(name: string, options?: { singleThread?: boolean }): Promise<Curve>
  }
}

declare global {
  /** The multi-threaded curve that every part of snarkjs in this process shares; null when there is none. */
  var curve_bn128: Curve | null | undefined
}
