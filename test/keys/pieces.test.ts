import assert from 'node:assert/strict'
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { type Piece, writePieces } from '../../keys/pieces.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TEXTS = ['one ', 'and two ', '', 'and three', '.']

/** The pieces of the text; `made` is told which are made, and may throw. */
function pieces(made: (index: number) => void = () => {}): Piece[] {
  return TEXTS.map((text, index) => ({
    bytes: text.length,
    make: () => {
      made(index)
      return new TextEncoder().encode(text)
    },
  }))
}

/** A file of which the pieces before one were written when that one failed. */
async function interrupted(at: number) {
  const folder = await temporaryDirectory()
  const [path, journal] = [folder.file('file'), folder.file('journal')]
  const fails = pieces((index) => {
    if (index === at) throw new Error('the power went')
  })
  await assert.rejects(writePieces(path, fails, { journal }), /the power went/)
  const goOn = async () => {
    const made: number[] = []
    const told: number[] = []
    await writePieces(
      path,
      pieces((index) => made.push(index)),
      { journal, onWritten: (count) => told.push(count) },
    )
    assert.equal(await readFile(path, 'utf8'), TEXTS.join(''))
    assert.equal(told.at(-1), TEXTS.length)
    return made
  }
  return { ...folder, path, journal, goOn }
}

/** Nothing tells whether an empty piece was made: it counts as made with those before it, or is made again. */
const withoutEmpty = (made: readonly number[]) => made.filter((index) => TEXTS[index] !== '')

describe('a file that is written in pieces', () => {
  it('is gone on with after any of them, and none is made twice', async () => {
    for (const at of [1, 2, 3, 4]) {
      await using file = await interrupted(at)
      const rest = [0, 1, 3, 4].filter((index) => index >= at)
      assert.deepEqual(withoutEmpty(await file.goOn()), rest)
    }
  })

  it('loses what was written after the last whole piece', async () => {
    await using file = await interrupted(3)
    await appendFile(file.path, 'half of a pie')
    assert.deepEqual(withoutEmpty(await file.goOn()), [3, 4])
  })

  const damages: [string, (file: Awaited<ReturnType<typeof interrupted>>) => Promise<void>][] = [
    ['is shorter than its journal says', ({ path }) => truncate(path, 5)],
    ['differs in one byte from what was written', ({ path }) => writeFile(path, 'one but two ')],
    ['is gone', ({ path }) => writeFile(path, '')],
    ['has a journal that was cut off', ({ journal }) => truncate(journal, 20)],
    [
      'has a journal that ends within a piece',
      async ({ journal }) => writeFile(journal, (await readFile(journal, 'utf8')).replace('"bytes":12', '"bytes":11')),
    ],
  ]
  for (const [what, damage] of damages) {
    it(`is begun anew if it ${what}`, async () => {
      await using file = await interrupted(3)
      await damage(file)
      assert.deepEqual(await file.goOn(), [0, 1, 2, 3, 4])
    })
  }

  it('refuses a piece of another length than was said', async () => {
    await using folder = await temporaryDirectory()
    const wrong = { bytes: 3, make: () => new Uint8Array(2) }
    await assert.rejects(writePieces(folder.file('file'), [wrong]), /2 bytes, not 3/)
  })
})
