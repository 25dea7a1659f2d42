import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { marginSufficiency } from '../../circuits/index.ts'
import { deriveToxicWaste } from '../../keys/dev/toxic-waste.ts'
import { DEFAULT_DEV_SEED } from '../../keys/selection.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { proofToJson } from '../../verifier/index.ts'
import { type CliResult, documentOf, errorOf, zkclear } from '../support/cli.ts'
import { marginArtifacts, marginArtifactsCopy } from '../support/margin-artifacts.ts'
import { simulateProof } from '../support/simulate.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const STATEMENT = { domain: 1n, stateRoot: 2n, riskRoot: 3n, ratioBps: 12_000n, context: 5n, nullifier: 6n }
const texts = (statement: object) =>
  Object.fromEntries(Object.entries(statement).map(([name, value]) => [name, String(value)]))

/** A proof of that statement in the form that `prove` writes. */
async function proofFile() {
  const vkey = JSON.parse(await readFile((await marginArtifacts()).files.vkey, 'utf8'))
  const proof = simulateProof(vkey, deriveToxicWaste(DEFAULT_DEV_SEED), marginSufficiency.encodeStatement(STATEMENT))
  const head = { version: 1, circuit: 'margin-sufficiency', profile: 'small' }
  return { ...head, proof: proofToJson(proof), statement: texts(STATEMENT) }
}

