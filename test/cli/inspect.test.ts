import assert from 'node:assert/strict'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { CIRCUIT_NAMES, marginSufficiency } from '../../circuits/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { marginArtifacts, marginArtifactsCopy } from '../support/margin-artifacts.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { withFlippedBit } from '../support/toy-artifacts.ts'

const INSPECT = ['inspect', 'margin-sufficiency']

describe('zkclear inspect', () => {
  it('prints constraints, signals, public inputs in order, and sizes and sums of the keys', async () => {
    const { manifest } = await marginArtifacts()
    const result = await zkclear([...INSPECT, '--json'])
    assert.equal(result.code, 0)
    assert.equal(result.stderr, '')
    const document = documentOf(result)
    assert.deepEqual(document.constraints, manifest.constraints)
    assert.equal(document.signals, manifest.signals)
    assert.deepEqual(document.publicInputs, marginSufficiency.publicSignals)
    assert.deepEqual(document.files, manifest.files)
    assert.equal(document.setup, 'dev')
  })

  it('prints the same as a table for people, without colours in a pipe', async () => {
    const { stdout } = await zkclear(INSPECT)
    const { manifest } = await marginArtifacts()
    assert.match(stdout, new RegExp(`\\b${manifest.constraints.total}\\b`))
    assert.match(stdout, /Public inputs, in order: domain, stateRoot, riskRoot, ratioBps, context, nullifier/)
    assert.ok(!stdout.includes('\u001b'))
  })

  it('refuses a circuit or profile that is not on the list', async () => {
    for (const name of ['../trade-batch', '__proto__']) {
      const result = await zkclear(['inspect', name, '--json'])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, 'CIRCUIT_UNKNOWN')
      assert.ok(errorOf(result).message.includes(CIRCUIT_NAMES.join(', ')))
    }
    const result = await zkclear([...INSPECT, '--profile', 'huge', '--json'])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).code, 'PROFILE_UNKNOWN')
    assert.match(errorOf(result).message, /small, standard, large/)
  })

  it('ends with 3 and says what to run when nothing was built', async () => {
    await using empty = await temporaryDirectory()
    const options = ['--profile', 'standard', '--seed', 'mine', '--build-directory', empty.path]
    const result = await zkclear([...INSPECT, ...options, '--json'])
    assert.equal(result.code, 3)
    assert.equal(errorOf(result).code, 'ARTIFACT_MISSING')
    const command = `zkclear build --circuit margin-sufficiency --profile standard --seed 'mine' --build-directory ${empty.path}`
    assert.ok(errorOf(result).message.endsWith(`run "${command}"`), errorOf(result).message)
  })

  it('ends with 3 for a truncated key, a flipped bit and a broken manifest', async () => {
    await using copy = await marginArtifactsCopy()
    const zkey = await readFile(copy.file('circuit.zkey'))
    const refuses = async (message: RegExp) => {
      const result = await zkclear([...INSPECT, '--build-directory', copy.buildDirectory, '--json'])
      assert.equal(result.code, 3)
      assert.equal(result.stdout, '')
      assert.equal(errorOf(result).code, 'ARTIFACT_CORRUPT')
      assert.match(errorOf(result).message, message)
    }
    await writeFile(copy.file('circuit.zkey'), await withFlippedBit(copy.file('circuit.zkey')))
    await refuses(/circuit\.zkey does not have the sha256 sum/)
    await truncate(copy.file('circuit.zkey'), 1000)
    await refuses(/circuit\.zkey has 1000 bytes instead of \d+/)
    await writeFile(copy.file('circuit.zkey'), zkey)
    await writeFile(copy.file('manifest.json'), '{"version": 1')
    await refuses(/manifest\.json is not JSON/)
  })
})
