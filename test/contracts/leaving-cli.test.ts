import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { after, before, beforeEach, describe, it } from 'mocha'
import { exit } from '../../circuits/exit/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { type CliOptions, documentOf, errorOf, zkclear } from '../support/cli.ts'
import { createModelledVenue, LOTS, type ModelledVenue, VIEW_KEY } from '../support/contracts/modelled-venue.ts'
import { serveChain } from '../support/contracts/serve-chain.ts'
import { CLAIM_PERIOD } from '../support/contracts/settlement.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Every Hardhat chain is born with this account, which nobody here uses. */
const KEY = '0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6'

describe('leaving a dead venue by commands', () => {
  let venue: ModelledVenue
  let reset: () => Promise<void>
  let served: Awaited<ReturnType<typeof serveChain>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  const open = new AsyncDisposableStack()
  after(() => open.disposeAsync())
  before(async () => {
    await buildArtifacts({ circuits: [exit], profile: 'small' })
    venue = await createModelledVenue({ exitVerifier: 'ExitVerifier' })
    await venue.open()
    reset = await venue.snapshot()
    served = open.use(await serveChain(venue.ethers.provider))
  })
  beforeEach(async () => {
    await reset()
    folder = open.use(await temporaryDirectory())
    await writeFile(folder.file('view.txt'), `0x${VIEW_KEY.toString(16)}\n`)
    await writeFile(folder.file('key.txt'), `${KEY}\n`)
  })

  const run = (args: readonly string[], options: CliOptions = {}) =>
    zkclear(args, { cwd: folder.file('.'), env: { ZKCLEAR_PRIVATE_KEY: KEY, ZKCLEAR_VIEW_KEY: '' }, ...options })
  const at = () => ['--rpc', served.url, '--settlement', venue.settlement.target as string]
  const recover = (args: readonly string[] = [], options?: CliOptions) =>
    run(['recover', ...at(), '--account', '1', '--view-key-file', 'view.txt', '--out', 'mine', ...args], options)
  const time = () => venue.networkHelpers.time
  const modeOf = async (name: string) => (await stat(folder.file(name))).mode & 0o777
  const kept = async () => JSON.parse(await readFile(folder.file('mine/recovery.json'), 'utf8'))
  const die = async () => {
    await venue.deposit(venue.signers.bob, 2, 0, 777n)
    await time().increaseTo((await venue.settlement.firstDeadline()) as bigint)
    await venue.as(venue.signers.stranger).freeze()
  }

  it('goes from a venue that serves nothing to the money of an account, with the chain and a view key alone', async () => {
    const { alice, bob } = venue.signers
    await venue.deposit(bob, 2, 0, 777n)
    const deadline = (await venue.settlement.firstDeadline()) as bigint
    const early = await run(['freeze', ...at(), '--json'])
    assert.equal(early.code, 1, early.stderr)
    const { next, freezableFrom } = documentOf(early) as { next: { step: string }; freezableFrom: string }
    assert.deepEqual([next.step, freezableFrom], ['wait', String(deadline)])
    await time().increaseTo(deadline)
    const frozen = await run(['freeze', ...at()])
    assert.equal(frozen.code, 0, frozen.stderr)
    assert.match(frozen.stdout, /^Frozen at .*Z\. Claims are recorded until .*Z: "zkclear exit claim"/)
    const again = await run(['freeze', ...at(), '--json'])
    assert.equal(again.code, 0, again.stderr)
    assert.equal(documentOf(again).transactionHash, undefined)

    const recovered = await recover(['--json'])
    assert.equal(recovered.code, 0, recovered.stderr)
    const { block, stateRoot, ...told } = documentOf(recovered)
    assert.equal(stateRoot, String(await venue.settlement.stateRoot()))
    assert.equal(block, await venue.ethers.provider.getBlockNumber())
    assert.deepEqual([told.batches, told.hasTable, told.period], [4, true, 'CLAIMS'])
    const files = ['exit.json', 'recovery.json', 'risk.json', 'tables.json']
    assert.deepEqual((await readdir(folder.file('mine'))).sort(), files)
    assert.deepEqual(await Promise.all(['mine', ...files.map((file) => `mine/${file}`)].map(modeOf)), [
      0o700,
      ...files.map(() => 0o600),
    ])

    const proved = await run(['exit', 'prove', '--recovery', 'mine', '--out', 'claim.json'])
    assert.equal(proved.code, 0, proved.stderr)
    const owed = venue.state().accounts.get(1)!.collateral[0]! - 5n * 1_000n
    assert.match(proved.stdout, new RegExp(`account 1 is owed .* ${owed} `))
    const claimed = await run(['exit', 'claim', '--proof', 'claim.json', ...at(), '--json'])
    assert.equal(claimed.code, 0, claimed.stderr)
    assert.deepEqual(documentOf(claimed).claims, [String(owed), '0'])
    const twice = await run(['exit', 'claim', '--proof', 'claim.json', ...at(), '--json'])
    assert.deepEqual([twice.code, errorOf(twice).details!.refusal], [1, 'AlreadyClaimed'])

    const payout = ['exit', 'payout', '--account', '1', ...at(), '--json']
    const waits = documentOf(await run(payout)) as { done: unknown[]; next: { step: string; from: string } }
    const frozenAt = (await venue.settlement.frozenAt()) as bigint
    assert.deepEqual([waits.done, waits.next.step, waits.next.from], [[], 'payout', String(frozenAt + CLAIM_PERIOD)])
    await time().increaseTo(frozenAt + CLAIM_PERIOD)
    const paid = documentOf(await run(payout)) as { done: { step: string; lots: string[] }[]; next: { step: string } }
    assert.deepEqual(
      paid.done.map(({ step, lots }) => [step, lots]),
      [['payout', [String(owed), '0']]],
    )
    assert.equal(paid.next.step, 'leftovers')
    await time().increaseTo(frozenAt + 2n * CLAIM_PERIOD)
    const rest = documentOf(await run(payout)) as typeof paid & { received: string[] }
    assert.deepEqual(
      rest.done.map(({ step }) => step),
      ['leftovers'],
    )
    assert.deepEqual([rest.received, rest.next.step], [[String(2n * LOTS), '0'], 'none'])
    assert.equal((await venue.settlement.creditOf(alice.address, 0))[0], 2n * LOTS)
    const shown = await run(['exit', 'show', '--account', '1', ...at()])
    assert.equal(shown.code, 0, shown.stderr)
    assert.match(shown.stdout, /Account 1 has been paid/)

    const refund = ['exit', 'refund', ...at(), '--json']
    assert.deepEqual(documentOf(await run(refund)).refunds, [])
    const { refunds } = documentOf(await run([...refund, '--payer', bob.address])) as { refunds: { lots: string }[] }
    assert.deepEqual(
      refunds.map(({ lots }) => lots),
      ['777'],
    )
    assert.equal((await venue.settlement.creditOf(bob.address, 0))[0], 777n)
  })

  it('reads on from what an earlier run kept, and all again where the chain is another one since', async () => {
    const restore = await venue.snapshot()
    await venue.networkHelpers.mine(2)
    assert.equal((await recover()).code, 0)
    const first = await kept()
    await venue.trade([
      { account: 2, side: 'sell' },
      { account: 1, side: 'buy' },
    ])
    const later = documentOf(await recover(['--json']))
    assert.deepEqual([later.batches, later.hasTable], [5, false])
    assert.ok((await kept()).block.number > first.block.number)
    const same = documentOf(await recover(['--json']))
    assert.equal(same.stateRoot, later.stateRoot)

    await restore()
    await venue.register(venue.signers.stranger)
    const other = await recover()
    assert.equal(other.code, 0, other.stderr)
    assert.match(other.stderr, /warning: what was kept does not fit the chain \(block \d+ was .*\); all is read again/)
    assert.equal((await kept()).batches, 4)
  })

  it('takes no exit file for the state of another time: what was not read to its end has none', async () => {
    assert.equal((await recover()).code, 0)
    await venue.trade([
      { account: 2, side: 'buy' },
      { account: 1, side: 'sell' },
    ])
    await time().increase(200n)
    await venue.reprice()
    await venue.trade([
      { account: 2, side: 'buy' },
      { account: 1, side: 'sell' },
    ])
    const { topicHash } = venue.settlement.interface.getEvent('RiskUpdated')!
    await using forgetful = await serveChain({
      async send(method, params) {
        const answer = await venue.ethers.provider.send(method, params)
        const isAboutTables = method === 'eth_getLogs' && JSON.stringify(params).includes(topicHash)
        return isAboutTables ? answer.slice(0, 1) : answer
      },
    })
    const blind = await recover(['--rpc', forgetful.url, '--json'])
    assert.equal(blind.code, 2)
    assert.equal(errorOf(blind).details!.reason, 'INCOMPLETE')
    assert.match(errorOf(blind).message, /give the table whose root is \d+ with --table/)
    assert.deepEqual((await readdir(folder.file('mine'))).sort(), ['recovery.json', 'tables.json'])
    const proving = await run(['exit', 'prove', '--recovery', 'mine', '--out', 'claim.json', '--json'])
    assert.deepEqual([proving.code, errorOf(proving).code], [2, 'FILE_UNREADABLE'])
    assert.equal((await recover()).code, 0)
    const table = await run(['risk', 'table', ...at(), '--out', 'risk.json', '--json'])
    assert.equal(table.code, 0, table.stderr)
    assert.equal(documentOf(table).riskRoot, String(await venue.settlement.riskRootUsed()))
    await assert.rejects(readFile(folder.file('claim.json')))
  })

  it('takes a table from anywhere by its root, goes on from those it computed, and says what it cannot use', async () => {
    const { topicHash } = venue.authority.interface.getEvent('ParametersTold')!
    // A node without the parameters: no table can be computed, as where the rules have become others since.
    await using silent = await serveChain({
      async send(method, params) {
        const isTold = method === 'eth_getLogs' && JSON.stringify(params).includes(topicHash)
        return isTold ? [] : venue.ethers.provider.send(method, params)
      },
    })
    const elsewhere = ['--rpc', silent.url]
    const refused = await recover([...elsewhere, '--json'])
    assert.deepEqual([refused.code, errorOf(refused).details!.reason], [2, 'PARAMETERS'])
    assert.equal((await run(['risk', 'table', ...at(), '--out', 'old.json'])).code, 0)
    const told = await recover([...elsewhere, '--table', 'old.json', '--json'])
    assert.deepEqual([told.code, told.stderr, documentOf(told).hasTable], [0, '', true])
    assert.deepEqual((await readdir(folder.file('mine'))).sort(), ['exit.json', 'recovery.json', 'risk.json'])

    await time().increase(200n)
    await venue.reprice(1_010n)
    assert.equal((await run(['risk', 'table', ...at(), '--out', 'new.json'])).code, 0)
    const both = await recover([...elsewhere, '--table', 'old.json', 'new.json', '--json'])
    assert.deepEqual([both.code, both.stderr], [0, ''])
    const risk = async () => JSON.parse(await readFile(folder.file('mine/risk.json'), 'utf8')).asOf
    assert.equal(await risk(), String(venue.table().asOf))
    const one = await recover([...elsewhere, '--table', 'old.json'])
    assert.match(one.stderr, /warning: the newest risk table cannot be computed, so there is no risk.json/)

    assert.equal((await recover()).code, 0)
    const kept = await recover([...elsewhere, '--json'])
    assert.deepEqual([kept.code, kept.stderr], [0, ''], 'both tables were kept')
    await writeFile(folder.file('mine/tables.json'), '[{"version":1}]')
    const broken = await recover(['--table', 'old.json'])
    assert.equal(broken.code, 0, broken.stderr)
    assert.match(broken.stderr, /warning: what was computed before cannot be used, so tables are computed again/)
    await venue.trade([
      { account: 2, side: 'sell' },
      { account: 1, side: 'buy' },
    ])
    const unused = await recover(['--table', 'old.json'])
    assert.match(unused.stderr, /warning: old.json is not used/)
    await writeFile(
      folder.file('old.json'),
      (await readFile(folder.file('old.json'), 'utf8')).replace('"1000"', '"1001"'),
    )
    const disguised = await recover(['--table', 'old.json', '--json'])
    assert.deepEqual([disguised.code, errorOf(disguised).code], [2, 'RISK_TABLE_INVALID'])
  })

  it('keeps what it read when it is interrupted, and goes on from there', async () => {
    // A node that is slow enough for somebody to lose patience.
    let asked = 0
    await using slow = await serveChain({
      async send(method, params) {
        if (method === 'eth_getLogs' && ++asked > 2) await new Promise((resolve) => setTimeout(resolve, 3_000))
        return venue.ethers.provider.send(method, params)
      },
    })
    await venue.networkHelpers.mine(4_100)
    const args = ['--rpc', slow.url, '--verbose']
    const stopped = await recover(args, {
      env: { ZKCLEAR_VIEW_KEY: '' },
      interrupt: { on: 'read batch 5', signal: 'SIGINT' },
    })
    assert.equal(stopped.code, 130, stopped.stderr)
    assert.match(stopped.stderr, /stopped after batch 4: .* The same command goes on from there/)
    assert.deepEqual(await readdir(folder.file('mine')), ['recovery.json'])
    const { block, batches } = await kept()
    assert.equal(batches, 4)
    const { block: last } = documentOf(await recover(['--json']))
    assert.ok(Number(last) > block.number)
  })

  it('says that there is no exit without the view key, and takes none from the command line', async () => {
    const args = ['recover', ...at(), '--account', '1', '--out', 'mine', '--json']
    const none = await run(args)
    assert.deepEqual([none.code, errorOf(none).path], [2, '--view-key-file'])
    assert.match(errorOf(none).message, /without the view key nobody can rebuild an account/)
    const wrong = await run(args, { env: { ZKCLEAR_VIEW_KEY: '7' } })
    assert.deepEqual([wrong.code, errorOf(wrong).details!.reason], [2, 'VIEW_KEY'])
    const malformed = await run(args, { env: { ZKCLEAR_VIEW_KEY: 'my secret' } })
    assert.equal(malformed.code, 2)
    assert.doesNotMatch(malformed.stderr, /my secret/)
    await assert.rejects(readdir(folder.file('mine')))
    const keys = (index: number) => ({ version: 1, accounts: [{ index, viewKey: `${VIEW_KEY}` }] })
    const file = folder.file('view.json')
    await writeFile(file, JSON.stringify(keys(2)))
    const another = await run([...args, '--view-key-file', file])
    assert.match(errorOf(another).message, /has no view key of account 1/)
    await writeFile(file, JSON.stringify(keys(1)))
    assert.equal((await run([...args, '--view-key-file', file])).code, 0)
    await rm(folder.file('mine'), { recursive: true })
    const right = await run(args, { env: { ZKCLEAR_VIEW_KEY: `${VIEW_KEY}` } })
    assert.equal(right.code, 0, right.stderr)
  })

  it('says of a frozen venue that what waits is never served, and makes no batches for it', async () => {
    await die()
    const frozenAt = String(await venue.settlement.frozenAt())
    const queue = documentOf(await run(['venue', 'queue', ...at(), '--json']))
    assert.deepEqual([queue.frozenAt, queue.waiting], [frozenAt, 1])
    const { stdout } = await run(['venue', 'queue', ...at()])
    assert.match(stdout, /NEVER/)
    assert.match(
      stdout,
      /the venue was frozen at 20..-..-..T..:..:..Z: what waits is never served; "zkclear exit refund"/,
    )
    const cash = await run(['venue', 'cash', ...at(), '--out', 'cash', '--json'])
    assert.deepEqual([cash.code, errorOf(cash).details!.refusal], [1, 'VenueFrozen'])
    assert.deepEqual((await readdir(folder.file('.'))).sort(), ['key.txt', 'view.txt'])
  })

  it('refuses directories of other things or accounts, other profiles and what was kept but is not readable', async () => {
    const refuses = async (args: readonly string[], code: string, path: string) => {
      const result = await recover([...args, '--json'])
      assert.deepEqual([result.code, errorOf(result).code, errorOf(result).path], [2, code, path])
    }
    await refuses(['--profile', 'standard'], 'INPUT_INVALID', 'shape')
    await refuses(['--out', 'view.txt'], 'OUTPUT_UNWRITABLE', 'view.txt')
    await mkdir(folder.file('other'))
    await writeFile(folder.file('other/thing'), '')
    await refuses(['--out', 'other'], 'OUTPUT_UNWRITABLE', 'other')
    await recover()
    await refuses(['--account', '2'], 'OUTPUT_UNWRITABLE', 'mine')
    const good = await kept()
    for (const [field, value] of [
      ['version', 2],
      ['leaves', 'AAAA'],
      ['leaves', '?'],
      ['block', { number: 1, hash: '0x12' }],
      ['batches', -1],
      ['profile', 'standard'],
    ] as const) {
      await writeFile(folder.file('mine/recovery.json'), JSON.stringify({ ...good, [field]: value }))
      const path = field === 'block' ? 'recovery.block.hash' : `recovery.${field}`
      await refuses([], 'INPUT_INVALID', path)
    }
    await writeFile(folder.file('mine/recovery.json'), JSON.stringify({ ...good, stateRoot: '1' }))
    await refuses([], 'INPUT_INVALID', 'checkpoint.stateRoot')
    await rm(folder.file('mine'), { recursive: true })
  })

  it('claims nothing with a proof that is false or of another kind, and nothing of a venue that lives', async () => {
    await recover()
    assert.equal((await run(['exit', 'prove', '--recovery', 'mine', '--out', 'claim.json'])).code, 0)
    const claim = (file: string) => run(['exit', 'claim', '--proof', file, ...at(), '--json'])
    const alive = await claim('claim.json')
    assert.deepEqual([alive.code, errorOf(alive).details!.refusal], [1, 'NotThePeriod'])
    const refund = await run(['exit', 'refund', ...at(), '--json'])
    assert.deepEqual([refund.code, errorOf(refund).code], [1, 'CONTRACT_REFUSED'])
    assert.match((await run(['exit', 'show', ...at()])).stdout, /The venue lives, and nothing waits in its queue/)
    await die()
    const document = JSON.parse(await readFile(folder.file('claim.json'), 'utf8'))
    const more = { ...document.statement, claim: [String(3n * LOTS), '0'] }
    await writeFile(folder.file('false.json'), JSON.stringify({ ...document, statement: more }))
    const wrong = await claim('false.json')
    assert.deepEqual([wrong.code, errorOf(wrong).code], [1, 'PROOF_INVALID'])
    await writeFile(folder.file('other.json'), JSON.stringify({ ...document, circuit: 'margin-sufficiency' }))
    assert.equal((await claim('other.json')).code, 2)
    const mine = await run(['exit', 'payout', '--account', '1', ...at(), '--json'])
    assert.equal((documentOf(mine).next as { step: string }).step, 'claim')
    const nobody = await run(['exit', 'show', '--account', '9', ...at(), '--json'])
    assert.deepEqual([nobody.code, errorOf(nobody).path], [2, 'account'])
  })
})
