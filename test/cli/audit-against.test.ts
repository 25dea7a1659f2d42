import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { CORPUS_ROOT } from '../../lab/corpus/compiled.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const RANGE = `${CORPUS_ROOT}/range.circom`
const MODEL = `
const fits = (x) => x < 1n << 16n
export default {
  inputs: { a: { bits: 16 }, b: { bits: 16 } },
  legal: ({ a, b }) => (fits(a) && fits(b) ? a < b || 'NOT_BELOW' : 'OUT_OF_RANGE'),
}
`

async function modelFile() {
  const folder = await temporaryDirectory()
  await writeFile(folder.file('model.mjs'), MODEL)
  return { ...folder, model: folder.file('model.mjs') }
}

const against = (template: string, model: string) =>
  ['audit', RANGE, '--template', template, '--arguments', '16', '--against', model, '--cases', '200'] as const

describe('zkclear audit --against', () => {
  it('ends with 0 where circuit and model agree', async () => {
    await using folder = await modelFile()
    const result = await zkclear([...against('BoundedLess', folder.model), '--json'])
    assert.equal(result.code, 0, result.stderr)
    const { verdict, tried, seed, counterexamples } = documentOf(result)
    assert.deepEqual([verdict, seed, counterexamples], ['AGREES', '1', []])
    assert.equal((tried as { total: number }).total, 200)
  })

  it('ends with 1 and shows inputs where they differ, as text and as JSON', async () => {
    await using folder = await modelFile()
    const [text, json] = await Promise.all([
      zkclear(against('UnboundedLess', folder.model)),
      zkclear([...against('UnboundedLess', folder.model), '--json']),
    ])
    assert.deepEqual([text.code, json.code], [1, 1])
    assert.match(text.stdout, /^DIFFERS: /)
    assert.match(text.stdout, /ACCEPTED_ILLEGAL \(OUT_OF_RANGE\)\n {2}a = \d+\n {2}b = \d+\n/)
    const [first] = documentOf(json).counterexamples as { direction: string; inputs: Record<string, string> }[]
    assert.equal(first!.direction, 'ACCEPTED_ILLEGAL')
    assert.match(first!.inputs.b!, /^\d+$/)
  })

  it('refuses malformed options', async () => {
    const model = 'nowhere.mjs'
    const refused: [readonly string[], string, RegExp][] = [
      [against('BoundedLess', model), 'FILE_UNREADABLE', /nowhere/],
      [['audit', RANGE, '--against', model, '--arguments', '1,x'], 'INPUT_INVALID', /--arguments/],
    ]
    for (const [args, code, message] of refused) {
      const result = await zkclear([...args, '--json'])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, code)
      assert.match(errorOf(result).message, message)
    }
  })
})
