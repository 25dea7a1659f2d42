import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { readR1cs } from '../../../circom/r1cs.ts'
import { readSymbols } from '../../../circom/symbols.ts'
import { calculateWitness } from '../../../circom/witness-calculator.ts'
import { wires } from '../../../circom/witness-wires.ts'
import { compileCached } from '../../../lab/circuits/compile-cached.ts'
import { product, range } from '../../../lab/enumeration/enumeration.ts'
import { compileProbe, type Probe } from '../../../lab/enumeration/tiny.ts'
import { mulDivUp } from '../../../protocol/numbers.ts'

/** The witness that circom's own generator makes of a probe's numbers, if it makes one. */
async function generatorOf(probe: Probe, inputs: readonly string[]) {
  const files = await compileProbe(probe, compileCached)
  const [r1cs, symbols] = await Promise.all([readR1cs(files.r1cs), readSymbols(files.sym)])
  const program = await WebAssembly.compile(await readFile(files.wasm))
  return (values: readonly number[]) => {
    const bytes = new BigUint64Array(4 * values.length)
    for (const [i, value] of values.entries()) bytes[4 * i] = BigInt(value)
    const result = calculateWitness(program, {
      signals: inputs.map((name) => ({ name, size: 1 })),
      values: bytes.buffer,
    })
    if (!('witness' in result)) return undefined
    const witness = wires(new Uint8Array(result.witness))
    assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
    return (name: string) => witness[symbols.wireOf(`main.${name}`)!]!
  }
}

suite('hints of the honest prover, at tiny widths', () => {
  test('the quotient that DivideUp assigns is the one that its constraints accept, for every product of 6 bits', async () => {
    const probe = { source: 'gadgets.circom', template: 'MulDivUpProbe', args: [7, 6] }
    const witnessOf = await generatorOf(probe, ['a', 'b'])
    for (const a of range(0, 450)) {
      const signal = witnessOf([a, 1])
      assert.equal(signal === undefined, a > 63 * 7, `${a}`)
      if (signal !== undefined) assert.equal(signal('out'), mulDivUp(BigInt(a), 1n, 7n))
    }
  })

  test('the vector that OneHot assigns is the one that its constraints accept, for every index', async () => {
    const probe = { source: 'gadgets.circom', template: 'PickOneProbe', args: [4] }
    const witnessOf = await generatorOf(probe, ['index', 'enabled'])
    product({ index: range(0, 6), enabled: [0, 1] }, ({ index, enabled }) => {
      const signal = witnessOf([index, enabled])
      assert.equal(signal !== undefined, enabled === 1 ? index < 4 : index === 0, `${index} ${enabled}`)
      if (signal !== undefined) assert.equal(signal('out'), enabled === 1 ? BigInt(10 + index) : 0n)
    })
  })
})
