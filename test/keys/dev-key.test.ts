import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { buildPoseidon } from 'circomlibjs'
import { type CircuitSignals, curves, groth16, zKey } from 'snarkjs'
import type { CompilableCircuit } from '../../circom/main-component.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { createDevKey } from '../../keys/dev/dev-key.ts'
import { oddLagrangeAt, rootOfUnity } from '../../keys/dev/lagrange.ts'
import { Multiplier } from '../../keys/dev/multiply.ts'
import { deriveToxicWaste } from '../../keys/dev/toxic-waste.ts'
import { compileCached } from '../../lab/circuits/compile-cached.ts'
import { invert, power, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { proofToJson } from '../../verifier/proof.ts'
import { below, preimage, product, TOY_SOURCES } from '../support/circuits/index.ts'
import { knownPowersOfTau } from '../support/known-powers-of-tau.ts'
import { simulateProof } from '../support/simulate.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { fileSections } from '../support/zkey-sections.ts'

async function compiled(definition: CompilableCircuit) {
  const files = await compileCached(definition, { optimization: 'O2', sourceRoots: TOY_SOURCES })
  return { ...files, constraints: await readR1cs(files.r1cs) }
}

async function preimageInput(secret: bigint) {
  const poseidon = await buildPoseidon()
  return { digest: poseidon.F.toObject(poseidon([secret])), bound: 200n, secret }
}

describe('dev keys', () => {
  after(async () => {
    // snarkjs leaves its threads running.
    await globalThis.curve_bn128?.terminate()
  })

  const cases: { circuit: CompilableCircuit; input: () => Promise<CircuitSignals> | CircuitSignals }[] = [
    { circuit: product, input: () => ({ product: 15n, square: 49n, offset: 4n, left: 3n, right: 5n }) },
    { circuit: preimage, input: () => preimageInput(123n) },
  ]
  for (const { circuit, input } of cases) {
    test(`snarkjs proves and verifies the circuit ${circuit.name} with a key from a seed`, async () => {
      await using folder = await temporaryDirectory()
      const { wasm, constraints } = await compiled(circuit)
      const [zkey, vkeyFile] = [folder.file('circuit.zkey'), folder.file('vkey.json')]
      const vkey = await createDevKey({ r1cs: constraints, secrets: 'a seed', zkey, vkey: vkeyFile })

      const { proof, publicSignals } = await groth16.fullProve(await input(), wasm, zkey)
      assert.equal(await groth16.verify({ ...vkey }, publicSignals, proof), true)
      const other = [String(BigInt(publicSignals[0]!) + 1n), ...publicSignals.slice(1)]
      assert.equal(await groth16.verify({ ...vkey }, other, proof), false)
      assert.deepEqual(await zKey.exportVerificationKey(zkey), vkey)
      assert.deepEqual(JSON.parse(await readFile(vkeyFile, 'utf8')), vkey)
    })
  }

  test('the same seed gives the same key and another seed another one', async () => {
    await using folder = await temporaryDirectory()
    const { constraints: r1cs } = await compiled(product)
    const make = async (secrets: string, threads: number) => {
      const zkey = folder.file(`${secrets}-${threads}.zkey`)
      await createDevKey({ r1cs, secrets, zkey, threads })
      return readFile(zkey)
    }
    const key = await make('one', 1)
    assert.deepEqual(await make('one', 2), key)
    assert.notDeepEqual(await make('two', 1), key)
  })

  test('whoever knows the seed forges proofs, which is what makes dev keys unfit for a public chain', async () => {
    await using folder = await temporaryDirectory()
    const { constraints } = await compiled(product)
    const vkey = await createDevKey({ r1cs: constraints, secrets: 'seed', zkey: folder.file('circuit.zkey') })
    const falsehood = [7n, 5n, 3n]
    const proof = simulateProof(vkey, deriveToxicWaste('seed'), falsehood)
    assert.equal(await groth16.verify({ ...vkey }, falsehood.map(String), proofToJson(proof) as never), true)
  })

  test('reports progress that never falls and ends at 1', async () => {
    await using folder = await temporaryDirectory()
    const { constraints } = await compiled(preimage)
    const fractions: number[] = []
    const onProgress = ({ fraction }: { fraction: number }) => fractions.push(fraction)
    await createDevKey({ r1cs: constraints, secrets: 'seed', zkey: folder.file('circuit.zkey'), onProgress })
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    )
    assert.equal(fractions.at(-1), 1)
    assert.ok(fractions.length > 5)
  })

  test('stops with ABORTED and leaves no key file', async () => {
    await using folder = await temporaryDirectory()
    const { constraints } = await compiled(preimage)
    const zkey = folder.file('circuit.zkey')
    const controller = new AbortController()
    const onProgress = () => controller.abort()
    const making = createDevKey({ r1cs: constraints, secrets: 'seed', zkey, signal: controller.signal, onProgress })
    await assert.rejects(making, { code: 'ABORTED' })
    await assert.rejects(stat(zkey), { code: 'ENOENT' })
  })

  for (const [name, value] of [
    ['delta', 0n],
    ['tau', 1n],
    ['alpha', 21888242871839275222246405745257275088548364400416034343698204186575808495617n],
  ] as const) {
    test(`refuses ${name} = ${value}`, async () => {
      await using folder = await temporaryDirectory()
      const { constraints } = await compiled(product)
      const secrets = { ...deriveToxicWaste('seed'), [name]: value }
      const making = createDevKey({ r1cs: constraints, secrets, zkey: folder.file('circuit.zkey') })
      await assert.rejects(making, { code: 'INPUT_INVALID' })
    })
  }
})

