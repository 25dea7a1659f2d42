import type { Facts } from '../facts.ts'

/**
 * A gadget of circomlib, or of ours, whose soundness no rule can see, with an argument on paper. It is recognised by all of its
 * constraints, in a circuit compiled without simplification (-O0), never by its name.
 */
export interface Lemma {
  /** The template, with its arguments. */
  readonly template: string
  readonly signals: number
  readonly constraints: number
  /** `fingerprint` of its signals' names and its constraints. */
  readonly fingerprint: string
  /** Of points: more may follow once more is known of them, and then it is applied again. */
  readonly isOfPoints?: true
  /** Adds what holds; false if its conditions are not met yet. It asks of the gadget's own signals, and of points. */
  readonly apply: (facts: Facts, gadget: Gadget) => boolean
}

/** A lemma's gadget in a circuit. */
export interface Gadget {
  /** The representative of a signal, by its name inside the gadget. */
  wire(name: string): number
  /** The representatives of all signals, by their names as they are hashed: without places in a source, so that some may be equal. */
  readonly wires: readonly (readonly [name: string, wire: number])[]
}

/** If the inputs are known, all signals are, but for some by name. */
export function determine(facts: Facts, { wire, wires }: Gadget, inputs: readonly string[], except?: RegExp): boolean {
  if (!inputs.every((input) => facts.isKnown(wire(input)))) return false
  for (const [name, one] of wires) if (!except?.test(name)) facts.know(one, 'lemma')
  return true
}
