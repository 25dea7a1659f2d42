import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { HDNodeWallet } from 'ethers'
import { after, before, beforeEach, describe, it } from 'mocha'
import { CASH_BATCH_SIZES } from '../../circuits/cash-batch/index.ts'
import { jsonText } from '../../cli/json-text.ts'
import { cashData, packCashData } from '../../protocol/cash-batch/words.ts'
import { PHASES } from '../../protocol/parameters.ts'
import { portfolioOf } from '../../protocol/portfolio.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { type State, stateRoot } from '../../protocol/state.ts'
import { toldParameters } from '../../settlement/constructor-arguments.ts'
import { decodeCashBatch } from '../../venue/files/cash-batch-file.ts'
import { decodeRiskTable, decodeState, encodeState } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { createModelledVenue, LOTS, type ModelledVenue } from '../support/contracts/modelled-venue.ts'
import { serveChain } from '../support/contracts/serve-chain.ts'
import { CASH, DAY, ITEMS, PERIODS } from '../support/contracts/settlement.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Alice's and bob's keys, of the phrase that every Hardhat chain begins with. */
const keyOf = (place: number) =>
  HDNodeWallet.fromPhrase('test test test test test test test test test test test junk', '', `m/44'/60'/0'/0/${place}`)
const [ALICE, BOB] = [keyOf(5), keyOf(6)]
const COOLDOWN = 900n

interface Refused {
  readonly operation: { readonly kind: string; readonly account: number }
  readonly reason: string
}

