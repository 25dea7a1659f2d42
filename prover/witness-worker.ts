import { move } from 'piscina'
import { calculateWitness } from '../circom/witness-calculator.ts'
import type { FlatInput } from '../circuits/input-schema.ts'

/** What the pool posts: the program as compiled once in the main thread, and the input. */
export interface WitnessTask {
  program: WebAssembly.Module
  input: FlatInput
}

// With a top-level await piscina imports this module instead of requiring it: a thread that is ended while it requires an
// ES module takes the whole process along (an assertion of Node 24's module loader).
await null

/** Runs in a worker thread. A witness goes back as a transferred buffer. */
export default function work({ program, input }: WitnessTask): unknown {
  const result = calculateWitness(program, input)
  return 'witness' in result ? move(result.witness) : result.failure
}
