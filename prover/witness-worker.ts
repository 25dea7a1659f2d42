import { move } from 'piscina'
import type { FlatInput } from './input-schema.ts'
import { calculateWitness } from './witness-calculator.ts'

/** What the pool posts: the program as compiled once in the main thread, and the input. */
export interface WitnessTask {
  program: WebAssembly.Module
  input: FlatInput
}

/** Runs in a worker thread. A witness goes back as a transferred buffer. */
export default function work({ program, input }: WitnessTask): unknown {
  const result = calculateWitness(program, input)
  return 'witness' in result ? move(result.witness) : result.failure
}
