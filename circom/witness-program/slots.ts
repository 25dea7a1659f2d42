import { type Instruction, NOWHERE, read, written } from './instructions.ts'

const NONE = 0xffffffff

/** Where values lie: those of the shipped witness at its wires, others behind it for as long as they are read. */
export class Slots {
  readonly #slotOf: Uint32Array
  readonly #valueCount: number
  #count: number

  constructor(valueCount: number, wireCount: number) {
    this.#valueCount = valueCount
    this.#slotOf = new Uint32Array(valueCount).fill(NONE)
    this.#count = wireCount
  }

  /** How many slots there are. */
  get count(): number {
    return this.#count
  }

  of(value: number): number {
    return value < this.#valueCount ? this.#slotOf[value]! : value - this.#valueCount
  }

  /** Gives a value the place of a wire of the witness; false if it has one already. */
  claim(value: number, wire: number): boolean {
    if (this.#slotOf[value] !== NONE) return false
    this.#slotOf[value] = wire
    return true
  }

  /** A name for the place of a wire, for a step that copies a value to it. */
  alias(wire: number): number {
    return this.#valueCount + wire
  }

  /** Gives places to inputs and to what steps write, in order. A place is used again once its value was read for the last time. */
  allocate(inputs: readonly number[], steps: readonly Instruction[]): void {
    const lastRead = new Int32Array(this.#valueCount).fill(-1)
    for (const [at, step] of steps.entries()) {
      for (const form of read(step)) for (const value of form.wires) lastRead[value] = at
    }
    const free: number[] = []
    const isKept = Uint8Array.from(this.#slotOf, (slot) => (slot === NONE ? 0 : 1))
    const place = (value: number) => {
      if (value !== NOWHERE && value < this.#valueCount && !isKept[value]) {
        this.#slotOf[value] = free.pop() ?? this.#count++
      }
    }
    const release = (value: number) => {
      if (value < this.#valueCount && !isKept[value]) free.push(this.#slotOf[value]!)
    }
    for (const input of inputs) place(input)
    for (const [at, step] of steps.entries()) {
      for (const value of written(step)) place(value)
      for (const value of new Set(read(step).flatMap(({ wires }) => wires))) if (lastRead[value] === at) release(value)
      for (const value of written(step)) if (value < this.#valueCount && lastRead[value] === -1) release(value)
    }
  }
}