/** Account 1 is alice's, short in the perpetual and the future; account 2 is bob's, long against her. Proofs are a stub's. */
describe('what the venue does by commands to accounts that fail, and with markets that are over', () => {
  let venue: ModelledVenue
  let reset: () => Promise<void>
  let served: Awaited<ReturnType<typeof serveChain>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let state: State
  const open = new AsyncDisposableStack()
  after(() => open.disposeAsync())
  before(async () => {
    venue = await createModelledVenue()
    assert.deepEqual([ALICE.address, BOB.address], [venue.signers.alice.address, venue.signers.bob.address])
    await venue.open()
    const orders = [
      { account: 1, side: 'sell' },
      { account: 2, side: 'buy' },
    ] as const
    await venue.trade(orders, 5n, 1)
    // Alice takes out all that initial margin leaves.
    await venue.requestWithdrawal(venue.signers.alice, 1, 0, 2n * LOTS)
    await venue.cash([{ kind: 'FORCED', account: 1, asset: 0, requested: 2n * LOTS }])
    reset = await venue.snapshot()
    served = open.use(await serveChain(venue.ethers.provider))
  })
  beforeEach(async () => {
    await reset()
    folder = open.use(await temporaryDirectory())
    await writeFile(folder.file('alice.txt'), `${ALICE.privateKey}\n`)
    await writeFile(folder.file('bob.txt'), `${BOB.privateKey}\n`)
    await keep(venue.state())
  })

  const keep = (next: State) => {
    state = next
    return writeFile(folder.file('state.json'), jsonText(encodeState(state, 'small')))
  }
  const run = (args: readonly string[]) =>
    zkclear([...args, '--rpc', served.url, '--settlement', venue.settlement.target as string, '--json'], {
      cwd: folder.file('.'),
      env: { ZKCLEAR_PRIVATE_KEY: '' },
    })
  const does = async (args: readonly string[]) => {
    const result = await run(args)
    assert.equal(result.code, 0, result.stderr)
    return documentOf(result)
  }
  const refuses = async (args: readonly string[], code: string, path?: string) => {
    const result = await run(args)
    const error = errorOf(result)
    assert.deepEqual([result.stdout, error.code, error.path], ['', code, path], error.message)
    return error
  }
  const pass = async (seconds: bigint, mark: bigint, parameters?: RiskParameters) => {
    await venue.networkHelpers.time.increase(seconds)
    await venue.reprice(mark, parameters)
  }
  let runs = 0
  /** Makes batches of what waits and of what is asked for, and settles them as the operator. */
  const cash = async (...args: readonly string[]) => {
    const out = `cash-${++runs}`
    const summary = await does(['venue', 'cash', '--state', 'state.json', ...args, '--out', out])
    const batches = []
    const names = summary.batches === 0 ? [] : await readdir(folder.file(`${out}/batches`))
    for (const name of names.toSorted()) {
      const document = JSON.parse(await readFile(folder.file(`${out}/batches/${name}`), 'utf8'))
      const { transition } = decodeCashBatch(document, 'small', CASH_BATCH_SIZES.small)
      const payers = transition.slots.filter(({ kind }) => kind === 'DEPOSIT').map(() => ALICE.address)
      const words = packCashData(cashData(transition))
      await venue.as(venue.signers.operator).settle(CASH, await venue.batchOf(CASH, words, { payers }))
      batches.push(cashData(transition))
    }
    await keep(decodeState(JSON.parse(await readFile(folder.file(`${out}/state.json`), 'utf8')), 'small'))
    assert.equal(await venue.settlement.stateRoot(), stateRoot(state))
    const refused = (summary.refusedOperations as Refused[]).map(({ operation, reason }) => [operation.account, reason])
    return { summary, batches, refused }
  }
  const kindsOf = (batches: Awaited<ReturnType<typeof cash>>['batches']) =>
    batches.map(({ slots }) =>
      slots.filter(({ kind }) => kind !== 'NONE').map(({ kind, account }) => `${kind} ${account}`),
    )
  const flaggedAt = (account: number) => state.accounts.get(account)!.flaggedAt

  it('flags who is below maintenance, once shelter is over, tells what it holds, and leaves out everybody else', async () => {
    await pass(200n, 1_500n) // a jump
    await venue.requestWithdrawal(venue.signers.bob, 2, 0, 10n)
    const sheltered = await cash('--flag', '1', '--flag', '2')
    assert.deepEqual([sheltered.batches, sheltered.summary.waiting], [[], 1])
    assert.equal((sheltered.summary.stopped as Refused).reason, 'SHELTERED')
    assert.deepEqual(sheltered.refused, [
      [1, 'SHELTERED'],
      [2, 'SHELTERED'],
    ])

    await pass(COOLDOWN, 1_500n)
    const { summary, batches, refused } = await cash('--flag', '2', '0', '1')
    assert.deepEqual([summary.served, summary.stopped], [1, null])
    assert.deepEqual(kindsOf(batches), [['FORCED 2'], ['FLAG 1']])
    assert.deepEqual(refused, [
      [2, 'MARGIN'],
      [0, 'HOUSE'],
    ])
    assert.deepEqual([flaggedAt(1), flaggedAt(2)], [batches[1]!.timestamp, 0n])
    assert.deepEqual(batches[1]!.portfolio, portfolioOf(state.accounts.get(1)!))
    const again = await cash('--flag', '1')
    assert.deepEqual([again.batches, again.refused], [[], [[1, 'FLAGGED']]])
  })

  it('cures a flagged account at its owner’s request as soon as it meets maintenance at a price that nothing shelters, and by a deposit that is enough', async () => {
    await pass(200n, 1_500n)
    await pass(COOLDOWN, 1_500n)
    await cash('--flag', '1')
    const request = ['account', 'request-cure', '--account', '1', '--private-key-file']
    const foreign = await refuses([...request, 'bob.txt'], 'CONTRACT_REFUSED')
    assert.equal(foreign.details!.refusal, 'NotOwner')
    const asked = await does([...request, 'alice.txt'])
    assert.deepEqual([asked.account, asked.index], [1, String((await venue.settlement.queueEnd()) - 1n)])
    const twice = await refuses([...request, 'alice.txt'], 'CONTRACT_REFUSED')
    assert.equal(twice.details!.refusal, 'AlreadyPending')
    const { entries } = (await does(['venue', 'queue'])) as { entries: { kind: string; account: number }[] }
    assert.deepEqual(
      entries.map(({ kind, account }) => [kind, account]),
      [['CURE', 1]],
    )
    const early = await cash()
    assert.deepEqual(kindsOf(early.batches), [['CURE 1']])
    assert.deepEqual([early.batches[0]!.slots[0]!.b, flaggedAt(1) > 0n], [0n, true])

    const flagged = state
    const back = await venue.snapshot()
    await does([...request, 'alice.txt'])
    await pass(200n, 1_000n)
    const sheltered = await cash()
    assert.deepEqual([sheltered.batches[0]!.slots[0]!.b, flaggedAt(1) > 0n], [2n, true])
    // Nothing is asked for anew: the venue tries it again as soon as no market is sheltered.
    assert.deepEqual((await does(['venue', 'queue'])).entries, [])
    await pass(COOLDOWN, 1_000n)
    const cured = await cash()
    assert.deepEqual([cured.batches[0]!.slots[0]!.b, flaggedAt(1)], [1n, 0n])

    await back()
    await keep(flagged)
    await venue.deposit(venue.signers.alice, 1, 0, LOTS)
    const saved = await cash()
    assert.deepEqual(kindsOf(saved.batches), [['DEPOSIT 1']])
    assert.deepEqual([saved.batches[0]!.slots[0]!.b, flaggedAt(1)], [1n, 0n])
  })

  it('pays out positions in a market that is settled, and none in one that is not', async () => {
    const { expiry } = venue.parameters.markets[1]!
    const before = await cash('--expire', '1:1')
    assert.deepEqual([before.batches, before.refused], [[], [[1, 'NOT_SETTLED']]])
    await venue.networkHelpers.time.increaseTo(expiry)
    await venue.reprice(1_080n)
    const [alice, bob] = [1, 2].map((account) => state.accounts.get(account)!)
    const { batches, refused } = await cash('--expire', '1:1', '2:1', '1:0', '9:1')
    assert.deepEqual(kindsOf(batches), [['EXPIRE 1', 'EXPIRE 2']])
    assert.deepEqual(refused, [
      [1, 'NOT_SETTLED'],
      [9, 'UNKNOWN_ACCOUNT'],
    ])
    // The average of the window is of the table before.
    const [after, other] = [1, 2].map((account) => state.accounts.get(account)!)
    assert.deepEqual(
      [after!, other!].map(({ positions }) => positions[1]!.size),
      [0n, 0n],
    )
    assert.equal(after!.collateral[0]! - alice!.collateral[0]!, -5n * 1_000n)
    assert.equal(other!.collateral[0]! - bob!.collateral[0]!, 5n * 1_000n)
    assert.deepEqual([state.openInterest[0], state.openInterest[1]], [10n, 0n])
  })

  it('retires a market once everybody in it was paid out, and the next table lists there what parameters name', async () => {
    const { settlement, signers, authority, networkHelpers, parameters, as } = venue
    const { expiry } = parameters.markets[1]!
    const later = { ...parameters.markets[1]!, expiry: expiry + 100n * DAY }
    const next = { ...parameters, markets: parameters.markets.with(1, later) }
    const { root, words } = toldParameters(next)
    await networkHelpers.time.increaseTo(expiry - PERIODS.upgradeDelay - DAY)
    await as(signers.governor, authority).proposeParameters(root, words)
    await networkHelpers.time.increaseTo(expiry)
    await venue.reprice(1_080n)
    const retiring = (batches: Awaited<ReturnType<typeof cash>>['batches']) =>
      batches.flatMap(({ sweep }) => (sweep?.retires ? [sweep.market] : []))
    assert.deepEqual(retiring((await cash('--sweep')).batches), [2])
    const { batches } = await cash('--expire', '1:1', '2:1', '--sweep')
    assert.deepEqual(retiring(batches), [1])
    assert.equal(await settlement.retiredMarkets(), 0b110n)
    assert.deepEqual((await cash('--sweep')).batches, [])
    await as(signers.governor, authority).execute(ITEMS.PARAMETERS, 0n)
    await pass(150n, 1_080n, next)
    assert.equal(await settlement.retiredMarkets(), 0b100n)
    await does(['risk', 'table', '--out', 'risk.json'])
    const { markets } = decodeRiskTable(JSON.parse(await readFile(folder.file('risk.json'), 'utf8')), 'small')
    assert.deepEqual(
      markets.map(({ phase }) => phase),
      [PHASES.OPEN, PHASES.OPEN, PHASES.SETTLED, PHASES.OPEN],
    )
    assert.equal(markets[1]!.lastTradeTime, later.expiry - 1n)
  })

  it('takes accounts and markets as numbers, and writes nothing otherwise', async () => {
    for (const [option, value] of [
      ['--flag', 'alice'],
      ['--flag', String(2 ** 24)],
      ['--expire', '7'],
      ['--expire', '7:'],
      ['--expire', '7:256'],
      ['--expire', '-1:2'],
    ] as const) {
      const args = ['venue', 'cash', '--state', 'state.json', `${option}=${value}`, '--out', 'none']
      await refuses(args, 'INPUT_INVALID', option)
    }
    assert.deepEqual((await readdir(folder.file('.'))).sort(), ['alice.txt', 'bob.txt', 'state.json'])
  })
})
