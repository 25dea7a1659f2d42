import { commonDivisor } from './whole-numbers.ts'

/** By wire: what any two of its canonical values, in whatever witnesses, differ by a multiple of. 1 for most. */
export class Strides {
  readonly #strides = new Map<number, bigint>()

  of(wire: number): bigint {
    return this.#strides.get(wire) ?? 1n
  }

  /** Learns a stride beside the one that is known; whether it is news, for a wire with the interval. */
  learn(wire: number, stride: bigint, { low, high }: { readonly low: bigint; readonly high: bigint }): boolean {
    const known = this.of(wire)
    const both = (known / commonDivisor(known, stride)) * stride
    // A longer stride would leave the wire one value: two rows could go on lengthening each other's for ever.
    if (both === known || both > high - low) return false
    this.#strides.set(wire, both)
    return true
  }
}
