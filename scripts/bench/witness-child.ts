/**
 * Computes the witness of a circuit's example again and again, by its own program on each path and by circom's calculator, which
 * must give the same, and prints the processor time of each as JSON: nothing else runs in this process. Arguments: circuit,
 * profile, runs.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { calculateWitness } from '../../circom/witness-calculator.ts'
import { CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import { flattenInput } from '../../circuits/input-schema.ts'
import type { RegisteredCircuit } from '../../circuits/types.ts'
import { loadCompiled } from '../../keys/load.ts'
import { loadProgram } from '../../keys/load-program.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { loadAddon } from '../../prover/native/addon.ts'
import { NativeProgram } from '../../prover/native/witness.ts'
import { exampleInput } from './example-input.ts'

/** Milliseconds of processor time, by what computed. */
export type WitnessTimes = Readonly<Record<string, number[]>>

const [name, profile, runs] = process.argv.slice(2) as [CircuitName, ProfileName, string]
const circuit = CIRCUITS[name] as RegisteredCircuit
const compiled = await loadCompiled(circuit, profile, {})
const stored = await loadProgram(circuit, compiled, {})
const circom = await WebAssembly.compile(await readFile(compiled.files.wasm))
const { signals, values } = flattenInput(circuit, profile, exampleInput(name, profile))
/** Anew each time: whoever calculates may keep it. */
const input = () => ({ signals, values: values.slice(0) })

const generators: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
  "circom's calculator": () => {
    const result = calculateWitness(circom, input())
    assert.ok('witness' in result)
    return new Uint8Array(result.witness)
  },
}
const addon = loadAddon()
for (const path of 'file' in stored ? (addon?.paths() ?? []) : []) {
  assert.ok('file' in stored)
  const program = new NativeProgram(addon!, path, stored.file)
  generators[`own program, ${path}`] = async () => (await program.run(input())) ?? assert.fail('it has no witness')
}

const expected = await generators["circom's calculator"]!()
const times: Record<string, number[]> = {}
for (const [generator, calculate] of Object.entries(generators)) {
  assert.deepEqual(Buffer.from(await calculate()), Buffer.from(expected), `${generator} gives another witness`)
  times[generator] = []
  for (let run = 0; run < Number(runs); run++) {
    const before = process.cpuUsage()
    await calculate()
    const { user, system } = process.cpuUsage(before)
    times[generator].push((user + system) / 1000)
  }
}
const result: WitnessTimes = times
console.log(JSON.stringify(result))
