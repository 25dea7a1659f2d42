/** A gadget of which a witness makes a false claim: every constraint holds, and of its numbers, as integers, it says what is not so. */
export interface RangeFinding {
  /** What names the gadget: the signal that it takes apart into bits, or the lowest bit if there is none or others do so too. */
  readonly signal: string
  /** Of the sum of bits. */
  readonly constraint: number
  readonly gadget: 'comparison' | 'range check'
  /** How many bits there are. */
  readonly bits: number
  /** Signals that it reads and that no constraint bounds. */
  readonly unbounded: readonly string[]
  /** What the gadget assumes, in a sentence. */
  readonly assumption: string
  /** What the witness shows, in a sentence; the numbers in it are those that the search chose. */
  readonly shown: string
  /** As values by wire. They hold values of private signals. */
  readonly witness: readonly bigint[]
}
