// Thread of the pool in multiply.ts: multiplies generators by scalars.
import { workerData } from 'node:worker_threads'
import { move } from 'piscina'
import { CurveMemory, FixedBase, type Group } from './fixed-base.ts'

/** What every thread is given when it starts: the compiled curve and where its generators lie in memory. */
export interface MultiplyWorkerData {
  module: WebAssembly.Module
  generators: Readonly<Record<Group, number>>
}

export interface MultiplyTask {
  group: Group
  /** Bits of a window; the table of the first task of a group serves all later ones. */
  bits: number
  scalars: Uint8Array
}

// Piscina hands its own data first and the caller's second.
const data: MultiplyWorkerData = Array.isArray(workerData) ? workerData[1] : workerData
const wasm = new CurveMemory(data.module)
const bases = new Map<string, FixedBase>()

// With a top-level await piscina imports this module instead of requiring it: a thread that is ended while it requires an
// ES module takes the whole process along (an assertion of Node 24's module loader).
await null

export default function multiply({ group, bits, scalars }: MultiplyTask): unknown {
  const name = `${group}/${bits}`
  const base = bases.get(name) ?? new FixedBase(wasm, group, data.generators[group], bits)
  bases.set(name, base)
  return move(base.multiply(scalars))
}
