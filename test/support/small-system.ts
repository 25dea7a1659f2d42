import type { R1cs } from '../../circom/r1cs.ts'
import { FIELD } from '../../protocol/numbers.ts'

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
  const offsets = [0]
  const wires: number[] = []
  const coefficients: bigint[] = []
  const combination = (text: string) => {
    for (const [, sign, factor, name] of text.matchAll(/([+-]?)\s*(\d+)?\s*([a-z]\w*)?/gi)) {
      if (factor === undefined && name === undefined) continue
      const value = BigInt(factor ?? 1) % FIELD
      if (value === 0n) continue
      const key = name ?? '1'
      if (!wireOf.has(key)) wireOf.set(key, wireOf.size)
      wires.push(wireOf.get(key)!)
      coefficients.push(sign === '-' ? FIELD - value : value)
    }
    offsets.push(wires.length)
  }
  for (const text of constraints) {
    const [left, right] = text.split('=') as [string, string]
    const factors = left.split('*').map((factor) => factor.replace(/[()]/g, ''))
    if (factors.length === 2) for (const factor of factors) combination(factor)
    else {
      combination('')
      combination('')
    }
    combination(factors.length === 2 ? right : left)
  }
  const r1cs: R1cs = {
    prime: FIELD,
    nWires: wireOf.size,
    nPublic: outputs.length,
    nOutputs: outputs.length,
    nPublicInputs: 0,
    nPrivateInputs: inputs.length,
    nConstraints: constraints.length,
    offsets: Uint32Array.from(offsets),
    wires: Uint32Array.from(wires),
    coefficientOf: Uint32Array.from(wires.keys()),
    labelOf: Uint32Array.from({ length: wireOf.size }, (_, wire) => wire),
    coefficients,
  }
  return { r1cs, wire: (name) => wireOf.get(name)! }
}
