import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { after, before, it, suite } from 'node:test'
import type { RiskUpdateStatement } from '../../circuits/index.ts'
import { readProofFile } from '../../cli/proof-file.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { connect, DEPLOYED_CIRCUITS, updateRisk } from '../../settlement/index.ts'
import { decodeRiskSnapshot, encodeRiskParameters } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { startVenue } from '../support/node-venue.ts'
import { LABELLED, PARAMETERS, writeReports } from '../support/signed-reports.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SKEW = 900
const GAP = 150

// One venue's tables, each following from the one before: the order of the tests is that of its life.
suite('risk tables on a chain, with real proofs', () => {
  let venue: Awaited<ReturnType<typeof startVenue>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
    venue = await startVenue()
    folder = await temporaryDirectory()
    await writeFile(folder.file('parameters.json'), JSON.stringify(encodeRiskParameters(LABELLED)))
    const stricter = { ...LABELLED, parameters: { ...PARAMETERS, jumpBps: 500n } }
    await writeFile(folder.file('other-parameters.json'), JSON.stringify(encodeRiskParameters(stricter)))
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const run = (command: string, ...args: readonly string[]) =>
    zkclear(['risk', command, ...args, '--json'], { cwd: folder.path, env: { ZKCLEAR_PRIVATE_KEY: '' } })
  const onChain = () => ['--rpc', venue.rpcUrl, '--settlement', venue.settlement]
  const files = (name: string) => ['--out', `${name}.proof.json`, '--snapshot-out', `${name}.json`]
  const does = async (...args: Parameters<typeof run>) => {
    const result = await run(...args)
    assert.equal(result.code, 0, result.stderr)
    return documentOf(result)
  }
  const pass = async (seconds: number) => {
    await venue.ask('evm_increaseTime', seconds)
    await venue.ask('evm_mine')
  }
  /** Reports of now, after that many seconds have passed. */
  const reportsIn = async (seconds: number) => {
    await pass(seconds)
    return await writeReports(folder.path, await venue.time())
  }
  /** Makes a proof without sending it. */
  const prove = (name: string, reports: readonly string[], ...rest: readonly string[]) =>
    does(
      ...(['update', '--report', ...reports, '--chain-id', '31337', '--settlement', venue.settlement] as const),
      ...[...files(name), ...(rest.includes('--parameters') ? [] : ['--parameters', 'parameters.json']), ...rest],
    )
  const bring = async (name: string) => {
    const { proof, statement } = await readProofFile(folder.file(`${name}.proof.json`))
    using connection = await connect({ rpcUrl: venue.rpcUrl })
    const proved = { proof, statement: statement as RiskUpdateStatement }
    return await updateRisk({ signer: connection.signer, settlement: venue.settlement, proved })
  }
  const refused = (call: Promise<unknown>, refusal: string, standing?: string) =>
    assert.rejects(call, (error: { code: string; details: Record<string, unknown> }) => {
      const { code, details } = error
      assert.deepEqual([code, details.refusal, details.standing], ['CONTRACT_REFUSED', refusal, standing])
      return true
    })
  const rootOf = async (name: string) =>
    hashRiskTable(decodeRiskSnapshot(JSON.parse(await readFile(folder.file(name), 'utf8')), 'small').table)

  it('come one after the other by one command, which takes parameters and the table before from the chain', async () => {
    for (const number of ['1', '2']) {
      const reports = await reportsIn(GAP)
      const brought = await does('update', '--report', ...reports, ...onChain(), ...files('mine'))
      assert.deepEqual([brought.settled, brought.number, brought.reused], ['now', number, false])
    }
    assert.equal((await venue.status()).riskRoot, await rootOf('mine.json'))
  })

  it('are no newer than the gap allows: that is said before anything is proved', async () => {
    const reports = await reportsIn(10)
    const early = await run('update', '--report', ...reports, ...onChain(), ...files('early'))
    assert.deepEqual([early.code, errorOf(early).code], [2, 'REPORT_REFUSED'])
    await assert.rejects(readFile(folder.file('early.proof.json')), { code: 'ENOENT' })
    // The table before, which was computed from the chain, is kept.
    assert.equal(await rootOf('early.json'), await rootOf('mine.json'))
  })

  it('that were proved and not brought are, when the command is run again; and once somebody else brought them, nothing is sent', async () => {
    const reports = await reportsIn(GAP)
    await prove('next', reports, '--before', 'mine.json')
    const again = await does('update', '--report', ...reports, ...onChain(), ...files('next'))
    assert.deepEqual([again.settled, again.number, again.reused], ['now', '3', true])
    await refused(bring('next'), 'RiskRootNotNewest', 'settled')
  })

  it('of a snapshot that is lost or long past are computed from the chain', async () => {
    const newest = await rootOf('next.json')
    await rm(folder.file('next.json'))
    const table = await does(
      'table',
      ...onChain(),
      '--after',
      'mine.json',
      '--out',
      'risk.json',
      '--snapshot-out',
      's.json',
    )
    assert.deepEqual([table.riskRoot, table.number], [String(newest), '3'])
    assert.equal(await rootOf('s.json'), newest)
    const reports = await reportsIn(GAP)
    const brought = await does('update', '--report', ...reports, ...onChain(), ...files('fourth'))
    assert.equal(brought.number, '4')
  })

  it('are refused out of their order, of another contract, of other parameters, and of a time long ago', async () => {
    const reports = await reportsIn(GAP)
    await prove('reordered', reports, '--before', 'mine.json')
    await refused(bring('reordered'), 'RiskRootNotNewest', 'superseded')
    const elsewhere = ['--settlement', '0x70997970C51812dc3A010C7d01b50e0d17dc79C8']
    await prove('foreign', reports, '--before', 'fourth.json', ...elsewhere)
    await refused(bring('foreign'), 'DomainWrong')
    await prove('stricter', reports, '--before', 'fourth.json', '--parameters', 'other-parameters.json')
    await refused(bring('stricter'), 'ParametersNotInForce')
    await prove('stale', reports, '--before', 'fourth.json')
    await pass(SKEW + 1)
    await refused(bring('stale'), 'RiskTimeOutOfRange')
    const late = await run('update', '--report', ...reports, ...onChain(), ...files('stale'))
    assert.deepEqual([late.code, errorOf(late).code], [2, 'REPORT_REFUSED'])
    const foreign = await run(
      'update',
      '--report',
      ...reports,
      ...onChain(),
      ...files('x'),
      '--parameters',
      'other-parameters.json',
    )
    assert.deepEqual([foreign.code, errorOf(foreign).path], [2, '--parameters'])
  })

  it('follow an outage of days as they follow any other', async () => {
    const reports = await reportsIn(20 * 3_600)
    const brought = await does('update', '--report', ...reports, ...onChain(), ...files('fourth'))
    assert.equal(brought.number, '5')
    const { markets } = decodeRiskSnapshot(
      JSON.parse(await readFile(folder.file('fourth.json'), 'utf8')),
      'small',
    ).table
    assert.deepEqual(
      markets.map(({ phase }) => phase),
      [1n, 1n, 1n, 1n],
    )
  })
})
