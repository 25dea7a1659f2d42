import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { portfolioExposure } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { scenarioProfits } from '../../protocol/exposure.ts'
import { decodeState } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { writeVenue } from '../support/venue-folder.ts'

const SETTLEMENT = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const LENDER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

interface Document {
  readonly proofs: readonly { readonly statement: Record<string, unknown>; readonly warnings: readonly string[] }[]
}

describe('zkclear prove portfolio-exposure', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let venue: Awaited<ReturnType<typeof writeVenue>>
  let request: Record<string, unknown>
  /** What the account wins under scenarios 1 to 7. */
  let profits: bigint[]

  before(async () => {
    await buildArtifacts({ circuits: [portfolioExposure], profile: 'small' })
    folder = await temporaryDirectory()
    venue = await writeVenue(folder.path)
    const [flow, genesis, risk] = ['flow.csv', 'genesis.json', 'risk.json'].map((name) => folder.file(name))
    const chain = ['--chain-id', '31337', '--settlement', SETTLEMENT]
    const inputs = ['--flow', flow!, '--genesis', genesis!, '--risk', risk!]
    const { code, stderr } = await zkclear(['simulate', ...inputs, ...chain, '--out', folder.file('run')])
    assert.equal(code, 0, stderr)
    const state = decodeState(JSON.parse(await readFile(folder.file('run/state.json'), 'utf8')), 'small')
    const account = venue.roles.wellMargined
    profits = scenarioProfits(state.accounts.get(account)!, venue.riskTable)
    assert.ok(profits.some((profit) => profit < 0n))
    request = {
      version: 1,
      state: 'run/state.json',
      risk: 'run/risk.json',
      account,
      ownerSecret: { keys: 'keys.json' },
      domain: { chainId: '31337', settlement: SETTLEMENT },
      context: { gate: LENDER, purpose: `0x${'01'.repeat(32)}` },
      low: '-1000000000000',
      high: '1000000000000',
    }
  })
  after(() => folder[Symbol.asyncDispose]())

  /** Writes the request and proves it; the output must not appear unless the command succeeds. */
  const prove = async (changes: object, args: readonly string[] = ['--json']) => {
    await writeFile(folder.file('request.json'), JSON.stringify({ ...request, ...changes }))
    const before = await readdir(folder.path)
    const input = ['--input', folder.file('request.json'), '--out', folder.file('proof.json')]
    const result = await zkclear(['prove', 'portfolio-exposure', ...input, ...args])
    if (result.code !== 0) assert.deepEqual(await readdir(folder.path), before, 'nothing was written')
    return result
  }
  const refuses = async (changes: object, code: string, path: string, message: RegExp) => {
    const result = await prove(changes)
    assert.deepEqual([result.code, errorOf(result).code, errorOf(result).path], [2, code, path])
    assert.match(errorOf(result).message, message)
  }

  it('proves bounds that are one for all scenarios, and verifies what it wrote, negative ones too', async () => {
    const result = await prove({ memo: '42' })
    assert.equal(result.code, 0, result.stderr)
    const { proofs } = documentOf(result) as unknown as Document
    assert.equal(proofs[0]!.statement.memo, '42')
    assert.deepEqual(proofs[0]!.statement.low, new Array(7).fill('-1000000000000'))
    assert.deepEqual(proofs[0]!.warnings, [])
    const verify = ['verify', 'portfolio-exposure', '--proof', folder.file('proof.json'), '--json']
    assert.equal((await zkclear(verify)).code, 0)
    const file = JSON.parse(await readFile(folder.file('proof.json'), 'utf8'))
    file.statement.low[0] = '-999999999999'
    await writeFile(folder.file('proof.json'), JSON.stringify(file))
    assert.equal((await zkclear(verify)).code, 1)
  })

  it('warns of bounds that tell about sizes, in the document or on standard error, and proves them all the same', async () => {
    const exact = { low: profits.map(String), high: profits.map(String) }
    const result = await prove(exact)
    assert.equal(result.code, 0, result.stderr)
    const { proofs } = documentOf(result) as unknown as Document
    const tight = /^the band of scenarios? 1\D.* narrower than what one lot of some market moves there/
    assert.equal(proofs[0]!.warnings.length, 1)
    assert.match(proofs[0]!.warnings[0]!, tight)
    const shown = await prove(exact, [])
    assert.equal(shown.code, 0)
    assert.match(shown.stderr, /^zkclear: warning: the band of scenario/m)
  })

  it('ends with 1 for bounds that do not hold, says which and what the profit is, and writes no proof', async () => {
    const losing = profits.findIndex((profit) => profit < 0n)
    const low = profits.with(losing, profits[losing]! + 1n).map(String)
    const result = await prove({ low })
    assert.equal(result.code, 1)
    assert.equal(errorOf(result).code, 'WITNESS_FAILED')
    const reason = `the account's profit is ${profits[losing]} quanta in scenario ${losing + 1}, not in`
    assert.ok(errorOf(result).message.startsWith(`portfolio-exposure cannot be proved: ${reason}`))
  })

  it('refuses lists of another length, bounds that cross or are no numbers, and names that are wrong', async () => {
    await refuses({ low: ['-5'] }, 'INPUT_INVALID', 'request.low', /has 1 bounds; need one, or a list of 7/)
    await refuses({ low: '5', high: '4' }, 'STATEMENT_INVALID', 'statement.low[0]', /is 5, above its high 4/)
    await refuses({ high: '1e9' }, 'INPUT_INVALID', 'request.high', /must be a decimal string/)
    await refuses({ high: String(1n << 68n) }, 'STATEMENT_INVALID', 'statement.high[0]', /must be in \[-2\^68, 2\^68\)/)
    await refuses({ memo: '-1' }, 'INPUT_INVALID', 'request.memo', /must be a decimal string without sign/)
    await refuses({ ratioBps: '10000' }, 'INPUT_INVALID', 'request', /ratioBps/)
  })
})
