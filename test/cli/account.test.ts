import assert from 'node:assert/strict'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import { makeKeyStore } from '../../service/keys/key-store.ts'
import { findPostmaster } from '../../service/postgres/postmaster.ts'
import {
  decodeCashMessage,
  decodeKeys,
  decodeRiskSnapshot,
  decodeState,
  decodeViewKeys,
  encodeRiskTable,
  sampleProvedTable,
} from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { ALICE, BOB, startVenue } from '../support/node-venue.ts'
import { OPERATOR } from '../support/service/test-keys.ts'
import { writeReports } from '../support/signed-reports.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'))
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe("the owner's and the operator's commands", () => {
  let venue: Awaited<ReturnType<typeof startVenue>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
    venue = await startVenue()
    folder = await temporaryDirectory()
    await writeFile(folder.file('alice.txt'), `${ALICE.key}\n`)
    await writeFile(folder.file('bob.txt'), `${BOB.key}\n`)
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const ask = (words: string, options: Record<string, string> = {}) => {
    const place = { rpc: venue.rpcUrl, settlement: venue.settlement, ...options }
    const args = Object.entries(place).map(([name, value]) => `--${name}=${value}`)
    return zkclear([...words.split(' '), '--json', ...args], { env: { ZKCLEAR_PRIVATE_KEY: '' } })
  }
  const by = (who: string, options: Record<string, string> = {}) => {
    return { 'private-key-file': folder.file(`${who}.txt`), ...options }
  }
  const does = async (words: string, options: Record<string, string> = {}) => {
    const result = await ask(words, options)
    assert.equal(result.code, 0, result.stderr)
    return documentOf(result)
  }
  const refuses = async (
    words: string,
    options: Record<string, string>,
    code: string,
    [exit, path]: [number, string?],
  ) => {
    const result = await ask(words, options)
    assert.equal(result.stdout, '')
    const error = errorOf(result)
    assert.deepEqual([result.code, error.code, error.path], [exit, code, path], error.message)
    return error
  }

  it('registers an account, whose secrets are in a file that only its owner can read and come back from the wallet', async () => {
    const [out, view] = [folder.file('keys.json'), folder.file('view.json')]
    const registered = await does('account register', by('alice', { out, 'view-out': view }))
    const { transactionHash, blockNumber, gasUsed, deadline, ...document } = registered
    assert.deepEqual(document, {
      ...{ settlement: venue.settlement, chainId: '31337', index: '1', account: 1 },
      ...{ owner: ALICE.address, number: 0, out, viewOut: view },
    })
    assert.match(String(transactionHash), /^0x[0-9a-f]{64}$/)
    assert.deepEqual([await modeOf(out), await modeOf(view)], ['600', '600'])
    const secrets = decodeKeys(await readJson(out))
    assert.deepEqual(decodeViewKeys(await readJson(view)), new Map([[1, secrets.get(1)!.viewKey]]))
    const again = folder.file('again.json')
    const { accounts } = await does('account keys', by('alice', { out: again }))
    assert.deepEqual(accounts, [1])
    assert.deepEqual(await readJson(again), await readJson(out))
    assert.equal(await modeOf(again), '600')

    const taken = await refuses('account register', by('alice', { out }), 'INPUT_INVALID', [2, '--number'])
    assert.match(taken.message, /0 is account 1 already; take the next number/)
    const second = await does('account register', by('alice', { out, number: '1' }))
    assert.deepEqual([...decodeKeys(await readJson(out)).keys()], [1, second.account])
    const none = folder.file('none.json')
    const stranger = await refuses('account keys', by('bob', { out: none }), 'INPUT_INVALID', [2, '--number'])
    assert.match(stranger.message, /0 is no account of 0x3C44/)
    await refuses('account keys', by('bob', { out: none, account: '1' }), 'INPUT_INVALID', [2, '--account'])
    await assert.rejects(stat(none), { code: 'ENOENT' })
  })

  it('deposits, asks and shows, and says what waits and until when', async () => {
    const account = { account: '1' }
    const deposit = { ...account, asset: '0', lots: '500' }
    const poor = await refuses('account deposit', by('alice', deposit), 'INPUT_INVALID', [2, 'lots'])
    assert.match(poor.message, /500 lots are 500 units of 0x.*, and 0x7099.* has 0/)
    await venue.mint(venue.tokens[0]!, ALICE.address, 600n)
    const deposited = await does('account deposit', by('alice', deposit))
    assert.deepEqual([deposited.index, deposited.units, deposited.token], ['3', '500', venue.tokens[0]])
    const foreign = await refuses(
      'account deposit',
      by('alice', { ...deposit, account: '0', lots: '1' }),
      'CONTRACT_REFUSED',
      [1],
    )
    assert.equal(foreign.details!.refusal, 'OwnerNotExpected')
    await does('account request-withdrawal', by('alice', { ...account, asset: '1', lots: '7' }))
    await does('account suspend', by('alice', account))
    const twice = await refuses('account resume', by('alice', account), 'CONTRACT_REFUSED', [1])
    assert.equal(twice.details!.refusal, 'AlreadyPending')
    const notHis = await refuses('account suspend', by('bob', account), 'CONTRACT_REFUSED', [1])
    assert.equal(notHis.details!.refusal, 'NotOwner')

    const shown = await does('account show', account)
    assert.deepEqual([shown.owner, shown.offered, shown.next], [ALICE.address, null, null])
    const waiting = shown.waiting as { kind: string; deadline: string }[]
    assert.deepEqual(
      waiting.map(({ kind }) => kind),
      ['REGISTER', 'DEPOSIT', 'FORCED', 'SUSPEND'],
    )
    const queue = await does('venue queue')
    assert.deepEqual([queue.waiting, queue.overdue], [6, 0])
    const text = await zkclear(['venue', 'queue', '--rpc', venue.rpcUrl, '--settlement', venue.settlement])
    assert.match(text.stdout, /│ 4 +│ FORCED +│ 1 +│ 1 +│ 7 +│ 20..-..-..T..:..:..Z │ \d+ d( \d+ h)? +│/)
    assert.match(text.stdout, /6 entries wait$/m)

    const before = await venue.ask('evm_snapshot')
    await venue.ask('evm_increaseTime', 4 * 86_400)
    await venue.ask('evm_mine')
    const late = await does('venue queue')
    assert.equal(late.overdue, 6)
    assert.match(
      (await zkclear(['venue', 'queue', '--rpc', venue.rpcUrl, '--settlement', venue.settlement])).stdout,
      /OVERDUE/,
    )
    await venue.ask('evm_revert', before)
  })

  it('rotates the key to the next one of the wallet, and leaves the old keys where they are', async () => {
    const out = folder.file('rotated.json')
    const rotation = { account: '1', rotation: '1' }
    const same = folder.file('keys.json')
    const before = await readJson(same)
    await refuses('account rotate', by('alice', { ...rotation, out: same }), 'OUTPUT_UNWRITABLE', [2, same])
    assert.deepEqual(await readJson(same), before)
    await refuses('account rotate', by('alice', { ...rotation, out, number: '7' }), 'INPUT_INVALID', [2, '--account'])
    await does('account rotate', by('alice', { ...rotation, out }))
    const [old, next] = [decodeKeys(before).get(1)!, decodeKeys(await readJson(out)).get(1)!]
    assert.deepEqual({ ...next, privateKey: 0 }, { ...old, privateKey: 0 })
    assert.notDeepEqual(tradingKey(next.privateKey), tradingKey(old.privateKey))
    const again = folder.file('rotated-again.json')
    await does('account keys', by('alice', { account: '1', rotation: '1', out: again }))
    assert.deepEqual(await readJson(again), await readJson(out))
  })

  it('changes owners in two steps, and takes an offer back', async () => {
    const account = { account: '2' }
    await does('account offer', by('alice', { ...account, to: BOB.address }))
    assert.equal((await does('account show', account)).offered, BOB.address)
    await does('account offer', by('alice', { ...account, to: 'nobody' }))
    const gone = await refuses('account accept', by('bob', account), 'CONTRACT_REFUSED', [1])
    assert.equal(gone.details!.refusal, 'NotOffered')
    await does('account offer', by('alice', { ...account, to: BOB.address }))
    const { from } = await does('account accept', by('bob', account))
    const { next } = await does('account show', account)
    assert.deepEqual(next, { owner: BOB.address, from })
    await refuses('account offer', by('alice', { ...account, to: '0x12' }), 'INPUT_INVALID', [2, '--to'])
  })

  it('signs a withdrawal for the venue alone, without a node', async () => {
    const out = folder.file('withdrawal.json')
    const message = { keys: folder.file('keys.json'), asset: '0', lots: '200', nonce: '1', expiry: '2000000000' }
    const sign = (changes: Record<string, string>, format = '--json') => {
      const options = { settlement: venue.settlement, 'chain-id': '31337', out, account: '1', ...message, ...changes }
      const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
      return zkclear(['account', 'withdraw', format, ...args])
    }
    const result = await sign({})
    assert.equal(result.code, 0, result.stderr)
    assert.equal(await modeOf(out), '600')
    const signed = decodeCashMessage(await readJson(out), venue.domain)
    assert.deepEqual([signed.message.kind, signed.message.amount, signed.message.nonce], ['WITHDRAW', 200n, 1n])
    const moved = await sign({ 'to-account': '2', out: folder.file('transfer.json') })
    const transfer = decodeCashMessage(await readJson(folder.file('transfer.json')), venue.domain)
    assert.deepEqual([moved.code, transfer.message.kind, transfer.message.counterAccount], [0, 'TRANSFER_OUT', 2])
    assert.equal(moved.stderr, '')
    const past = await sign({ expiry: '1750003600', out: folder.file('past.json') }, '--verbose')
    assert.equal(past.code, 0, past.stderr)
    assert.match(past.stderr, /it has expired at 2025-06-15T16:06:40Z/)
    const other = await sign({ account: '9' })
    assert.deepEqual([other.code, errorOf(other).path], [2, '--account'])
    for (const [name, value] of [
      ['lots', '0'],
      ['nonce', '0'],
      ['asset', '256'],
      ['expiry', `${1n << 40n}`],
    ] as const) {
      const refused = await sign({ [name]: value })
      assert.deepEqual([refused.code, errorOf(refused).path], [2, `--${name}`])
    }
  })

  it('serves what waits, and writes batches, state and what it left, for the owner alone', async () => {
    const out = folder.file('cash')
    const options = { out, keys: folder.file('view.json'), messages: folder.file('withdrawal.json') }
    const summary = await does('venue cash', options)
    assert.deepEqual([summary.served, summary.waiting, summary.stopped], [7, 0, null])
    assert.deepEqual([summary.viewed, summary.refusedKeys], [[1], []])
    assert.equal(summary.oldStateRoot, String(stateRoot(emptyState(venueShape('small')))))
    const [refused] = summary.refusedMessages as { file: string; reason: string }[]
    assert.deepEqual([refused!.file, refused!.reason], [folder.file('withdrawal.json'), 'BAD_SIGNATURE'])
    const state = decodeState(await readJson(`${out}/state.json`), 'small')
    assert.equal(summary.stateRoot, String(stateRoot(state)))
    assert.equal(state.accounts.get(1)!.collateral[0], 500n)
    assert.equal(summary.batches, 2)
    for (const name of ['batches/000001.json', 'batches/000002.json', 'state.json', 'summary.json']) {
      assert.equal(await modeOf(`${out}/${name}`), '600')
    }
    assert.equal(await modeOf(out), '700')
    const { out: _, ...rest } = summary
    assert.deepEqual(await readJson(`${out}/summary.json`), rest)

    const text = await zkclear([
      ...['venue', 'cash', '--rpc', venue.rpcUrl, '--settlement', venue.settlement, '--batches', '1'],
      ...['--out', folder.file('text'), '--keys', folder.file('keys.json')],
    ])
    assert.equal(text.code, 0, text.stderr)
    assert.match(
      text.stderr,
      /zkclear: warning: entry \d, \w+ of account \d.* is not served \(FULL\): there are as many batches/,
    )
    assert.match(text.stdout, /REGISTER 0, REGISTER 1, VIEW 1, REGISTER 2/)
  })

  it("serves nothing of a state that is not the chain's, at a table that is not posted, or with keys that differ", async () => {
    const out = folder.file('never')
    const state = await refuses('venue cash', { out, state: folder.file('cash/state.json') }, 'INPUT_INVALID', [
      2,
      '--state',
    ])
    assert.match(state.message, /settle the batches that lead there first/)
    const keys = folder.file('other.json')
    await writeFile(keys, JSON.stringify({ version: 1, accounts: [{ index: 1, viewKey: '5' }] }))
    const both = ['--keys', folder.file('view.json'), keys]
    const differ = await zkclear([
      ...['venue', 'cash', '--json', '--rpc', venue.rpcUrl, '--settlement', venue.settlement, '--out', out, ...both],
    ])
    assert.deepEqual([differ.code, errorOf(differ).path], [2, '--keys'])
    const wrong = await does('venue cash', { out: folder.file('wrong'), keys })
    assert.deepEqual((wrong.refusedKeys as { reason: string }[])[0]!.reason, 'VIEW_COMMITMENT')
    await assert.rejects(stat(out), { code: 'ENOENT' })
  })

  it('brings a risk table, as anybody may, which batches are then made at', async () => {
    const asOf = await venue.time()
    const write = async (name: string, table: RiskTable) => {
      await writeFile(folder.file(name), JSON.stringify(encodeRiskTable(table, 'small')))
      return { risk: folder.file(name) }
    }
    const first = await write('first.json', sampleProvedTable(asOf))
    const early = await refuses('venue cash', { out: folder.file('early'), ...first }, 'INPUT_INVALID', [2, '--risk'])
    assert.match(early.message, /there is no table on the chain yet/)
    const none = await refuses('risk table', { out: folder.file('none.json') }, 'INPUT_INVALID', [2, '--settlement'])
    assert.match(none.message, /"zkclear risk update" brings the first/)

    const reports = await writeReports(folder.path, asOf)
    const files = { out: folder.file('table.proof.json'), 'snapshot-out': folder.file('table.json') }
    const place = { ...by('bob', files), rpc: venue.rpcUrl, settlement: venue.settlement }
    const args = Object.entries(place).map(([name, value]) => `--${name}=${value}`)
    const brought = await zkclear(['risk', 'update', '--json', ...args, '--report', ...reports])
    assert.equal(brought.code, 0, brought.stderr)
    const { statement, number } = documentOf(brought) as { statement: { newRiskRoot: string }; number: string }
    assert.equal(number, '1')

    await does('venue cash', { out: folder.file('priced') })
    const batch = await readJson(`${folder.file('priced')}/batches/000001.json`)
    assert.equal(batch.riskRoot, statement.newRiskRoot)
    const { table } = decodeRiskSnapshot(await readJson(folder.file('table.json')), 'small')
    assert.equal(String(hashRiskTable(table)), statement.newRiskRoot)
    await does('venue cash', { out: folder.file('given'), ...(await write('risk.json', table)) })
    const other = await write('other.json', { ...table, maxAge: 7n })
    const wrong = await refuses('venue cash', { out: folder.file('other'), ...other }, 'INPUT_INVALID', [2, '--risk'])
    assert.match(wrong.message, new RegExp(`need the newest table, whose root is ${statement.newRiskRoot}`))
  })

  it('serves in no other profile than the Settlement has, and makes no database to say so', async () => {
    const [data, store] = [folder.file('data'), folder.file('operator.json')]
    await makeKeyStore(store)
    const refused = await ask('serve', { data, 'key-store': store, profile: 'standard' })
    assert.deepEqual([refused.code, errorOf(refused).path], [2, 'settlement'])
    assert.match(errorOf(refused).message, /give --profile small/)
    await assert.rejects(stat(data))
  })

  it('tells each stage of a start, and an interrupt ends it with 0 and leaves no database running', async () => {
    const [data, store] = [folder.file('begun'), folder.file('begun.json')]
    await chmod(folder.path, 0o711)
    await makeKeyStore(store, OPERATOR)
    const place = ['--rpc', venue.rpcUrl, '--settlement', venue.settlement, '--key-store', store, '--data', data]
    const stages = ['load the service', 'check circuits and keys', 'read the contract', 'start the database']
    for (const on of [stages[0]!, stages.at(-1)!]) {
      const { code, stdout, stderr } = await zkclear(['serve', ...place], { interrupt: { on, signal: 'SIGTERM' } })
      assert.deepEqual([code, stdout], [0, ''], stderr)
      const told = stderr.trimEnd().split('\n')
      assert.deepEqual(
        told,
        stages.slice(0, told.length).map((stage) => `zkclear: ${stage}`),
        stderr,
      )
      assert.ok(told.length > stages.indexOf(on))
    }
    assert.equal(await findPostmaster(join(data, 'postgres/cluster')), undefined)
  })

  it('claims nothing where nothing is credited', async () => {
    const error = await refuses('account claim', by('alice', { asset: '0' }), 'INPUT_INVALID', [2, 'asset'])
    assert.match(error.message, /has no credit/)
  })
})
