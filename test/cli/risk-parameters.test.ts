import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { toField } from '../../protocol/numbers.ts'
import { hashRiskParameters, riskParameterWords } from '../../protocol/risk/parameter-words.ts'
import { encodeRiskParameters, type LabelledParameters, sampleRiskParameters } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SAMPLE = new URL('../../samples/risk-parameters.json', import.meta.url).pathname
const labelled = sampleRiskParameters(1_750_000_000n)
const root = `${hashRiskParameters(labelled.parameters)}`
const parameters = (...args: string[]) => zkclear(['risk', 'parameters', ...args])

async function fileOf(directory: string, name: string, change: (text: string) => string): Promise<string> {
  const file = join(directory, name)
  await writeFile(file, change(await readFile(SAMPLE, 'utf8')))
  return file
}

describe('zkclear risk parameters', () => {
  it('check says what is listed and the root, as text and as JSON', async () => {
    const { code, stdout, stderr } = await parameters('check', SAMPLE)
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /│ 2 +│ ETH-40D-3200-C │ call +│ ETH +│ 3\.2 +│ 2025-07-25T00:00:00Z │/)
    assert.match(stdout, new RegExp(`parameters root ${root}\\n$`))
    const { markets, ...rest } = documentOf(await parameters('check', SAMPLE, '--json'))
    assert.deepEqual(rest, { valid: true, profile: 'small', parametersRoot: root, doubts: [] })
    assert.deepEqual((markets as object[])[0], {
      ...{ market: 0, name: 'ETH-PERP', kind: 'perpetual', underlying: 'ETH', strike: '', expiry: 'never' },
    })
  })

  it('check ends with 2 and names the value that breaks a bound, in the units of the file', async () => {
    await using directory = await temporaryDirectory()
    const file = await fileOf(directory.path, 'wide.json', (text) => text.replace('"band": "0.05"', '"band": "1.5"'))
    const result = await parameters('check', file, '--json')
    assert.deepEqual([result.code, result.stdout], [2, ''])
    const { code, path, message, details } = errorOf(result)
    assert.deepEqual([code, path], ['RISK_PARAMETERS_INVALID', 'parameters.markets[2].band'])
    assert.match(message, /is 1\.5; must be in \[0, 1\]; .*\(in .*wide\.json\)/)
    assert.deepEqual(details, { given: '1.5', allowed: 'in [0, 1]', file })
  })

  it('check warns of what is allowed and hardly meant', async () => {
    await using directory = await temporaryDirectory()
    const file = await fileOf(directory.path, 'one.json', (text) => text.replace('"quorum": "3"', '"quorum": "1"'))
    const { code, stdout } = await parameters('check', file)
    assert.equal(code, 0)
    assert.match(stdout, /\nwarning: quorum: 1 of 3 oracles is no majority/)
  })

  it('root prints the root alone', async () => {
    assert.deepEqual(await parameters('root', SAMPLE), { code: 0, stdout: `${root}\n`, stderr: '' })
    const words = riskParameterWords(labelled.parameters).map((word) => `${toField(word)}`)
    const document = documentOf(await parameters('root', SAMPLE, '--json'))
    assert.deepEqual(document, { profile: 'small', parametersRoot: root, words })
  })

  it('diff says of each change what it was, is and comes to, and ends with 0 where a table can follow', async () => {
    await using directory = await temporaryDirectory()
    const file = await fileOf(directory.path, 'new.json', (text) =>
      text
        .replace('"maxAge": "3600"', '"maxAge": "60"')
        .replace('"name": "BTC-PERP",', '$& "expiry": "2027-01-01T08:00:00Z",'),
    )
    const result = await parameters('diff', SAMPLE, file, '--json')
    assert.equal(result.code, 0)
    const { newRoot, ...rest } = documentOf(result)
    assert.notEqual(newRoot, root)
    assert.deepEqual(rest, {
      ...{ profile: 'small', oldRoot: root, refused: false },
      changes: [
        { path: 'maxAge', of: '', was: '3600', is: '60', kind: 'setting' },
        { path: 'markets[3].expiry', of: 'BTC-PERP', was: 'never', is: '2027-01-01T08:00:00Z', kind: 'delisting' },
      ],
    })
    const { stdout } = await parameters('diff', SAMPLE, file)
    assert.match(
      stdout,
      /│ markets\[3\]\.expiry │ BTC-PERP │ never │ 2027-01-01T08:00:00Z │ delisting: it settles at its expiry │/,
    )
  })

  it('diff ends with 1 where what is listed would become something else', async () => {
    await using directory = await temporaryDirectory()
    const file = await fileOf(directory.path, 'moved.json', (text) =>
      text.replace('"strike": "3.2"', '"strike": "3.3"'),
    )
    const { code, stdout } = await parameters('diff', SAMPLE, file)
    assert.equal(code, 1)
    assert.match(stdout, /│ markets\[2\]\.strike │ ETH-40D-3200-C │ 3\.2 │ 3\.3 │ REFUSED: something is listed there │/)
    assert.equal(documentOf(await parameters('diff', SAMPLE, file, '--json')).refused, true)
  })

  it('diff finds nothing between a file and itself, and lists a market where there was none', async () => {
    const { code, stdout } = await parameters('diff', SAMPLE, SAMPLE)
    assert.equal(code, 0)
    assert.match(stdout, /^no parameter is different\n/)
    await using directory = await temporaryDirectory()
    const file = await fileOf(directory.path, 'without.json', withoutLastMarket)
    const { changes } = documentOf(await parameters('diff', file, SAMPLE, '--json')) as { changes: { kind: string }[] }
    assert.ok(changes.length > 5 && changes.every(({ kind }) => kind === 'listing'))
  })

  it('diff refuses files that mean something else by their numbers', async () => {
    await using directory = await temporaryDirectory()
    const labels: LabelledParameters['labels'] = { ...labelled.labels, quoteDecimals: 8 }
    const file = await fileOf(directory.path, 'finer.json', () =>
      JSON.stringify(encodeRiskParameters({ ...labelled, labels })),
    )
    const result = await parameters('diff', SAMPLE, file, '--json')
    assert.equal(result.code, 2)
    assert.deepEqual([errorOf(result).code, errorOf(result).path], ['INPUT_INVALID', 'parameters.quoteDecimals'])
  })

  it('says which commands there are, and ends with 2 for files that are none', async () => {
    const { code, stderr } = await parameters('frobnicate')
    assert.equal(code, 2)
    assert.match(stderr, /commands: check, diff, root/)
    assert.equal(errorOf(await parameters('check', '/nowhere.json', '--json')).code, 'FILE_UNREADABLE')
    assert.equal(errorOf(await parameters('root', new URL(import.meta.url).pathname, '--json')).code, 'INPUT_INVALID')
  })
})

function withoutLastMarket(text: string): string {
  const file = JSON.parse(text)
  file.markets[3] = { kind: 'none' }
  return JSON.stringify(file)
}