describe("a key from the secrets of a powers-of-tau file, with delta = 1, is snarkjs's own", () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let known: Awaited<ReturnType<typeof knownPowersOfTau>>
  before(async () => {
    folder = await temporaryDirectory()
    known = await knownPowersOfTau(8)
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
    await (await curves.getCurveFromName('bn128')).terminate()
  })

  async function bothKeys(circuit: CompilableCircuit) {
    const { r1cs, constraints } = await compiled(circuit)
    const [ours, theirs] = [folder.file('ours.zkey'), folder.file('theirs.zkey')]
    const vkey = await createDevKey({ r1cs: constraints, secrets: { ...known.secrets, delta: 1n }, zkey: ours })
    await zKey.newZKey(r1cs, known.ptau, theirs)
    return { vkey, theirs, own: await fileSections(ours), reference: await fileSections(theirs) }
  }

  const names = { 1: 'protocol', 2: 'header', 3: 'IC', 4: 'coefficients', 5: 'A', 6: 'B1', 7: 'B2', 8: 'C', 9: 'H' }
  for (const circuit of [product, below]) {
    test(`point by point, for the circuit ${circuit.name}`, async () => {
      const { vkey, theirs, own, reference } = await bothKeys(circuit)
      assert.deepEqual([...own.keys()], [...reference.keys()])
      for (const [number, name] of Object.entries(names)) {
        assert.ok(own.get(Number(number)) === reference.get(Number(number)), name)
      }
      assert.deepEqual(await zKey.exportVerificationKey(theirs), vkey)
    })
  }

  test('also for a circuit as large as the file, but for the highest power of tau, which the file lacks', async () => {
    const { vkey, theirs, own, reference } = await bothKeys(preimage)
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) assert.ok(own.get(number) === reference.get(number), `${number}`)
    assert.deepEqual(await zKey.exportVerificationKey(theirs), vkey)

    // A file of size n ends at tau^(2n-2), so snarkjs leaves the term of degree N - 1 = 2n - 1 out of each Lagrange
    // polynomial of 2n points; of the one of point v^j it is v^j / N. The quotient's degree is too low to notice.
    const size = 2n * 2n ** 8n
    const { tau } = known.secrets
    const missing = (power(tau, size - 1n) * invert(size)) % FIELD
    const scalars = oddLagrangeAt(tau, 8).map((value, index) =>
      reduce(value - power(rootOfUnity(9), 2n * BigInt(index) + 1n) * missing),
    )
    await using multiplier = await Multiplier.create()
    const points = Buffer.from(await multiplier.multiply('g1', scalars)).toString('hex')
    assert.ok(points === reference.get(9), 'H')
  })
})
