import { toBytes } from '../circom/field-bytes.ts'
import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import { calculateWitness } from '../circom/witness-calculator.ts'
import { wires } from '../circom/witness-wires.ts'
import type { FlatInput } from '../circuits/input-schema.ts'
import { inputWires } from './input-wires.ts'

/**
 * The circuit's own witness generator as a function of its inputs in wire order, which are canonical field elements. Gives
 * undefined for inputs that have no witness, and for all if the program knows the inputs otherwise: simplification may
 * drop some, and the parts of a bus have other names there.
 */
export function inputCalculator(
  r1cs: R1cs,
  symbols: Symbols,
  program: WebAssembly.Module,
): (inputs: readonly bigint[]) => Promise<bigint[] | undefined> {
  const signals = inputSignals(r1cs, symbols)
  return async (inputs) => {
    const result = calculateWitness(program, { signals, values: toBytes(inputs).buffer })
    return 'witness' in result ? wires(new Uint8Array(result.witness)) : undefined
  }
}

/** The main component's inputs with their sizes, in wire order. */
function inputSignals(r1cs: R1cs, symbols: Symbols): FlatInput['signals'] {
  const sizes = new Map<string, number>()
  const { from, to } = inputWires(r1cs)
  for (let wire = from; wire < to; wire++) {
    // The .sym file names the main component's signals before those of components that equal them.
    const [name = ''] = symbols.names(wire)
    const signal = name.replace(/^main\./, '').replace(/(\[\d+\])+$/, '')
    sizes.set(signal, (sizes.get(signal) ?? 0) + 1)
  }
  return [...sizes].map(([name, size]) => ({ name, size }))
}
