import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { calculateWitness } from '../../../circom/witness-calculator.ts'
import { CIRCUITS } from '../../../circuits/index.ts'
import { flattenInput } from '../../../circuits/input-schema.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { acquireThreads, releaseThreads } from '../../../prover/snarkjs-threads.ts'
import { exampleInput } from '../../../scripts/bench/example-input.ts'
import { type Blinding, fieldBytes, proveNatively, proveWithSnarkjs } from '../../support/blinded-proofs.ts'
import { nativePaths } from '../../support/native-addon.ts'
import { toyArtifacts } from '../../support/toy-artifacts.ts'
import { POWERS, PRODUCT } from '../../support/toy-definitions.ts'

const LAST = FIELD - 1n
const mod = (value: bigint) => ((value % FIELD) + FIELD) % FIELD

/** All wires of `product`, its public ones first. */
function productWires(left: bigint, right: bigint, offset: bigint): Uint8Array {
  return fieldBytes([1n, mod(left * right), mod((left + offset) ** 2n), offset, left, right])
}

/** All wires of `powers`: roots and their squares. */
function powersWires(first: bigint, second: bigint): Uint8Array {
  const squares = [mod(first ** 2n), mod(second ** 2n)]
  return fieldBytes([1n, ...squares.map((square) => mod(square ** 2n)), first, second, ...squares])
}

suite("with the same blinding the native proof is snarkjs's, bit for bit", () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  before(async () => {
    toys = await toyArtifacts([PRODUCT, POWERS])
    await acquireThreads()
  })
  after(async () => {
    await releaseThreads()
    await toys[Symbol.asyncDispose]()
  })

  async function assertEqual(zkey: string, witness: Uint8Array, blinding: Blinding): Promise<void> {
    const expected = await proveWithSnarkjs(zkey, witness, blinding)
    for (const path of await nativePaths()) {
      for (const threads of [1, 2]) {
        const proof = await proveNatively(zkey, witness, blinding, { path, threads })
        assert.deepEqual(proof, expected, `${path}, ${threads} threads`)
      }
    }
  }

  const PRODUCTS: [name: string, Uint8Array][] = [
    ['all zero', productWires(0n, 0n, 0n)],
    ['all one', productWires(1n, 1n, 0n)],
    ['r - 1 wherever it can be', productWires(LAST, LAST, LAST)],
    ['small', productWires(3n, 5n, 7n)],
    ['around half of r', productWires(FIELD >> 1n, (FIELD >> 1n) + 1n, 1n)],
    ['around a power of two', productWires((1n << 253n) - 1n, 1n << 128n, LAST)],
  ]
  for (const [name, witness] of PRODUCTS) {
    test(`for a product whose wires are ${name}`, async () => {
      const { files } = await toys.load(PRODUCT)
      await assertEqual(files.zkey, witness, { r: 123_456_789n, s: FIELD - 2n })
    })
  }

  for (const [r, s] of [
    [0n, 0n],
    [1n, LAST],
    [LAST, 0n],
  ] as const) {
    test(`for fourth powers, blinded by ${r === LAST ? 'r - 1' : r} and ${s === LAST ? 'r - 1' : s}`, async () => {
      const { files } = await toys.load(POWERS)
      await assertEqual(files.zkey, powersWires(2n, LAST - 1n), { r, s })
    })
  }

  test('for a margin proof', async () => {
    const definition = CIRCUITS['margin-sufficiency']
    const { files } = await loadArtifacts(definition, 'small')
    const program = await WebAssembly.compile(await readFile(files.wasm))
    const result = calculateWitness(
      program,
      flattenInput(definition, 'small', exampleInput('margin-sufficiency', 'small')),
    )
    assert.ok('witness' in result)
    await assertEqual(files.zkey, new Uint8Array(result.witness), { r: FIELD >> 2n, s: FIELD >> 3n })
  })
})
