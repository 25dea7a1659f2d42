import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { CORPUS_ROOT } from '../soundness/compiled.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const DIVISION = `${CORPUS_ROOT}/division.circom`
const forgeable = (...more: string[]) => ['audit', DIVISION, '--template', 'RateOfAnything', '--json', ...more]

describe('zkclear audit', () => {
  it('ends with 1 for a forged output, writes two witnesses, and never replaces them', async () => {
    await using folder = await temporaryDirectory()
    const result = await zkclear(forgeable('--output', folder.file('forged')))
    assert.equal(result.code, 1, result.stderr)
    const { counts, targets } = documentOf(result)
    assert.deepEqual(counts, { PROVEN: 0, HARMLESS: 0, FORGED: 1, UNKNOWN: 0 })
    const names = ['main.rate.first.wtns', 'main.rate.second.wtns']
    const [{ verdict, witnesses }] = targets as [{ verdict: string; witnesses: string[] }]
    assert.deepEqual([verdict, witnesses], ['FORGED', names.map((name) => folder.file(`forged/${name}`))])
    assert.deepEqual((await readdir(folder.file('forged'))).toSorted(), names)

    const again = await zkclear(forgeable('--output', folder.file('forged'), '--policy', 'forged'))
    assert.deepEqual([again.code, errorOf(again).code], [2, 'OUTPUT_UNWRITABLE'])
  })

  it('ends with 0 where everything is proved, as text', async () => {
    await using folder = await temporaryDirectory()
    const args = ['audit', DIVISION, '--template', 'RateOfSomething', '--all']
    const { code, stdout, stderr } = await zkclear(args, { cwd: folder.path })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /PROVEN +│ HARMLESS +│ FORGED +│ UNKNOWN/)
    assert.deepEqual(await readdir(folder.path), [])
  })

  it('ends with 2 for a signal, a file or a kind of file that is none', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('notes.txt'), 'no circuit')
    const cases = [
      [forgeable('--signal', 'main.nothing'), 'INPUT_INVALID'],
      [['audit', folder.file('absent.r1cs'), '--json'], 'FILE_UNREADABLE'],
      [['audit', folder.file('notes.txt'), '--json'], 'INPUT_INVALID'],
    ] as const
    for (const [args, expected] of cases) {
      const result = await zkclear(args)
      assert.deepEqual([result.code, errorOf(result).code], [2, expected])
    }
  })
})
