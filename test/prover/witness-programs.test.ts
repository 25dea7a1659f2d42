import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, suite, test } from 'node:test'
import { wires } from '../../circom/witness-wires.ts'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { FIELD_BYTES, type FlatInput, flattenInput } from '../../circuits/input-schema.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import type { RegisteredCircuit } from '../../circuits/types.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { loadProgram } from '../../keys/load-program.ts'
import { Random } from '../../protocol/random.ts'
import type { Addon } from '../../prover/native/addon.ts'
import { NativeProgram } from '../../prover/native/witness.ts'
import { loadTestAddon } from '../support/native-addon.ts'
import { circomWitness } from '../support/witness-programs.ts'

/** Inputs that are changed, one at a time. */
const CHANGES = 12

/** The input with one element changed: by 1, to 0, or to 2^200. */
function changed({ signals, values }: FlatInput, random: Random): FlatInput {
  const copy = values.slice(0)
  const view = new DataView(copy)
  const at = FIELD_BYTES * Number(random.next() % BigInt(values.byteLength / FIELD_BYTES))
  const kind = Number(random.next() % 3n)
  if (kind === 0) view.setBigUint64(at, view.getBigUint64(at, true) ^ 1n, true)
  else for (let word = 0; word < 4; word++) view.setBigUint64(at + 8 * word, kind === 2 && word === 3 ? 256n : 0n, true)
  return { signals, values: copy }
}

for (const name of CIRCUIT_NAMES) {
  const circuit = requireCircuit(name) as RegisteredCircuit

  async function stored() {
    const [built] = await buildArtifacts({ circuits: [circuit], profile: 'small' })
    return { built: built!, program: await loadProgram(circuit, built!, {}) }
  }

  suite(`the witness program of ${name}, small`, () => {
    let file: Uint8Array
    let circom: WebAssembly.Module
    let addon: Addon
    let honest: FlatInput
    before(async () => {
      const { built, program } = await stored()
      assert.ok('file' in program)
      file = program.file
      circom = await WebAssembly.compile(await readFile(built.files.wasm))
      addon = await loadTestAddon()
      const { statement, witness } = circuit.example('small')
      honest = flattenInput(circuit, 'small', circuit.buildInput(statement, witness, 'small'))
    })

    test("gives circom's witness of the example, bit for bit, on every path", async () => {
      const expected = circomWitness(circom, honest)
      assert.ok(expected)
      for (const path of addon.paths()) {
        const own = await new NativeProgram(addon, path, file).run(honest)
        assert.deepEqual(own && wires(own), expected, path)
      }
    })

    test('gives what circom gives, or refuses with it, where one input is another', async () => {
      const program = new NativeProgram(addon, addon.paths()[0]!, file)
      const random = new Random(17n)
      for (let change = 0; change < CHANGES; change++) {
        const input = changed(honest, random)
        const own = await program.run(input)
        assert.deepEqual(own && wires(own), circomWitness(circom, input), `change ${change}`)
      }
    })
  })
}
