import assert from 'node:assert/strict'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { Wallet } from 'ethers'
import { errorOf, zkclear } from '../support/cli.ts'
import { OPERATOR } from '../support/service/test-keys.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('zkclear keys', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(() => folder[Symbol.asyncDispose]())

  it('makes a key store of the operator, which only its owner can read, and shows what is public of it', async () => {
    const out = folder.file('keys.json')
    await writeFile(folder.file('operator.txt'), `${OPERATOR}\n`, { mode: 0o600 })
    const made = await zkclear([
      'keys',
      'make',
      '--out',
      out,
      '--private-key-file',
      folder.file('operator.txt'),
      '--json',
    ])
    assert.equal(made.code, 0, made.stderr)
    assert.equal((await stat(out)).mode & 0o777, 0o600)
    const { out: _, ...shown } = JSON.parse(made.stdout)
    assert.deepEqual(shown.operators, [new Wallet(OPERATOR).address])
    assert.equal(Buffer.from(shown.log, 'base64').length, 32)
    assert.deepEqual(Object.keys(shown.sealing[0]), ['version', 'fingerprint', 'made'])
    const again = await zkclear(['keys', 'show', '--key-store', out, '--json'])
    assert.deepEqual(JSON.parse(again.stdout), { keyStore: out, ...shown })
    const text = await zkclear(['keys', 'show', '--key-store', out])
    const stored = JSON.parse(await readFile(out, 'utf8'))
    for (const { stdout, stderr } of [made, again, text]) {
      for (const secret of [OPERATOR.slice(2), stored.log, stored.sealing[0].key])
        assert.ok(!`${stdout}${stderr}`.includes(secret))
    }
    assert.match(text.stdout, new RegExp(shown.sealing[0].fingerprint))
  })

  it('takes the private key with 0x or without, and names the file of one that is none', async () => {
    const make = async (name: string, text: string) => {
      await writeFile(folder.file(`${name}.txt`), text)
      const [out, file] = [folder.file(`${name}.json`), folder.file(`${name}.txt`)]
      return { file, result: await zkclear(['keys', 'make', '--out', out, '--private-key-file', file, '--json']) }
    }
    const bare = await make('bare', `${OPERATOR.slice(2)}\n`)
    assert.equal(bare.result.code, 0, bare.result.stderr)
    assert.deepEqual(JSON.parse(bare.result.stdout).operators, [new Wallet(OPERATOR).address])
    for (const text of ['f00dface', '0'.repeat(64), 'f'.repeat(64)]) {
      const { file, result } = await make('bad', text)
      assert.deepEqual([result.code, errorOf(result).path], [2, file])
      assert.match(errorOf(result).message, /private key/)
      assert.ok(!result.stderr.includes(text))
    }
  })

  it('makes a new operator where none is given, and replaces no file', async () => {
    const out = folder.file('new.json')
    const made = await zkclear(['keys', 'make', '--out', out])
    assert.equal(made.code, 0, made.stderr)
    assert.match(made.stdout, /^operator 0x[0-9a-fA-F]{40}\n/)
    assert.match(made.stdout, /keep a copy somewhere else than the data of the venue/)
    const before = await readFile(out, 'utf8')
    const again = await zkclear(['keys', 'make', '--out', out, '--json'])
    assert.equal(again.code, 2)
    assert.equal(errorOf(again).code, 'OUTPUT_UNWRITABLE')
    assert.equal(await readFile(out, 'utf8'), before)
  })

  it('adds the key of another operator, and destroys that of a former one, but never the last', async () => {
    const [out, next] = [folder.file('operators.json'), folder.file('next.txt')]
    const key = `0x${'11'.repeat(32)}`
    await writeFile(next, key)
    const [{ operators: made }] = [JSON.parse((await zkclear(['keys', 'make', '--out', out, '--json'])).stdout)]
    const change = async (...args: readonly string[]) => {
      return await zkclear(['keys', 'operator', '--key-store', out, ...args, '--json'])
    }
    const added = await change('--private-key-file', next)
    assert.deepEqual(JSON.parse(added.stdout).operators, [...made, new Wallet(key).address])
    assert.ok(!`${added.stdout}${added.stderr}`.includes(key.slice(2)))
    const left = await change('--forget', made[0])
    assert.deepEqual(JSON.parse(left.stdout).operators, [new Wallet(key).address])
    for (const address of [made[0], new Wallet(key).address]) {
      const refused = await change('--forget', address)
      assert.deepEqual([refused.code, errorOf(refused).code], [2, 'INPUT_INVALID'])
    }
  })

  it('adds a sealing key, which is the newest', async () => {
    const out = folder.file('rotated.json')
    await zkclear(['keys', 'make', '--out', out])
    const rotated = await zkclear(['keys', 'rotate', '--key-store', out, '--json'])
    assert.equal(rotated.code, 0, rotated.stderr)
    const { sealing } = JSON.parse(rotated.stdout)
    assert.deepEqual(
      sealing.map(({ version }: { version: number }) => version),
      [1, 2],
    )
    assert.notEqual(sealing[0].fingerprint, sealing[1].fingerprint)
  })

  it('ends with 2 for a store that others can read, or that is none, and says nothing of its content', async () => {
    const path = folder.file('wrong.json')
    await zkclear(['keys', 'make', '--out', path])
    await chmod(path, 0o644)
    for (const verb of ['show', 'rotate']) {
      const open = await zkclear(['keys', verb, '--key-store', path, '--json'])
      assert.equal(open.code, 2)
      assert.match(errorOf(open).message, /can be read by others than its owner \(mode 0644\)/)
    }
    await chmod(path, 0o600)
    await writeFile(path, '{"operators": "planted"}')
    const none = await zkclear(['keys', 'show', '--key-store', path, '--json'])
    assert.equal(errorOf(none).code, 'INPUT_INVALID')
    assert.doesNotMatch(none.stderr, /planted/)
    const missing = await zkclear(['keys', 'rotate', '--key-store', folder.file('missing.json'), '--json'])
    assert.equal(missing.code, 2)
    const wrongKey = folder.file('key.txt')
    await writeFile(wrongKey, '0xplanted')
    const made = await zkclear([
      'keys',
      'make',
      '--out',
      folder.file('x.json'),
      '--private-key-file',
      wrongKey,
      '--json',
    ])
    assert.equal(errorOf(made).code, 'INPUT_INVALID')
    assert.doesNotMatch(made.stderr, /planted/)
  })
})
