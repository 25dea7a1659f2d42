import type { Door } from '../writer/door.ts'

/** Who brings something that was signed, and through which door. */
export interface Bringer {
  /** The address whose share it is of. undefined: the venue itself, what a trader left with it. */
  readonly caller?: string | undefined
  /** Default: the usual one. */
  readonly door?: Door | undefined
}
