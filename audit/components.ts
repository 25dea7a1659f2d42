import { createHash } from 'node:crypto'
import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import { never, type Tick } from './clock.ts'

/** One component with all that is inside it, in a circuit compiled without simplification. */
export interface Component {
  /** Such as `main.step[2].lessThan`. */
  readonly path: string
  /** The label of its first signal; those of the whole component follow without a gap. */
  readonly firstLabel: number
  readonly signals: number
  /** Its constraints, and those of its parent that mention nothing but its signals, ascending. */
  readonly constraints: readonly number[]
}

interface Node {
  readonly path: string
  readonly parent: number
  readonly depth: number
  first: number
  last: number
  signals: number
  constraints: number[]
}

/**
 * The components of a circuit with a wanted number of signals, from the names of these. A constraint belongs to the innermost
 * component that holds all of its signals. Components whose labels have gaps were simplified, and are left out.
 */
export function readComponents(
  r1cs: R1cs,
  symbols: Symbols,
  isWanted: (signals: number) => boolean,
  tick: Tick = never,
): Component[] {
  const nodes: Node[] = []
  const byPath = new Map<string, number>()
  const nodeOf = (path: string): number => {
    const known = byPath.get(path)
    if (known !== undefined) return known
    const dot = path.lastIndexOf('.')
    const parent = dot < 0 ? -1 : nodeOf(path.slice(0, dot))
    const depth = parent < 0 ? 0 : nodes[parent]!.depth + 1
    byPath.set(path, nodes.length)
    return nodes.push({ path, parent, depth, first: Infinity, last: -1, signals: 0, constraints: [] }) - 1
  }

  const homes = new Int32Array(r1cs.nWires).fill(-1)
  for (let wire = 1; wire < r1cs.nWires; wire++) {
    tick()
    const [name] = symbols.names(wire)
    if (name === undefined) continue
    homes[wire] = nodeOf(name.slice(0, name.lastIndexOf('.')))
    const label = r1cs.labelOf[wire]!
    for (let at = homes[wire]!; at >= 0; at = nodes[at]!.parent) {
      const node = nodes[at]!
      node.first = Math.min(node.first, label)
      node.last = Math.max(node.last, label)
      node.signals++
    }
  }
  // -1 is outside of all components: where signals without a name are.
  const depthOf = (node: number) => (node < 0 ? -1 : nodes[node]!.depth)
  const innermost = (a: number, b: number) => {
    let [x, y] = [a, b]
    while (x !== y) {
      if (depthOf(x) >= depthOf(y)) x = nodes[x]!.parent
      else y = nodes[y]!.parent
    }
    return x
  }
  for (let row = 0; row < r1cs.nConstraints; row++) {
    tick()
    let home: number | undefined
    for (let term = r1cs.offsets[3 * row]!; term < r1cs.offsets[3 * row + 3]!; term++) {
      const wire = r1cs.wires[term]!
      if (wire !== 0) home = home === undefined ? homes[wire]! : innermost(home, homes[wire]!)
    }
    for (let at = home ?? -1; at >= 0; at = nodes[at]!.parent) {
      if (isWanted(nodes[at]!.signals)) nodes[at]!.constraints.push(row)
    }
  }
  return nodes
    .filter(({ first, last, signals }) => isWanted(signals) && last - first + 1 === signals)
    .map(({ path, first, signals, constraints }) => ({ path, firstLabel: first, signals, constraints }))
}

/** The line and the byte at which an anonymous component stands, by which circom names it: a comment moves them. */
const PLACE_IN_SOURCE = /_\d+_\d+(?=[.[])/g

/** A signal's name without places in a source. Several may have one name then. */
export function lastingName(name: string): string {
  return name.replace(PLACE_IN_SOURCE, '')
}

/**
 * SHA-256 (hex) of the names of a component's signals, in the order of their labels and without its path or places in a
 * source, and of its last `count` constraints, signals numbered from its first: equal for two instances of one template with
 * equal arguments, whatever surrounds them. (circom writes a component's own constraints, then those inside it, so what the
 * parent adds stands before them.) Undefined if it has fewer constraints.
 */
export function fingerprint(
  r1cs: R1cs,
  component: Component,
  { names, count, tick = never }: { names: readonly string[]; count: number; tick?: Tick },
): string | undefined {
  const rows = component.constraints.slice(-count)
  if (rows.length < count) return undefined
  const texts = rows.map((row) => {
    tick()
    return [0, 1, 2]
      .map((part) => {
        const terms: string[] = []
        for (let term = r1cs.offsets[3 * row + part]!; term < r1cs.offsets[3 * row + part + 1]!; term++) {
          const wire = r1cs.wires[term]!
          const place = wire === 0 ? 'one' : r1cs.labelOf[wire]! - component.firstLabel
          terms.push(`${place}*${r1cs.coefficients[r1cs.coefficientOf[term]!]}`)
        }
        return terms.sort().join('+')
      })
      .join('|')
  })
  return createHash('sha256')
    .update([...names.map(lastingName), ...texts.sort()].join('\n'))
    .digest('hex')
}
