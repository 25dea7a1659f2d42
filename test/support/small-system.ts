import type { R1cs } from '../../circom/r1cs.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { type Constraint, r1csOf, type Terms } from './constraint-rows.ts'

export interface SmallSystem {
  readonly r1cs: R1cs
  wire(name: string): number
}

/**
 * A constraint system from text: every constraint reads `A * B = C` or `C = 0`, where each is a sum such as `x - 2 y + 1`, in
 * parentheses if it is a factor of several terms. Wires that are neither outputs nor inputs follow in order of appearance.
 */
export function smallSystem(options: {
  outputs?: readonly string[]
  inputs: readonly string[]
  constraints: readonly string[]
}): SmallSystem {
  const { outputs = [], inputs, constraints } = options
  const wireOf = new Map(['1', ...outputs, ...inputs].map((name, wire) => [name, wire]))
  const combination = (text: string): Terms => {
    const terms: [number, bigint][] = []
    for (const [, sign, factor, name] of text.matchAll(/([+-]?)\s*(\d+)?\s*([a-z]\w*)?/gi)) {
      if (factor === undefined && name === undefined) continue
      const value = BigInt(factor ?? 1) % FIELD
      if (value === 0n) continue
      const key = name ?? '1'
      if (!wireOf.has(key)) wireOf.set(key, wireOf.size)
      terms.push([wireOf.get(key)!, sign === '-' ? FIELD - value : value])
    }
    return terms
  }
  const rows = constraints.map((text): Constraint => {
    const [left, right] = text.split('=') as [string, string]
    const factors = left.split('*').map((factor) => combination(factor.replace(/[()]/g, '')))
    return factors.length === 2 ? [factors[0]!, factors[1]!, combination(right)] : [[], [], factors[0]!]
  })
  const sizes = { nWires: wireOf.size, nOutputs: outputs.length, nInputs: inputs.length }
  return { r1cs: r1csOf({ ...sizes, constraints: rows }), wire: (name) => wireOf.get(name)! }
}
