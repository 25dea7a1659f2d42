import type { R1cs } from '../../circom/r1cs.ts'
import type { Symbols } from '../../circom/symbols.ts'
import type { Section } from '../../circuits/review.ts'

const OTHER = 'other'

/**
 * Counts the constraints of each section. Simplification writes constraints over signals of several components: a constraint
 * counts for the section to which most of its signals belong, ties for that of the signal declared last, and signals of main
 * itself have a say only where there are no others.
 */
export function countSections(
  r1cs: R1cs,
  symbols: Pick<Symbols, 'names'>,
  sections: readonly Section[],
): ReadonlyMap<string, number> {
  const known = new Map<string, number>()
  const sectionOf = (component: string) => {
    const found = known.get(component) ?? sections.findIndex(({ components }) => components.test(component))
    known.set(component, found)
    return found
  }
  const inner = new Int16Array(r1cs.nWires).fill(-1)
  const own = new Int16Array(r1cs.nWires).fill(-1)
  for (let wire = 1; wire < r1cs.nWires; wire++) {
    const path = (symbols.names(wire)[0] ?? '').split('.').slice(1)
    const isOwn = path.length <= 1
    ;(isOwn ? own : inner)[wire] = sectionOf(componentPath(isOwn ? path : path.slice(0, -1)))
  }
  const counts = new Array<number>(sections.length).fill(0)
  let others = 0
  for (let constraint = 0; constraint < r1cs.nConstraints; constraint++) {
    const wires = r1cs.wires.subarray(r1cs.offsets[3 * constraint], r1cs.offsets[3 * constraint + 3])
    const section = majority(wires, inner) ?? majority(wires, own)
    if (section === undefined) others++
    else counts[section]!++
  }
  const named = sections.map(({ name }, i) => [name, counts[i]!] as const)
  return new Map(others === 0 ? named : [...named, [OTHER, others]])
}

/** The first three steps of a path, without the numbers that circom gives to anonymous components: `Hash_304_12501`. */
function componentPath(path: readonly string[]): string {
  return path
    .slice(0, 3)
    .map((step) => step.replace(/_\d+_\d+(?=\[|$)/, ''))
    .join('.')
}

function majority(wires: Uint32Array, sectionOf: Int16Array): number | undefined {
  const votes = new Map<number, { wires: Set<number>; last: number }>()
  for (const wire of wires) {
    const section = sectionOf[wire]!
    if (section < 0) continue
    const vote = votes.get(section) ?? { wires: new Set(), last: 0 }
    votes.set(section, vote)
    vote.wires.add(wire)
    vote.last = Math.max(vote.last, wire)
  }
  let best: number | undefined
  for (const [section, vote] of votes) {
    const leader = best === undefined ? undefined : votes.get(best)!
    const ahead = leader === undefined ? 1 : vote.wires.size - leader.wires.size || vote.last - leader.last
    if (ahead > 0) best = section
  }
  return best
}
