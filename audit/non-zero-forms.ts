import { type Affine, direction, isConstant } from '../circom/affine.ts'
import type { LinearDefinitions } from './linear-definitions.ts'

/** Forms that are never 0, up to a factor and up to linear rows: if `x = b - a` is never 0, then `2 a - 2 b` is not either. */
export class NonZeroForms {
  readonly #definitions: LinearDefinitions
  readonly #names = new Set<string>()
  /** Lowest wires of the forms: most forms that are asked for begin with none of them. */
  readonly #heads = new Set<number>()

  constructor(definitions: LinearDefinitions) {
    this.#definitions = definitions
  }

  /** Adds a form; the wires that it speaks of if that is new, and those that it comes to by linear rows. */
  add(form: Affine): readonly number[] {
    if (this.#isNamed(form)) return []
    const normal = this.#definitions.normalForm(form)
    for (const one of [form, normal]) {
      if (isConstant(one)) continue
      this.#names.add(direction(one))
      this.#heads.add(one.wires[0]!)
    }
    return normal === form ? form.wires : [...new Set([...form.wires, ...normal.wires])]
  }

  has(form: Affine): boolean {
    if (this.#isNamed(form)) return true
    if (this.#names.size === 0) return false
    const normal = this.#definitions.normalForm(form)
    if (isConstant(normal)) return normal.constant !== 0n
    return normal !== form && this.#isNamed(normal)
  }

  #isNamed(form: Affine): boolean {
    return this.#heads.has(form.wires[0]!) && this.#names.has(direction(form))
  }
}
