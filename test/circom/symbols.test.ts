import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parseSymbols, readSymbols, type Symbols } from '../../circom/symbols.ts'
import { wiresOfLabels } from '../../circom/wires-of-labels.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TEXT = ['1,1,3,main.out', '2,2,3,main.in', '3,1,0,main.a.out', '4,-1,0,main.a.in[0]', ''].join('\n')

const ofLabels = (symbols: Symbols, labels: readonly number[]) => labels.map((label) => symbols.signalOf(label))

describe('the names of signals', () => {
  it('are found by wire, by name and by label', () => {
    const symbols = parseSymbols(TEXT)
    assert.deepEqual(
      [0, 1, 2, 3].map((wire) => symbols.names(wire)),
      [[], ['main.out', 'main.a.out'], ['main.in'], []],
    )
    assert.deepEqual(
      ['main.out', 'main.in', 'main.a.out', 'main.a.in[0]', 'main.a', 'out', ''].map((name) => symbols.wireOf(name)),
      [1, 2, 1, undefined, undefined, undefined, undefined],
    )
    assert.deepEqual(ofLabels(symbols, [0, 1, 4, 5]), [
      undefined,
      { name: 'main.out', wire: 1 },
      { name: 'main.a.in[0]', wire: undefined },
      undefined,
    ])
    assert.equal(symbols.lastWire, 2)
  })

  it('may have labels in any order, and dots where nobody expects them', () => {
    const symbols = parseSymbols('9,3,0,.x\n4,1,0,y\n7,2,0,a..b\n')
    assert.deepEqual(ofLabels(symbols, [4, 7, 8, 9]), [
      { name: 'y', wire: 1 },
      { name: 'a..b', wire: 2 },
      undefined,
      { name: '.x', wire: 3 },
    ])
    assert.deepEqual(
      ['.x', 'x', 'y', 'a..b', 'a.b'].map((name) => symbols.wireOf(name)),
      [3, undefined, 1, 2, undefined],
    )
  })

  it('are refused with the line that is none', () => {
    assert.throws(() => parseSymbols('1,1,3,main.out\n\nmain.in\n'), { code: 'ARTIFACT_CORRUPT', message: /^line 3 / })
  })

  it('are the same of a file that is read in parts', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('large.sym')
    const count = 220_000
    const name = (at: number) => `main.${'é'.repeat(20)}[${at % 1000}].${'deep.'.repeat(8)}x[${at}]`
    const lines = Array.from({ length: count }, (_, at) => `${at + 1},${at + 1},0,${name(at)}`)
    // No new line behind the last.
    await writeFile(path, lines.join('\n'))
    const symbols = await readSymbols(path)
    assert.equal(symbols.lastWire, count)
    for (let at = 0; at < count; at++) assert.equal(symbols.names(at + 1)[0], name(at))
    await writeFile(path, [...lines, 'nothing'].join('\n'))
    await assert.rejects(readSymbols(path), { code: 'ARTIFACT_CORRUPT', message: new RegExp(`^line ${count + 1} `) })
    await assert.rejects(readSymbols(folder.file('none.sym')), { code: 'FILE_UNREADABLE' })
  })
})

describe('the wires of labels', () => {
  it('are found whether labels ascend or not', () => {
    for (const labels of [[0, 2, 3, 9], [0, 9, 2, 3], [5], []]) {
      const wireOf = wiresOfLabels(Uint32Array.from(labels))!
      for (let label = 0; label < 12; label++) {
        const wire = labels.indexOf(label)
        assert.equal(wireOf(label), wire < 0 ? undefined : wire)
      }
    }
  })

  it('are none where two wires have one label', () => {
    assert.equal(wiresOfLabels(Uint32Array.of(0, 2, 2)), undefined)
    assert.equal(wiresOfLabels(Uint32Array.of(0, 2, 1, 2)), undefined)
  })
})
