import assert from 'node:assert/strict'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { wtns } from 'snarkjs'
import { toBytes } from '../../circom/field-bytes.ts'
import { witnessFile } from '../../circom/witness-file.ts'
import { exit } from '../../circuits/index.ts'
import { flattenInput } from '../../circuits/input-schema.ts'
import { type BuiltArtifacts, buildArtifacts } from '../../keys/build.ts'
import { encodeExit } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { circomWitness } from '../support/witness-programs.ts'

const SILENT = { info: () => undefined, warn: () => undefined, debug: () => undefined }
const { statement: OWED, witness: LEAVING } = exit.example('small')

describe('zkclear witness', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let built: BuiltArtifacts
  let expected: Uint8Array
  before(async () => {
    ;[built] = (await buildArtifacts({ circuits: [exit], profile: 'small' })) as [BuiltArtifacts]
    folder = await temporaryDirectory()
    const { domain, stateRoot, riskRoot, account } = OWED
    const document = encodeExit({ ...LEAVING, domain, stateRoot, riskRoot, index: Number(account) }, 'small')
    for (const name of ['one.json', 'other.json']) await writeFile(folder.file(name), JSON.stringify(document))
    const circom = await WebAssembly.compile(await readFile(built.files.wasm))
    const input = flattenInput(exit, 'small', exit.buildInput(OWED, LEAVING, 'small'))
    expected = witnessFile(toBytes(circomWitness(circom, input)!))
  })
  after(async () => {
    // snarkjs keeps threads for the curve.
    await globalThis.curve_bn128?.terminate()
    await folder[Symbol.asyncDispose]()
  })

  const witness = (args: readonly string[], env: Record<string, string> = {}) =>
    zkclear(['witness', 'exit', '--json', ...args], { env })

  it("writes circom's own, which snarkjs checks, for its owner alone, and says what computed it", async () => {
    const out = folder.file('exit.wtns')
    await writeFile(out, 'what was there')
    await chmod(out, 0o644)
    const result = await witness(['--input', folder.file('one.json'), '--out', out])
    assert.equal(result.stderr, '', 'no progress in a pipe')
    assert.equal(result.code, 0)
    assert.ok((await readFile(out)).equals(expected))
    assert.equal((await stat(out)).mode & 0o777, 0o600)
    assert.ok(await wtns.check(built.files.r1cs, out, SILENT))
    const { circuit, profile, witnesses } = documentOf(result) as {
      circuit: string
      profile: string
      witnesses: { wires: number; generator: { name: string }; statement: unknown }[]
    }
    assert.deepEqual([circuit, profile, witnesses.length], ['exit', 'small', 1])
    assert.deepEqual([witnesses[0]!.wires, witnesses[0]!.generator.name], [built.manifest.signals, 'own'])
    assert.ok(!result.stdout.includes(String(LEAVING.marketsRoot)), 'nothing private is printed')
  })

  it("takes circom's calculator without the native prover, for the same bytes, and says why", async () => {
    const out = folder.file('slow.wtns')
    const result = await witness(['--input', folder.file('one.json'), '--out', out], { ZKCLEAR_NATIVE: 'off' })
    assert.equal(result.code, 0, result.stderr)
    assert.ok((await readFile(out)).equals(expected))
    const [{ generator }] = documentOf(result).witnesses as [{ generator: { name: string; reason: string } }]
    assert.equal(generator.name, 'circom')
    assert.match(generator.reason, /ZKCLEAR_NATIVE is off/)
  })

  it('names the witnesses of several inputs after them', async () => {
    const inputs = ['one.json', 'other.json'].map((name) => folder.file(name))
    const result = await zkclear(['witness', 'exit', '--input', ...inputs, '--out', folder.file('many')])
    assert.equal(result.code, 0, result.stderr)
    assert.deepEqual((await readdir(folder.file('many'))).sort(), ['one.wtns', 'other.wtns'])
    assert.match(result.stdout, /own program, path/)
  })

  it('ends with the codes of prove, and leaves nothing, where it cannot', async () => {
    const before = await readdir(folder.path)
    const [input, out] = [folder.file('one.json'), folder.file('none.wtns')]
    for (const [args, code, name] of [
      [['--input', folder.file('missing.json'), '--out', out], 2, 'FILE_UNREADABLE'],
      [['--input', input, '--out', folder.file('many')], 2, 'OUTPUT_UNWRITABLE'],
      [['--input', input, '--out', folder.file('no/such/folder.wtns')], 2, 'OUTPUT_UNWRITABLE'],
      [['--input', input, '--out', out, '--build-directory', folder.file('empty')], 3, 'ARTIFACT_MISSING'],
      [['--input', input, '--out', out, '--profile', 'huge'], 2, 'PROFILE_UNKNOWN'],
    ] as const) {
      const result = await witness(args)
      assert.equal(result.code, code, name)
      assert.equal(errorOf(result).code, name)
      assert.deepEqual(await readdir(folder.path), before, `${name}: nothing was written`)
    }
  })
})
