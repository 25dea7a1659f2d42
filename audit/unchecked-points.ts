import type { System } from '../circom/system.ts'
import type { Facts } from './facts.ts'
import { goOn, type PropagateOptions, propagate } from './propagate.ts'

/** A pair of wires that a gadget takes for a point of Baby Jubjub. */
export type Pair = readonly [x: number, y: number]

/** What hangs on points that gadgets take to be on the curve, though nothing says that they are. */
export interface UncheckedPoints {
  readonly points: readonly Pair[]
  /** Of a wire that is not known: the points that make it known if they are on the curve; none if they do not suffice. */
  neededFor(wire: number): readonly Pair[]
}

/** How often points are looked for that gadgets ask for once those before them are taken to be on the curve. */
const MOST_ROUNDS = 16

/** Pairs that gadgets asked for as points in vain although both coordinates are known: inputs, or else the first of the others. */
export function pointsAskedFor(facts: Facts): readonly Pair[] {
  const pairs = facts.points.missing().filter((pair) => pair.every((wire) => facts.isKnown(wire)))
  const inputs = pairs.filter((pair) => pair.every((wire) => facts.ruleOf(wire) === 'input'))
  return inputs.length > 0 ? inputs : pairs.toSorted(([a], [b]) => a - b).slice(0, 1)
}

/**
 * Supposes of points that are asked for that they are on the curve, and looks what follows. What is supposed stays apart from
 * the facts: these are about another propagation, of the same system.
 */
export async function supposePoints(
  system: System,
  { inputs, facts, ...options }: PropagateOptions & { readonly inputs: readonly number[]; readonly facts: Facts },
): Promise<UncheckedPoints> {
  let next = pointsAskedFor(facts)
  const points: Pair[] = []
  const needed = new Map<number, number>()
  let supposed: Facts | undefined
  for (let round = 0; round < MOST_ROUNDS && next.length > 0; round++) {
    if (supposed !== undefined && supposed.knownCount === supposed.wireCount) break
    points.push(...next)
    if (supposed === undefined) {
      supposed = (await propagate(system, inputs, { ...options, points: next })).facts
    } else {
      for (const [x, y] of next) supposed.points.learn('edwards', x, y)
      await goOn(supposed, options)
    }
    const before = needed.size
    for (const wire of new Set(system.representative)) {
      if (!facts.isKnown(wire) && supposed.isKnown(wire) && !needed.has(wire)) needed.set(wire, points.length)
    }
    // Other points would take as long, and are likely to be those that follow from these.
    if (needed.size === before) break
    next = pointsAskedFor(supposed)
  }
  // Those that were supposed last may have been of no use.
  points.length = [...needed.values()].reduce((most, count) => Math.max(most, count), 0)
  return { points, neededFor: (wire) => points.slice(0, needed.get(system.representative[wire]!) ?? 0) }
}
