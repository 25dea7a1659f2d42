import { Facts, type Interval, type Rule } from '../../audit/facts.ts'
import type { Affine } from '../../circom/affine.ts'
import type { Row, System } from '../../circom/system.ts'

/** What the audit notes of all witnesses beside which wires are determined. */
export const NOTES = ['bounds', 'strides', 'factors', 'implications', 'points'] as const
export type Note = (typeof NOTES)[number]

/** Facts that take no note of what one rule determines, or of one kind of what is noted beside that. What they hold is true. */
export class WeakerFacts extends Facts {
  readonly #without: Rule | Note

  constructor(system: System, without: Rule | Note) {
    super(system)
    this.#without = without
    if (without === 'implications') Object.assign(this.implications, { imply() {}, equate() {}, equateToAny() {} })
    if (without === 'points') Object.assign(this.points, { find() {}, learn() {} })
  }

  override know(wire: number, rule: Rule, by?: Row): void {
    if (rule !== this.#without) super.know(wire, rule, by)
  }

  override confine(wire: number, to: Interval): void {
    if (this.#without !== 'bounds') super.confine(wire, to)
  }

  override learnStride(wire: number, stride: bigint): void {
    if (this.#without !== 'strides') super.learnStride(wire, stride)
  }

  override learnNonZero(form: Affine): void {
    if (this.#without !== 'factors') super.learnNonZero(form)
  }
}
