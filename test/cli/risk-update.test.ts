import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { riskUpdate } from '../../circuits/risk-update/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { makeReport } from '../../lab/instances/reports.ts'
import { oracleKey } from '../../lab/instances/risk-parameters.ts'
import { hashRiskParameters } from '../../protocol/risk/parameter-words.ts'
import { venueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { decodeRiskSnapshot, encodePrices, encodeRiskParameters, sampleRiskParameters } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SHAPE = venueShape('small')
const LABELLED = sampleRiskParameters(BigInt(Math.floor(Date.now() / 1000)))
/** With a quorum that two oracles make, so that the third can be left out. */
const SAMPLE = { ...LABELLED, parameters: { ...LABELLED.parameters, quorum: 2n } }
const PARAMETERS = { ...SAMPLE.parameters, oracles: [0, 1, 2].map((i) => tradingKey(oracleKey(i))) }
const VENUE = ['--chain-id', '31337', '--settlement', '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e']

suite('risk update', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    await buildArtifacts({ circuits: [riskUpdate], profile: 'small' })
    folder = await temporaryDirectory()
    const file = encodeRiskParameters({ ...SAMPLE, parameters: PARAMETERS })
    await writeFile(folder.file('parameters.json'), JSON.stringify(file))
  })
  after(() => folder[Symbol.asyncDispose]())

  /** A report of an oracle, signed by its own process. */
  async function sign(oracle: number, name: string, timestamp: bigint): Promise<string> {
    const { indices, forwards, volatilities } = makeReport(SHAPE)
    const prices = encodePrices({ indices, forwards, volatilities, timestamp }, 'small')
    await writeFile(folder.file('prices.json'), JSON.stringify(prices))
    const env = { ZKCLEAR_ORACLE_KEY: Buffer.from(oracleKey(oracle)).toString('hex') }
    const args = ['oracle', 'sign', '--feed-set', `${PARAMETERS.feedSet}`, '--prices', 'prices.json', '--out', name]
    const done = await zkclear([...args, '--max-age', '86400', '--json'], { cwd: folder.path, env })
    assert.equal(done.code, 0, done.stderr)
    return name
  }

  const update = (reports: readonly string[], ...rest: readonly string[]) => {
    const args = ['risk', 'update', '--parameters', 'parameters.json', '--report', ...reports, ...VENUE, ...rest]
    return zkclear([...args, '--json'], { cwd: folder.path })
  }
  const snapshot = async (name: string) =>
    decodeRiskSnapshot(JSON.parse(await readFile(folder.file(name), 'utf8')), 'small')

  test('proves the first table and the next from reports that oracles signed, and says what it left out', async () => {
    const now = BigInt(Math.floor(Date.now() / 1000)) - 600n
    const first: string[] = []
    for (const i of [0, 1, 2]) first.push(await sign(i, `first-${i}.json`, now))
    const made = await update(first, '--out', 'proof-1.json', '--snapshot-out', 'table-1.json')
    assert.equal(made.code, 0, made.stderr)
    const { statement, leftOut } = documentOf(made) as { statement: Record<string, string>; leftOut: unknown[] }
    assert.deepEqual(leftOut, [])
    assert.deepEqual([statement.oldRiskRoot, statement.parametersRoot], ['0', `${hashRiskParameters(PARAMETERS)}`])
    const verified = await zkclear(['verify', 'risk-update', '--proof', 'proof-1.json', '--json'], { cwd: folder.path })
    assert.equal(verified.code, 0, verified.stderr)

    const second: string[] = []
    for (const i of [1, 2]) second.push(await sign(i, `second-${i}.json`, now + 300n))
    const reports = [...second, 'first-0.json', 'missing.json']
    const next = await update(reports, '--before', 'table-1.json', '--out', 'p.json', '--snapshot-out', 'table-2.json')
    assert.equal(next.code, 0, next.stderr)
    const later = documentOf(next) as {
      statement: Record<string, string>
      leftOut: { place: string; reason: string }[]
    }
    assert.equal(later.statement.oldRiskRoot, statement.newRiskRoot)
    assert.deepEqual(later.leftOut.map(({ place }) => place).sort(), ['first-0.json', 'missing.json'])
    assert.equal(later.leftOut.find(({ place }) => place === 'first-0.json')!.reason, 'NOT_NEWER')
    const table = (await snapshot('table-2.json')).table
    assert.equal(table.asOf, now + 300n)
    assert.ok(table.asOf > (await snapshot('table-1.json')).table.asOf)
  })

  test('writes nothing where the reports are too few, or two outputs have one name', async () => {
    const now = BigInt(Math.floor(Date.now() / 1000))
    const lone = await sign(0, 'lone.json', now)
    const few = await update([lone], '--out', 'few.json', '--snapshot-out', 'few-table.json')
    assert.deepEqual([few.code, errorOf(few).code], [2, 'REPORT_REFUSED'])
    const same = await update([lone], '--out', 'few.json', '--snapshot-out', 'few.json')
    assert.deepEqual([same.code, errorOf(same).path], [2, '--out'])
    const alias = await update([lone], '--out', 'few.json', '--snapshot-out', `${folder.path}/./few.json`)
    assert.deepEqual([alias.code, errorOf(alias).path], [2, '--out'])
    await writeFile(folder.file('old.json'), '{}')
    const old = await update([lone], '--before', 'old.json', '--out', './old.json', '--snapshot-out', 'few-table.json')
    assert.deepEqual([old.code, errorOf(old).path], [2, '--out'])
    assert.deepEqual([existsSync(folder.file('few.json')), existsSync(folder.file('few-table.json'))], [false, false])
  })
})
