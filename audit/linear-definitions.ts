import { type Affine, addScaled, scale } from '../circom/affine.ts'
import type { System } from '../circom/system.ts'
import { invert } from '../protocol/field.ts'

/** Linear rows with more wires define nothing: they would fill forms up. */
const MOST_DEFINED = 8
/** A form is rewritten no further than this. */
const MOST_WIRES = 24
const MOST_STEPS = 64

/**
 * Forms modulo the short linear rows of a system. Each of these rows, reduced by those before it, defines its highest wire by
 * lower ones, so that rewriting ends, and forms that differ by such rows end alike (unless they grow too long on the way). A
 * form and what it is rewritten to have the same value in every witness.
 */
export class LinearDefinitions {
  readonly #system: System
  #definitions: Map<number, Affine> | undefined

  constructor(system: System) {
    this.#system = system
  }

  /** The form itself if nothing of it is defined by other wires. */
  normalForm(form: Affine): Affine {
    this.#definitions ??= this.#define()
    return rewrite(form, this.#definitions)
  }

  #define(): Map<number, Affine> {
    const definitions = new Map<number, Affine>()
    for (const row of this.#system.rows) {
      if (row.kind === 'linear' && row.form.wires.length <= MOST_DEFINED) define(definitions, row.form)
    }
    return definitions
  }
}

/** Adds form = 0 to definitions, after those; what is left of it by them. */
export function define(definitions: Map<number, Affine>, form: Affine): Affine {
  const rest = rewrite(form, definitions)
  const highest = rest.wires.at(-1)
  if (highest === undefined || definitions.has(highest)) return rest
  definitions.set(highest, scale(rest, invert(rest.coefficients.at(-1)!)))
  return rest
}

/** A form with its wires replaced by what defines them, the highest first. */
export function rewrite(form: Affine, definitions: ReadonlyMap<number, Affine>): Affine {
  let rest = form
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const at = rest.wires.findLastIndex((wire) => definitions.has(wire))
    if (at < 0) return rest
    const next = addScaled(rest, definitions.get(rest.wires[at]!)!, -rest.coefficients[at]!)
    if (next.wires.length > MOST_WIRES) return rest
    rest = next
  }
  return rest
}
