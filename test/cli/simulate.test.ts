import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { describe, it } from 'node:test'
import { TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { venueShape } from '../../protocol/shape.ts'
import { genesisState, stateRoot } from '../../protocol/state.ts'
import { decodeState, decodeTradeBatch, formatFlowCsv, generateFlow } from '../../venue/index.ts'
import { type CliOptions, documentOf, errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { AS_OF, writeVenue } from '../support/venue-folder.ts'

const SETTLEMENT = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

/** A folder with a venue's files, and `simulate` run on them. */
async function venueFolder() {
  const folder = await temporaryDirectory()
  const venue = await writeVenue(folder.path)
  const simulate = (changes: Record<string, string | undefined> = {}, options: CliOptions = {}) => {
    const settings = {
      flow: folder.file('flow.csv'),
      genesis: folder.file('genesis.json'),
      risk: folder.file('risk.json'),
      'chain-id': '31337',
      settlement: SETTLEMENT,
      out: folder.file('run'),
      ...changes,
    }
    const args = Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    )
    return zkclear(['simulate', ...args, ...(options.interrupt === undefined ? ['--json'] : ['--verbose'])], options)
  }
  const json = async (name: string) => JSON.parse(await readFile(folder.file(name), 'utf8'))
  const refuses = async (changes: Record<string, string | undefined>, code: string, path: string, message: RegExp) => {
    const before = await readdir(folder.path)
    const result = await simulate(changes)
    assert.equal(result.stdout, '')
    assert.equal(result.code, 2)
    const error = errorOf(result)
    assert.equal(error.code, code)
    assert.equal(error.path, path)
    assert.match(error.message, message)
    assert.deepEqual(await readdir(folder.path), before, 'nothing was written')
  }
  return {
    ...folder,
    venue,
    simulate,
    refuses,
    json,
    /** Writes one of the venue's files again, changed. */
    async edit<File>(name: string, change: (file: File) => void) {
      const file: File = await json(name)
      change(file)
      await writeFile(folder.file(name), JSON.stringify(file))
    },
  }
}

describe('zkclear simulate', () => {
  it('writes batches that follow from each other, the last state, and a summary', async () => {
    await using folder = await venueFolder()
    const result = await folder.simulate()
    assert.equal(result.stderr, '')
    assert.equal(result.code, 0)
    assert.deepEqual((await readdir(folder.file('run'))).sort(), [
      'batches',
      'genesis.json',
      'risk.json',
      'state.json',
      'summary.json',
    ])
    const names = (await readdir(folder.file('run/batches'))).sort()
    assert.deepEqual(names, ['000001.json', '000002.json'])
    const batches = await Promise.all(
      names.map(
        async (name) =>
          decodeTradeBatch(await folder.json(`run/batches/${name}`), 'small', TRADE_BATCH_SIZES.small).transition,
      ),
    )
    const genesis = stateRoot(genesisState(folder.venue.genesis, venueShape('small')))
    assert.equal(stateRoot(batches[0]!.before), genesis)
    assert.equal(stateRoot(batches[1]!.before), stateRoot(batches[0]!.after))
    const last = decodeState(await folder.json('run/state.json'), 'small')
    assert.equal(stateRoot(last), stateRoot(batches[1]!.after))
    assert.equal(batches[0]!.context.domain, settlementDomain(31337n, SETTLEMENT))

    const summary = await folder.json('run/summary.json')
    assert.deepEqual(documentOf(result), { out: folder.file('run'), ...summary })
    assert.equal(summary.genesisRoot, String(genesis))
    assert.equal(summary.stateRoot, String(stateRoot(last)))
    const { intents, messages, trades, lots, refused, withoutEffect, cancelsMissed, evicted, batches: count } = summary
    assert.deepEqual(
      { intents, messages, trades, lots, refused, withoutEffect, cancelsMissed, evicted, count },
      {
        intents: 6,
        messages: 6,
        trades: 2,
        lots: '60',
        refused: {},
        withoutEffect: 1,
        cancelsMissed: 0,
        evicted: 0,
        count: 2,
      },
    )
  })

  it('lets positions only be closed from --closing-from on, and the batches say so', async () => {
    await using folder = await venueFolder()
    for (const [from, closingOnly, trades, withoutEffect] of [
      [AS_OF + 11n, false, 2, 1],
      [AS_OF + 10n, true, 0, 5],
    ] as const) {
      const result = await folder.simulate({ 'closing-from': String(from), out: folder.file(`run ${from}`) })
      assert.equal(result.code, 0, result.stderr)
      const summary = documentOf(result)
      assert.deepEqual([summary.trades, summary.withoutEffect], [trades, withoutEffect])
      assert.equal((await folder.json(`run ${from}/batches/000001.json`)).closingOnly, closingOnly)
    }
    await folder.refuses({ 'closing-from': '-1' }, 'INPUT_INVALID', '--closing-from', /from 0/)
  })

  it('reads LOBSTER files; order ids become accounts of the genesis', async () => {
    await using folder = await venueFolder()
    // The first incoming order falls to the account that lacks margin, the second one to another.
    const flow = ['34203.1,1,1001,50,30010,-1', '34203.3,4,1001,30,30010,-1', '34203.4,4,1001,20,30010,-1']
    await writeFile(folder.file('messages.csv'), flow.join('\n'))
    const lobster = { flow: folder.file('messages.csv'), format: 'lobster' }
    await folder.refuses(lobster, 'INPUT_INVALID', '--start-of-day', /is missing/)
    const twice = { ...lobster, flow: folder.file('twice.csv'), 'start-of-day': '0' }
    await writeFile(twice.flow, [...flow, '34203.5,1,1001,50,30010,-1'].join('\n'))
    await folder.refuses(twice, 'FLOW_INVALID', 'flow line 4, column order id', /order of an earlier line/)
    const result = await folder.simulate({ ...lobster, 'start-of-day': String(AS_OF - 34_200n) })
    assert.equal(result.code, 0)
    const { messages, trades, lots, refused, ghosts } = documentOf(result)
    const expected = { messages: 2, trades: 1, lots: '20', refused: { MARGIN: 1 }, ghosts: 0 }
    assert.deepEqual({ messages, trades, lots, refused, ghosts }, expected)
  })

  it('goes on from a state, at a table that it is checked against; begins at a genesis or at a state, and not at both', async () => {
    await using folder = await venueFolder()
    const first = documentOf(await folder.simulate())
    const changes = { genesis: undefined, state: folder.file('run/state.json'), keys: folder.file('keys.json') }
    const result = await folder.simulate({ ...changes, out: folder.file('again') })
    assert.equal(result.code, 0, result.stderr)
    const { startRoot, genesisRoot, trades, batches } = documentOf(result)
    assert.deepEqual([startRoot, genesisRoot, trades], [first.stateRoot, undefined, 2])
    assert.ok(Number(batches) > 0)
    assert.deepEqual((await readdir(folder.file('again'))).toSorted(), [
      ...['batches', 'risk.json', 'state.json', 'summary.json'],
    ])
    const json = await folder.json('again/batches/000001.json')
    const { before } = decodeTradeBatch(json, 'small', TRADE_BATCH_SIZES.small).transition
    assert.equal(String(stateRoot(before)), first.stateRoot)
    const next = { ...changes, out: folder.file('never') }
    await folder.refuses(
      { ...next, genesis: folder.file('genesis.json') },
      'INPUT_INVALID',
      '--genesis',
      /one of --gen/,
    )
    await folder.refuses({ ...next, state: undefined }, 'INPUT_INVALID', '--genesis', /give one of/)
    await folder.edit('risk.json', ({ markets: [market] }: { markets: [{ longRisk: string }] }) => {
      market.longRisk = '1'
    })
    await folder.refuses(next, 'RISK_TABLE_INVALID', 'risk.markets[0].longRisk', /must be at least \d+/)
  })

  it('fills an empty directory, and refuses one with files in it', async () => {
    await using folder = await venueFolder()
    await mkdir(folder.file('run'))
    assert.equal((await folder.simulate()).code, 0)
    const out = folder.file('run')
    await folder.refuses({}, 'OUTPUT_UNWRITABLE', out, /a directory with files in it; name a new or empty one/)
  })

  it('lets nobody but the owner read what it writes, whatever the umask and the directory that was there', async () => {
    await using folder = await venueFolder()
    await mkdir(folder.file('run'))
    await chmod(folder.file('run'), 0o777)
    const umask = process.umask(0)
    try {
      assert.equal((await folder.simulate()).code, 0)
    } finally {
      process.umask(umask)
    }
    const entries = ['.', ...(await readdir(folder.file('run'), { recursive: true }))]
    assert.ok(entries.includes('batches/000001.json'))
    for (const entry of entries) {
      const found = await stat(folder.file(`run/${entry}`))
      assert.equal(found.mode & 0o777, found.isDirectory() ? 0o700 : 0o600, entry)
    }
  })

  it('refuses an output path below a file or in a folder that is not there', async () => {
    await using folder = await venueFolder()
    for (const out of [folder.file('flow.csv/run'), folder.file('none/run')]) {
      await folder.refuses({ out }, 'OUTPUT_UNWRITABLE', out, /ENOTDIR|ENOENT/)
    }
  })

  it('refuses a malformed address, chain, format or number', async () => {
    await using folder = await venueFolder()
    for (const [settlement, message] of [
      [SETTLEMENT.replace('F', 'f'), /checksum is wrong/],
      [SETTLEMENT.slice(2), /0x and 40 hex digits/],
      [`0x${'00'.repeat(20)}`, /zero address/],
    ] as const) {
      await folder.refuses({ settlement }, 'INPUT_INVALID', '--settlement', message)
    }
    await folder.refuses({ 'chain-id': '-1' }, 'INPUT_INVALID', '--chain-id', /decimal integer from 0/)
    await folder.refuses({ format: 'xml' }, 'INPUT_INVALID', '--format', /csv, lobster/)
    await folder.refuses({ 'tick-seconds': '0' }, 'INPUT_INVALID', '--tick-seconds', /from 1/)
    assert.equal((await folder.simulate({ settlement: undefined })).code, 2)
  })

  it('refuses a missing flow, and names line and column of a broken one', async () => {
    await using folder = await venueFolder()
    await folder.refuses({ flow: folder.file('none') }, 'FILE_UNREADABLE', folder.file('none'), /ENOENT/)
    const flow = await readFile(folder.file('flow.csv'), 'utf8')
    await writeFile(folder.file('flow.csv'), flow.replace(/,100,GTC/, ',many,GTC'))
    await folder.refuses({}, 'FLOW_INVALID', 'flow line 2, column size', /must be a decimal integer .*flow\.csv/)
    await writeFile(folder.file('flow.csv'), flow.replace(/,ask,0,/, ',ask,9,'))
    await folder.refuses({}, 'FLOW_INVALID', 'flow line 2, column market', /is 9, .*0 to 3 \(in .*flow\.csv\)/)
    const lobster = { format: 'lobster', 'start-of-day': '0', market: '4' }
    await folder.refuses(lobster, 'INPUT_INVALID', '--market', /got 4, .*0 to 3/)
  })

  it('refuses a genesis that is not JSON, of another profile, or has a wrong name or a number out of range', async () => {
    await using folder = await venueFolder()
    const { profile: _, ...genesis } = await folder.json('genesis.json')
    const path = folder.file('changed.json')
    const refuses = async (content: unknown, code: string, field: string, message: RegExp) => {
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
      await folder.refuses({ genesis: path }, code, field, message)
    }
    await refuses('{"version": 1,', 'INPUT_INVALID', path, /is not JSON/)
    await refuses({ profile: 'standard', ...genesis }, 'GENESIS_INVALID', 'genesis.profile', /"standard".*"small"/)
    await refuses({ profile: 'small', ...genesis, extra: 1 }, 'GENESIS_INVALID', 'genesis', /extra/)
    genesis.accounts[0].ownerCommitment = '-1'
    const field = 'genesis.accounts[0].ownerCommitment'
    await refuses({ profile: 'small', ...genesis }, 'GENESIS_INVALID', field, /0 <= x < r/)
  })

  it('refuses a risk table under which proofs would be unsound', async () => {
    await using folder = await venueFolder()
    await folder.edit('risk.json', ({ markets: [market] }: { markets: [{ longRisk: string }] }) => {
      market.longRisk = '1'
    })
    await folder.refuses({}, 'RISK_TABLE_INVALID', 'risk.markets[0].longRisk', /must be at least \d+/)
  })

  it('refuses keys that are missing or not those of the accounts, without repeating them', async () => {
    await using folder = await venueFolder()
    await folder.refuses({ keys: folder.file('none') }, 'FILE_UNREADABLE', folder.file('none'), /ENOENT/)
    const secret = 'ab'.repeat(32)
    await folder.edit('keys.json', ({ accounts }: { accounts: { privateKey: string }[] }) => {
      for (const account of accounts) account.privateKey = secret
    })
    await folder.refuses({}, 'INPUT_INVALID', 'keys', /does not belong to its trading key/)
    assert.ok(!(await folder.simulate()).stderr.includes(secret))
  })

  it('ends with 130 when interrupted and leaves nothing behind', async () => {
    await using folder = await venueFolder()
    const flow = generateFlow({ venue: folder.venue, seed: 1n, messages: 2000 })
    await writeFile(folder.file('flow.csv'), formatFlowCsv(flow))
    const before = await readdir(folder.path)
    const interrupt = { on: 'batches/000001.json', signal: 'SIGINT' } as const
    const result = await folder.simulate({}, { interrupt })
    assert.equal(result.code, 130)
    assert.deepEqual(await readdir(folder.path), before)
  })
})
