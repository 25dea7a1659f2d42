/** A compiled way to compute a circuit's witness from its inputs; see `operations.ts` for its code. */
export interface WitnessProgram {
  /** The main component's input signals, in the order of `inputs`. */
  readonly signals: readonly { readonly name: string; readonly size: number }[]
  /** The slot of each input. */
  readonly inputs: Uint32Array
  /** Length of the witness, whose entries are the first slots. Slot 0 holds 1 from the start. */
  readonly wireCount: number
  /** How many field elements a run needs. */
  readonly slotCount: number
  readonly constants: readonly bigint[]
  readonly code: Uint32Array
}