describe('zkclear verify', () => {
  let valid: Awaited<ReturnType<typeof proofFile>>
  before(async () => {
    valid = await proofFile()
  })

  const verify = async (files: Record<string, unknown>, ...args: string[]): Promise<CliResult> => {
    await using folder = await temporaryDirectory()
    for (const [name, content] of Object.entries(files)) {
      await writeFile(folder.file(name), typeof content === 'string' ? content : JSON.stringify(content))
    }
    const given = args.map((arg) => (arg.startsWith('./') ? folder.file(arg.slice(2)) : arg))
    return await zkclear(['verify', 'margin-sufficiency', '--proof', folder.file('proof.json'), '--json', ...given])
  }
  const refuses = async (proof: unknown, code: string, pathOrMessage: RegExp) => {
    const result = await verify({ 'proof.json': proof })
    assert.equal(result.code, 2)
    assert.equal(result.stdout, '')
    const error = errorOf(result)
    assert.equal(error.code, code)
    assert.match(error.message, pathOrMessage)
  }

  it('ends with 0 for a proof of its own statement', async () => {
    const result = await verify({ 'proof.json': valid })
    assert.equal(result.stderr, '')
    assert.equal(result.code, 0)
    assert.deepEqual(documentOf(result), {
      valid: true,
      circuit: 'margin-sufficiency',
      profile: 'small',
      proofSystem: 'groth16',
      statement: texts(STATEMENT),
    })
  })

  const bareFiles = () => {
    const signals = marginSufficiency.encodeStatement(STATEMENT).map(String)
    const { curve: _, ...rapidsnark } = valid.proof
    return { rapidsnark, signals }
  }

  it('takes a bare proof of another tool beside its public.json, or beside the statement that is given', async () => {
    const { rapidsnark, signals } = bareFiles()
    const beside = await verify({ 'proof.json': rapidsnark, 'public.json': signals })
    assert.equal(beside.code, 0, beside.stderr)
    assert.deepEqual(documentOf(beside).statement, texts(STATEMENT))
    const statement = { 'given.json': texts(STATEMENT) }
    const given = await verify({ 'proof.json': valid.proof, ...statement }, '--statement', './given.json')
    assert.equal(given.code, 0, given.stderr)
  })

  it('ends with 1 for a bare proof of other public inputs, and with 2 if they are missing or too few', async () => {
    const { rapidsnark, signals } = bareFiles()
    const other = await verify({ 'proof.json': rapidsnark, 'public.json': signals.with(0, '8') })
    assert.equal(other.code, 1)
    for (const [files, code] of [
      [{}, 'FILE_UNREADABLE'],
      [{ 'public.json': signals.slice(1) }, 'STATEMENT_INVALID'],
    ] as const) {
      const result = await verify({ 'proof.json': rapidsnark, ...files })
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, code)
    }
    await refuses({ ...rapidsnark, protocol: 'plonk' }, 'INPUT_INVALID', /proof\.protocol: .*--proof-system plonk/)
  })

  it('refuses a file in which an object has a key twice, without quoting it', async () => {
    const twice = JSON.stringify(valid).replace('"ratioBps":', '"ratioBps":"confidential","ratioBps":')
    await refuses(twice, 'INPUT_INVALID', /a key stands twice in one object \(line 1 column \d+\)/)
    assert.doesNotMatch((await verify({ 'proof.json': twice })).stderr, /confidential/)
  })

  it('ends with 1 when another statement is expected, or the file states another one', async () => {
    const other = { ...texts(STATEMENT), ratioBps: '12001' }
    const expected = await verify({ 'proof.json': valid, 'other.json': other }, '--statement', './other.json')
    const stated = await verify({ 'proof.json': { ...valid, statement: other } })
    for (const result of [expected, stated]) {
      assert.equal(result.code, 1)
      assert.equal(documentOf(result).valid, false)
    }
  })

  it('takes a verification key from a file, and ends with 3 for one that is unsafe or broken', async () => {
    const key = JSON.parse(await readFile((await marginArtifacts()).files.vkey, 'utf8'))
    const check = async (vkey: unknown) => verify({ 'proof.json': valid, 'vkey.json': vkey }, '--vkey', './vkey.json')
    assert.equal((await check(key)).code, 0)
    const unsafe = await check({ ...key, vk_delta_2: key.vk_gamma_2 })
    assert.equal(unsafe.code, 3)
    assert.equal(errorOf(unsafe).code, 'KEY_UNSAFE')
    const broken = await check({ ...key, IC: [] })
    assert.equal(broken.code, 3)
    assert.equal(errorOf(broken).code, 'ARTIFACT_CORRUPT')
  })

  it('ends with 3 when a built file has a flipped bit', async () => {
    await using copy = await marginArtifactsCopy()
    const vkey = await readFile(copy.file('vkey.json'))
    vkey[100]! ^= 1
    await writeFile(copy.file('vkey.json'), vkey)
    const result = await verify({ 'proof.json': valid }, '--build-directory', copy.buildDirectory)
    assert.equal(result.code, 3)
    assert.equal(errorOf(result).code, 'ARTIFACT_CORRUPT')
  })

  it('refuses a missing file and a directory', async () => {
    await using folder = await temporaryDirectory()
    for (const path of [folder.file('none.json'), folder.path]) {
      const result = await zkclear(['verify', 'margin-sufficiency', '--proof', path, '--json'])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, 'FILE_UNREADABLE')
      assert.equal(errorOf(result).path, path)
    }
  })

  it('refuses broken JSON without quoting it', async () => {
    await refuses('{"version": 1, "proof": confidential}', 'INPUT_INVALID', /is not JSON/)
    const { stderr } = await verify({ 'proof.json': '{"version": 1, "proof": confidential}' })
    assert.doesNotMatch(stderr, /confid/)
  })

  it('says of a file of another kind that it is no proof', async () => {
    const terms = new URL('../../samples/terms.json', import.meta.url).pathname
    const none = /^proof file: this is none of zkclear; "zkclear prove" writes one/
    for (const text of [await readFile(terms, 'utf8'), '[]', '5']) await refuses(text, 'INPUT_INVALID', none)
  })

  it('refuses a number that is r, negative, padded or no string', async () => {
    for (const value of [`${FIELD}`, '-1', '01', 1]) {
      const statement = { ...valid.statement, stateRoot: value }
      await refuses({ ...valid, statement }, 'INPUT_INVALID', /^statement\.stateRoot: must be/)
    }
  })

  it('refuses a number outside its width, and a wrong or missing name', async () => {
    const wide = { ...valid.statement, ratioBps: `${1 << 17}` }
    await refuses({ ...valid, statement: wide }, 'STATEMENT_INVALID', /ratioBps.*2\^17/)
    const { ratioBps, ...rest } = valid.statement
    await refuses({ ...valid, statement: { ...rest, ratio: ratioBps } }, 'INPUT_INVALID', /^statement/)
  })

  it('refuses the proof of another circuit', async () => {
    await refuses({ ...valid, circuit: 'trade-batch' }, 'INPUT_INVALID', /"trade-batch".*margin-sufficiency/)
  })

  it('refuses a file above the cap before parsing it', async () => {
    await refuses(' '.repeat((1 << 20) + 1), 'INPUT_INVALID', /is larger than 1048576 bytes/)
  })
})
