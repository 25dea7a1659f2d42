import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { Affine } from '../affine.ts'
import { type Instruction, NOWHERE } from './instructions.ts'
import { MOST_TERMS, OPERATION } from './operations.ts'

const R = (1n << 256n) % FIELD

/** Writes steps as words, and collects their constants. */
export class Encoder {
  readonly constants: bigint[] = []
  readonly #places = new Map<bigint, number>()
  readonly #slotOf: (value: number) => number
  #words = new Uint32Array(1 << 16)
  #length = 0

  constructor(slotOf: (value: number) => number) {
    this.#slotOf = slotOf
  }

  get code(): Uint32Array {
    return this.#words.slice(0, this.#length)
  }

  /** One step; quotients come together, see `quotients`. */
  add(step: Exclude<Instruction, { kind: 'quotient' }>): void {
    switch (step.kind) {
      case 'sum':
        this.#put(OPERATION.sum, this.#slot(step.to))
        this.#form(step.form)
        return
      case 'product':
        this.#put(OPERATION.product, this.#slot(step.to), this.#constant(step.factor * R * R))
        this.#forms(step.a, step.b, step.rest)
        return
      case 'bits':
        this.#put(OPERATION.bits | (step.to.length << 8))
        this.#form(step.value)
        for (const to of step.to) this.#put(this.#slot(to))
        return
      case 'zero-test':
        this.#put(OPERATION.zeroTest, this.#slot(step.to))
        this.#form(step.tested)
        this.#put(this.#constant(step.ifZero), this.#constant(step.otherwise))
        return
      case 'one-hot':
        this.#put(OPERATION.oneHot | (step.to.length << 8))
        this.#forms(step.count, step.place)
        for (const [at, to] of step.to.entries()) this.#put(this.#slot(to), this.#constant(step.places[at]!))
        return
      case 'division':
        this.#put(OPERATION.division, this.#slot(step.quotient), this.#slot(step.remainder))
        this.#forms(step.dividend, step.divisor)
        return
      case 'signed-digits':
        this.#put(OPERATION.signedDigits | (step.to.length << 8))
        this.#forms(step.unit, step.number)
        this.#put(this.#constant(step.offset))
        for (const to of step.to) this.#put(this.#slot(to))
        return
      case 'root':
        this.#put(OPERATION.root, this.#slot(step.to))
        this.#form(step.value)
        this.#put(this.#constant(step.divisor))
        return
      case 'places':
        this.#put(OPERATION.places | (step.top << 8), this.#slot(step.to))
        this.#form(step.value)
        return
      case 'sign':
        this.#put(OPERATION.sign, this.#slot(step.to))
        this.#form(step.value)
        return
      case 'check-sum':
        this.#put(OPERATION.checkSum)
        this.#form(step.form)
        return
      case 'check-product':
        this.#put(OPERATION.checkProduct)
        this.#forms(step.a, step.b, step.c)
        return
      case 'check-bit':
        this.#put(OPERATION.checkBit, this.#slot(step.wire))
    }
  }

  /** Quotients that share one inversion. */
  quotients(steps: readonly Extract<Instruction, { kind: 'quotient' }>[]): void {
    this.#put(OPERATION.quotients | (steps.length << 8))
    for (const { to, isFree, numerator, divisor } of steps) {
      this.#put(this.#slot(to), isFree ? 1 : 0)
      this.#forms(numerator, divisor)
    }
  }

  #forms(...forms: readonly Affine[]): void {
    for (const form of forms) this.#form(form)
  }

  #form({ constant, wires, coefficients }: Affine): void {
    const added: number[] = []
    const subtracted: number[] = []
    const scaled: number[] = []
    for (const [at, wire] of wires.entries()) {
      const coefficient = coefficients[at]!
      if (coefficient === 1n) added.push(this.#slot(wire))
      else if (coefficient === FIELD - 1n) subtracted.push(this.#slot(wire))
      else scaled.push(this.#slot(wire), this.#constant(coefficient * R))
    }
    if (wires.length > MOST_TERMS) throw new RangeError(`a row has ${wires.length} terms`)
    this.#put(added.length | (subtracted.length << 16), scaled.length | (constant === 0n ? 0 : 1))
    if (constant !== 0n) this.#put(this.#constant(constant))
    this.#put(...added, ...subtracted, ...scaled)
  }

  #slot(value: number): number {
    return value === NOWHERE ? NOWHERE : this.#slotOf(value)
  }

  #constant(value: bigint): number {
    const canonical = reduce(value)
    let place = this.#places.get(canonical)
    if (place === undefined) {
      place = this.constants.push(canonical) - 1
      this.#places.set(canonical, place)
    }
    return place
  }

  #put(...words: readonly number[]): void {
    if (this.#length + words.length > this.#words.length) {
      const larger = new Uint32Array(2 * (this.#length + words.length))
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words.set(words, this.#length)
    this.#length += words.length
  }
}
