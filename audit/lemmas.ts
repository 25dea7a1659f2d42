import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import type { System } from '../circom/system.ts'
import { wiresOfLabels } from '../circom/wires-of-labels.ts'
import { never, type Tick } from './clock.ts'
import { type Component, fingerprint, lastingName, readComponents } from './components.ts'
import type { LemmaInstance } from './lemma-queue.ts'
import { BITS } from './lemmas/bits.ts'
import { CURVE } from './lemmas/curve.ts'
import type { Gadget, Lemma } from './lemmas/lemma.ts'
import { OWN } from './lemmas/own.ts'

/** All gadgets with an argument on paper. Which of them apply where is in the facts. */
export const LEMMAS: readonly Lemma[] = [...BITS, ...CURVE, ...OWN]

/** By the number of a gadget's signals. */
const LEMMAS_BY_SIZE: ReadonlyMap<number, readonly Lemma[]> = Map.groupBy(LEMMAS, ({ signals }) => signals)

/** Where the lemmas' gadgets stand in a circuit. */
export function findLemmas(
  r1cs: R1cs,
  symbols: Symbols,
  system: System,
  tick: Tick = never,
): (LemmaInstance & { template: string })[] {
  // Gadgets are found by labels, which name one wire each in what circom writes.
  const wireOfLabel = wiresOfLabels(r1cs.labelOf)
  if (wireOfLabel === undefined) return []
  const isWanted = (signals: number) => LEMMAS_BY_SIZE.has(signals)
  return readComponents(r1cs, symbols, isWanted, tick).flatMap((component) => {
    const alike = LEMMAS_BY_SIZE.get(component.signals)!
    const gadget = openGadget(component, symbols, system, wireOfLabel)
    const names = gadget.wires.map(([name]) => name)
    const prints = new Map<number, string | undefined>()
    const printOf = (count: number) => {
      if (!prints.has(count)) prints.set(count, fingerprint(r1cs, component, { names, count, tick }))
      return prints.get(count)
    }
    const lemma = alike.find((one) => one.fingerprint === printOf(one.constraints))
    if (lemma === undefined) return []
    const apply: LemmaInstance['apply'] = (facts) => lemma.apply(facts, gadget) && lemma.isOfPoints === undefined
    return [{ template: lemma.template, wires: gadget.wires.map(([, wire]) => wire), apply }]
  })
}

function openGadget(
  component: Component,
  symbols: Symbols,
  { representative }: System,
  wireOfLabel: (label: number) => number | undefined,
): Gadget {
  // By the names that are hashed, and no others: a lemma that asks for a signal gets the one that its hash knows by that name.
  const wires = Array.from({ length: component.signals }, (_, at) => {
    const wire = wireOfLabel(component.firstLabel + at)!
    return [lastingName(symbols.names(wire)[0]!.slice(component.path.length + 1)), representative[wire]!] as const
  })
  const byName = new Map(wires.toReversed())
  return { wires, wire: (name) => byName.get(name)! }
}
