import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileArtifacts } from '../../keys/build.ts'
import { buildProgram } from '../../keys/build-program.ts'
import { openWitnessMaker } from '../../prover/witness-maker.ts'
import { TOY_SOURCES } from '../support/circuits/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { PRODUCT, productInstance, toy } from '../support/toy-definitions.ts'

test('a witness is made without keys and without a program; for a false statement the error names template and line', async () => {
  await using folder = await temporaryDirectory()
  const options = { profile: 'small', buildDirectory: folder.path, sourceRoots: TOY_SOURCES } as const
  await compileArtifacts({ ...options, circuits: [PRODUCT] })
  await using maker = await openWitnessMaker(PRODUCT, { ...options, onWarning: assert.fail })
  const honest = productInstance(3n, 5n)
  const { generator, publicSignals, file, wires } = await maker.make(honest)
  assert.deepEqual(publicSignals, [15n, 100n, 7n])
  assert.equal(file.length, 76 + 32 * wires)
  assert.match(generator.name === 'circom' ? generator.reason : '', /its witness program was not built/)
  const { witness, statement } = honest
  const lie = maker.make({ witness, statement: { ...statement, product: 16n } })
  await assert.rejects(lie, (error: Error & { code?: string; details?: object }) => {
    assert.equal(error.code, 'WITNESS_FAILED')
    assert.match(error.message, /template Product \(line \d+/)
    return true
  })
})

test('a circuit that no rule orders is calculated by circom, and the signal without a rule is named', async () => {
  await using folder = await temporaryDirectory()
  const options = { profile: 'small', buildDirectory: folder.path, sourceRoots: TOY_SOURCES } as const
  const rooted = toy<'rooted', { square: bigint }, Record<never, never>>('rooted', ['square'], {})
  const [compiled] = await compileArtifacts({ ...options, circuits: [rooted] })
  assert.ok(await buildProgram(rooted, compiled!, { ...options, circuits: [rooted] }))
  await using maker = await openWitnessMaker(rooted, { ...options, onWarning: assert.fail })
  const { generator } = await maker.make({ statement: { square: 1n }, witness: {} })
  assert.deepEqual(generator, { name: 'circom', reason: 'no rule gives main.root' })
})
