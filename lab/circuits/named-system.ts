import { type R1cs, readR1cs } from '../../circom/r1cs.ts'
import { readSymbols, type Symbols } from '../../circom/symbols.ts'
import type { InputValue } from '../../circuits/types.ts'

/** The constraints of a compiled circuit, and the names of its signals. */
export interface NamedSystem {
  readonly r1cs: R1cs
  readonly symbols: Symbols
}

export async function readNamedSystem(files: { readonly r1cs: string; readonly sym: string }): Promise<NamedSystem> {
  const [r1cs, symbols] = await Promise.all([readR1cs(files.r1cs), readSymbols(files.sym)])
  return { r1cs, symbols }
}

/** The wire of a signal of the main component, `main.` written or not. Throws if there is none. */
export function wireOf({ symbols }: NamedSystem, name: string): number {
  const wire = symbols.wireOf(name.startsWith('main.') ? name : `main.${name}`)
  if (wire === undefined) throw new Error(`the circuit has no signal ${name}`)
  return wire
}

/** The wire of a system as it is written behind each wire of the same system simplified. */
export function writtenWires(written: R1cs, simplified: R1cs): number[] {
  const wireOfLabel = new Map(Array.from(written.labelOf, (label, wire) => [label, wire]))
  return Array.from(simplified.labelOf, (label) => wireOfLabel.get(label)!)
}

/** The values of input signals, by wire. */
export function inputWires(system: NamedSystem, input: Readonly<Record<string, InputValue>>): Map<number, bigint> {
  const values = new Map<number, bigint>()
  const put = (path: string, value: InputValue) => {
    if (typeof value === 'bigint') values.set(wireOf(system, path), value)
    else for (const [i, element] of value.entries()) put(`${path}[${i}]`, element)
  }
  for (const [name, value] of Object.entries(input)) put(name, value)
  return values
}
