import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { wtns } from 'snarkjs'
import { audit } from '../../audit/audit.ts'
import { openAuditSubject } from '../../audit/audit-subject.ts'
import { Forger } from '../../audit/forge.ts'
import { inputCalculator } from '../../audit/input-calculator.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { writeWitnessFile } from '../../audit/wtns.ts'
import { harnessOf } from '../../lab/circuits/harness.ts'
import { compileCorpus, corpusDefinition } from '../../lab/corpus/compiled.ts'
import { CORPUS } from '../../lab/corpus/corpus.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function open(name: string) {
  const circuit = CORPUS.find((one) => one.name === name)!
  const files = await compileCorpus(circuit)
  const harness = await harnessOf(corpusDefinition(circuit), files)
  const program = await WebAssembly.compile(await readFile(files.wasm))
  const calculate = inputCalculator(harness.r1cs, harness.symbols, program)
  return { ...harness, files, calculate, sample: harness.expectPass(circuit.sample) }
}

/** Says whether x is that of the multiple of a base that a scalar says, by its bits. */
const WIDE_SCALAR = `pragma circom 2.1.5;
include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/escalarmulfix.circom";

template WideScalar() {
    signal input scalar, x;
    signal output isEqual;
    var base[2] = [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    signal multiple[2] <== EscalarMulFix(254, base)(BITS(scalar));
    isEqual <== IsEqual()([multiple[0], x]);
}

component main = WideScalar();
`

const SILENT = { info: () => undefined, warn: () => undefined, debug: () => undefined }

async function snarkjsAccepts(r1csFile: string, witnessFile: string): Promise<boolean> {
  try {
    return await wtns.check(r1csFile, witnessFile, SILENT)
  } finally {
    await globalThis.curve_bn128?.terminate()
  }
}

suite('forging a compiled circuit', () => {
  test('gives two witnesses that snarkjs accepts', async () => {
    const { r1cs, files, calculate, sample } = await open('AliasedLimbs')
    const forger = new Forger({ r1cs, proven: new Uint8Array(r1cs.nWires), witness: sample, calculate })
    const { forgery } = await forger.forge(1, { timeout: 60_000 })
    assert.ok(forgery)
    await using folder = await temporaryDirectory()
    for (const name of ['first', 'second'] as const) {
      const path = folder.file(`${name}.wtns`)
      await writeWitnessFile(path, forgery[name])
      assert.equal(await snarkjsAccepts(files.r1cs, path), true, name)
      await writeWitnessFile(`${path}.wrong`, forgery[name].with(1, forgery[name][1]! + 1n))
      assert.equal(await snarkjsAccepts(files.r1cs, `${path}.wrong`), false, name)
    }
  })

  test('answers for other targets from what it has found', async () => {
    const { r1cs, calculate, sample } = await open('AliasedLimbs')
    const forger = new Forger({ r1cs, proven: new Uint8Array(r1cs.nWires), witness: sample, calculate })
    assert.ok((await forger.forge(1, { timeout: 60_000 })).forgery)
    assert.ok((await forger.forge(2, { timeout: 60_000, steps: 0 })).forgery)
  })

  test('begins by itself where an input has to be what the others give', async () => {
    const { r1cs, calculate } = await open('CommittedRatio')
    const forger = new Forger({ r1cs, proven: new Uint8Array(r1cs.nWires), calculate })
    const { forgery } = await forger.forge(1, { work: 1_000_000 })
    assert.notEqual(forgery!.first[1], forgery!.second[1])
  })

  test('asks the circuit itself for the witness of other inputs', async () => {
    const { r1cs, calculate, sample } = await open('AliasedLimbs')
    const { from, to } = inputWires(r1cs)
    assert.deepEqual(await calculate(sample.slice(from, to)), sample)
    assert.deepEqual((await calculate([(1n << 128n) + 5n]))?.slice(0, 4), [1n, 5n, 1n, (1n << 128n) + 5n])
  })

  test('carries the other bits of a number through a multiple to an answer, and proves it where there are none', async () => {
    await using folder = await temporaryDirectory()
    const verdictWith = async (bits: string) => {
      const path = folder.file('scalar.circom')
      await writeFile(path, WIDE_SCALAR.replace('BITS', bits))
      const { targets } = await audit({ ...(await openAuditSubject(path)), targets: ['isEqual'] })
      return targets[0]!.verdict
    }
    assert.equal(await verdictWith('Num2Bits(254)'), 'FORGED')
    assert.equal(await verdictWith('Num2Bits_strict()'), 'PROVEN')
  })
})
