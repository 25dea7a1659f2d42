import { Facts, type Rule } from '../../audit/facts.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { findLemmas } from '../../audit/lemmas.ts'
import { propagate } from '../../audit/propagate.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { Symbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import { NOTES, type Note, WeakerFacts } from './weaker-facts.ts'

/** A part of the audit that can be left out: a rule, a kind of what is noted beside it, or a lemma, by its template. */
export type Part =
  | { readonly kind: 'rule'; readonly name: Rule }
  | { readonly kind: 'note'; readonly name: Note }
  | { readonly kind: 'lemma'; readonly name: string }

export interface Proved {
  /** By wire, 1 for those that are not inputs and are PROVEN or HARMLESS. */
  readonly isSettled: Uint8Array
  /** Signals that are not inputs, by the rule that determined them. */
  readonly rules: ReadonlyMap<Rule, number>
}

/** The proofs of one system, with and without parts of the audit. */
export interface Ablation {
  /** How often each lemma's gadget was found, by its template. */
  readonly gadgets: ReadonlyMap<string, number>
  /** What is proved; without the part, if one is named. */
  prove(without?: Part): Promise<Proved>
}

export function openAblation({ r1cs, symbols }: { readonly r1cs: R1cs; readonly symbols: Symbols }): Ablation {
  const system = buildSystem(r1cs)
  const found = findLemmas(r1cs, symbols, system)
  const { from, to } = inputWires(r1cs)
  const inputs = Array.from({ length: to - from }, (_, i) => from + i)
  return {
    gadgets: new Map(
      Map.groupBy(found, ({ template }) => template)
        .entries()
        .map(([name, all]) => [name, all.length]),
    ),
    async prove(without) {
      const isLeftOut = (template: string) => without?.kind === 'lemma' && without.name === template
      const lemmas = found.filter(({ template }) => !isLeftOut(template))
      const given =
        without === undefined || without.kind === 'lemma' ? new Facts(system) : new WeakerFacts(system, without.name)
      const { facts, harmless } = await propagate(system, inputs, { lemmas }, given)
      const rules = new Map<Rule, number>()
      const isSettled = new Uint8Array(r1cs.nWires)
      for (let wire = 1; wire < r1cs.nWires; wire++) {
        if (wire >= from && wire < to) continue
        const known = system.representative[wire]!
        const rule = facts.ruleOf(known)
        if (rule !== undefined) rules.set(rule, (rules.get(rule) ?? 0) + 1)
        if (rule !== undefined || harmless.has(known)) isSettled[wire] = 1
      }
      return { isSettled, rules }
    },
  }
}

/** How many signals are settled in the one proof and not in the other. */
export function lostIn(other: Proved, whole: Proved): number {
  return whole.isSettled.reduce((lost, settled, wire) => lost + (settled > other.isSettled[wire]! ? 1 : 0), 0)
}

/** The parts that had a say in a proof, and so may be missed; what is noted beside rules always may. Inputs and constants are given. */
export function partsOf({ gadgets }: Ablation, { rules }: Proved): Part[] {
  return [
    ...[...rules.keys()]
      .filter((name) => name !== 'input' && name !== 'constant')
      .map((name): Part => ({ kind: 'rule', name })),
    ...NOTES.map((name): Part => ({ kind: 'note', name })),
    ...[...gadgets.keys()].map((name): Part => ({ kind: 'lemma', name })),
  ]
}
