import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { marginSufficiency } from '../../circuits/index.ts'
import { soliditySource } from '../../verifier/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { marginArtifacts } from '../support/margin-artifacts.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('zkclear export', () => {
  before(() => marginArtifacts())

  it('writes the verifier of the circuit, whose header names the key', async () => {
    await using folder = await temporaryDirectory()
    const out = folder.file('Verifier.sol')
    const result = await zkclear(['export', 'margin-sufficiency', '--out', out, '--json'])
    assert.equal(result.code, 0, result.stderr)
    const { files, manifest } = await marginArtifacts()
    const digest = manifest.files['vkey.json'].sha256
    const contract = 'MarginSufficiencyVerifier'
    const common = { circuit: 'margin-sufficiency', profile: 'small', proofSystem: 'groth16' }
    assert.deepEqual(documentOf(result), { ...common, contract, setup: 'dev', key: digest, out })
    const vkey = JSON.parse(await readFile(files.vkey, 'utf8'))
    const source = await soliditySource(marginSufficiency, vkey, { digest, setup: 'dev' })
    assert.equal(await readFile(out, 'utf8'), source)
  })

  it('writes nothing where no key was built for the proof system', async () => {
    await using folder = await temporaryDirectory()
    const where = ['--build-directory', folder.file('empty'), '--out', folder.file('Verifier.sol')]
    const result = await zkclear(['export', 'margin-sufficiency', '--proof-system', 'plonk', ...where, '--json'])
    assert.equal(result.code, 3)
    assert.equal(errorOf(result).code, 'ARTIFACT_MISSING')
    assert.match(errorOf(result).message, /run "zkclear build --circuit \S+ --proof-system plonk --build-directory /)
    assert.deepEqual(await readdir(folder.path), [])
  })
})

describe('--proof-system', () => {
  const refused = async (args: readonly string[], path: string, message: RegExp) => {
    const result = await zkclear([...args, '--json'])
    assert.equal(result.code, 2, result.stderr)
    const error = errorOf(result)
    assert.deepEqual([error.code, error.path], ['INPUT_INVALID', path])
    assert.match(error.message, message)
  }

  it('is refused for a circuit that is not offered in it, by every command', async () => {
    await using folder = await temporaryDirectory()
    const proof = folder.file('proof.json')
    for (const args of [
      ['build', '--circuit', 'trade-batch'],
      ['prove', 'trade-batch', '--input', 'batch.json', '--out', proof],
      ['verify', 'trade-batch', '--proof', proof],
    ]) {
      const message = /trade-batch is offered in groth16, not in "fflonk"/
      await refused([...args, '--proof-system', 'fflonk'], 'proofSystem', message)
    }
    assert.deepEqual(await readdir(folder.path), [])
  })

  it('must be one that exists', async () => {
    await refused(['build', '--proof-system', 'stark'], '--proof-system', /"stark", need one of groth16, plonk, fflonk/)
  })

  it('must be that of the proof: verify says which one to give', async () => {
    await using folder = await temporaryDirectory()
    const proof = folder.file('proof.json')
    const document = { version: 1, circuit: 'margin-sufficiency', profile: 'small', statement: {} }
    await writeFile(proof, JSON.stringify({ ...document, proof: { protocol: 'plonk' } }))
    const message = /is "plonk", but the command line says groth16; give --proof-system plonk/
    await refused(['verify', 'margin-sufficiency', '--proof', proof], 'proof file.proof.protocol', message)
  })
})
