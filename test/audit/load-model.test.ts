import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { loadModel } from '../../audit/load-model.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

suite('model files', () => {
  test('are ES modules, in TypeScript too, whose default export is a model', async () => {
    await using folder = await temporaryDirectory()
    const text = (type: string) =>
      `const bits${type} = 8\nexport default { inputs: { a: { bits } }, legal: () => true }\n`
    await writeFile(folder.file('model.mjs'), text(''))
    await writeFile(folder.file('model.ts'), text(': number'))
    for (const name of ['model.mjs', 'model.ts']) {
      const model = await loadModel(folder.file(name))
      assert.deepEqual(model.inputs, { a: { bits: 8 } })
    }
  })

  test('are refused with the reason', async () => {
    await using folder = await temporaryDirectory()
    const refused: [string, RegExp][] = [
      ['export const model = {}', /no default export/],
      ['export default {', /does not load/],
      ['throw new Error("not today")', /not today/],
      ['export default { inputs: {}, legal: 1 }', /model\.inputs/],
    ]
    for (const [index, [text, message]] of refused.entries()) {
      const file = folder.file(`model-${index}.mjs`)
      await writeFile(file, text)
      await assert.rejects(loadModel(file), { code: 'INPUT_INVALID', message })
    }
    await assert.rejects(loadModel(folder.file('nowhere.mjs')), { code: 'FILE_UNREADABLE' })
  })
})
