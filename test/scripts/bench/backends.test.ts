import assert from 'node:assert/strict'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { packageRoot } from '../../../circom/paths.ts'
import { wireRange } from '../../../circom/witness-wires.ts'
import { domainLog } from '../../../keys/dev/qap.ts'
import { loadAddon } from '../../../prover/native/addon.ts'
import { parseExternal } from '../../../scripts/bench/backends/command-template.ts'
import { nativeName, THREADS } from '../../../scripts/bench/backends/contestants.ts'
import { runExternal } from '../../../scripts/bench/backends/external.ts'
import { chainCircuit, type MeasuredCircuit } from '../../../scripts/bench/backends/measured-circuit.ts'
import { PARTS } from '../../../scripts/bench/backends/native-parts.ts'
import { largestChain, powerChain } from '../../../scripts/bench/backends/power-chain.ts'
import { measureScaling } from '../../../scripts/bench/backends/scaling.ts'
import { measureSideBySide } from '../../../scripts/bench/backends/side-by-side.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SCRIPT = join(packageRoot(), 'test', 'support', 'external-prover.ts')
const outside = (how: string) =>
  parseExternal(`outside="${process.execPath}" "${SCRIPT}" ${how} {zkey} {wtns} {proof} {public}`)

describe('the chain of fifth powers', () => {
  it('is satisfied by its witness, and broken by another', () => {
    const { r1cs, witness, signals } = powerChain(61)
    const values = wireRange(witness, 0, r1cs.nWires)
    assert.deepEqual(findBrokenConstraints(r1cs, values), [])
    assert.deepEqual(values.slice(1, 1 + r1cs.nPublic), signals)
    const changed = values.with(1, values[1]! ^ 1n)
    assert.deepEqual(findBrokenConstraints(r1cs, changed), [r1cs.nConstraints - 1])
  })

  it('fills its domain up to the last row', () => {
    for (const log of [4, 10]) {
      assert.equal(domainLog({ nConstraints: largestChain(log), nPublic: 1 }), log)
      assert.equal(powerChain(largestChain(log)).r1cs.nConstraints, largestChain(log))
    }
  })
})

describe('the backends side by side', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let circuit: MeasuredCircuit
  before(async () => {
    folder = await temporaryDirectory()
    circuit = await chainCircuit(61, folder.path)
  })
  after(() => folder[Symbol.asyncDispose]())

  it('are measured with an outside prover among them', async () => {
    const paths = loadAddon()?.paths() ?? []
    const result = await measureSideBySide(circuit, { runs: 1, externals: [outside('honest')] })
    const native = paths.flatMap((path) => THREADS.toReversed().map((threads) => nativeName(path, threads)))
    assert.deepEqual(
      result.backends.map(({ name }) => name),
      [...native, 'snarkjs', 'outside'],
    )
    for (const { wall } of result.backends) assert.equal(wall.runs, 1)
    assert.deepEqual(
      result.native.map(({ path }) => path),
      paths,
    )
    for (const { parts, cpu, memoryGrowth } of result.native) {
      assert.deepEqual(Object.keys(parts), [...PARTS])
      for (const number of [...Object.values(parts), cpu, memoryGrowth]) assert.ok(number >= 0)
    }
  })

  it('are measured in several sizes', async () => {
    const { sizes } = await measureScaling({ runs: 1, logs: [4, 5] })
    assert.deepEqual(
      sizes.map(({ log, constraints, paths }) => [log, constraints, paths.map(({ path }) => path)]),
      [4, 5].map((log) => [log, 2 ** log - 3, loadAddon()?.paths() ?? []]),
    )
  })

  const wrong: readonly [how: string, message: RegExp][] = [
    ['fails', /^the prover "outside" made no proof: it ended with 3\. out of luck$/],
    ['other-signals', /its public signals are not those of the witness/],
    ['garbage', /^the prover "outside" made no proof: proof/],
  ]
  for (const [how, message] of wrong) {
    it(`refuse an outside prover that gives ${how}`, async () => {
      await assert.rejects(runExternal(outside(how), circuit), { code: 'PROOF_INVALID', message })
    })
  }

  it('refuse an outside prover whose proof does not verify', async () => {
    const { proof } = await runExternal(outside('other-proof'), circuit)
    await assert.rejects(circuit.check(proof, 'outside'), {
      code: 'PROOF_INVALID',
      message: 'the proof of chain of fifth powers by outside does not verify',
    })
  })

  it('refuse an outside prover that does not exist or writes nothing', async () => {
    const run = (command: string) => runExternal(parseExternal(`outside=${command} {zkey} {wtns} {proof}`), circuit)
    await assert.rejects(run('"/no such/prover"'), { code: 'PROOF_INVALID', message: /ENOENT/ })
    await assert.rejects(run(`"${process.execPath}" -e ''`), { code: 'PROOF_INVALID', message: /ENOENT/ })
  })
})
