import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exit } from '../../../circuits/exit/index.ts'
import { exitRefusal } from '../../../circuits/exit/refusal.ts'
import type { Exit } from '../../../client/index.ts'
import { makeTable, SMALL } from '../../../lab/instances/model.ts'
import { hashRiskTable } from '../../../protocol/risk-table.ts'
import { stateRoot } from '../../../protocol/state.ts'
import type { RootsOfExit } from '../../../service/exits/exit-terms.ts'
import { Exits } from '../../../service/exits/exits.ts'
import { tablesInJournal } from '../../../service/exits/journal-tables.ts'
import { ledgerAt } from '../../../service/sequencer/state.ts'
import { encodeExit } from '../../../venue/index.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, TABLE, type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

const viewKeyOf = (account: number) => BigInt(900 + account)
const NEXT = makeTable(SMALL, { maxAge: 100_000n, asOf: TABLE.asOf + 1n })

describe('what the exit of a frozen venue is proved from', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  let roots: RootsOfExit | undefined
  before(async () => {
    server = await testServer()
    venue = await tradingVenue(server, { frozen: () => roots })
    await venue.client.send([signed(1, orderOf(1, 1n, { side: 'sell' })), signed(2, orderOf(2, 1n))])
    await venue.put({ kind: 'cut', cash: false })
    await venue.settle()
    // The batch is final, and the table that it was made at is not the newest one: only the journal has it.
    await venue.put({ kind: 'final', index: 1 }, { kind: 'table', table: NEXT, relisted: 0n })
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const rootsNow = () => {
    const { written } = venue.writer
    const state = stateRoot(ledgerAt(written, written.settledIndex).state)
    // As the chain's reader tells it, with more.
    return { stateRoot: state, riskRoot: hashRiskTable(TABLE), frozenAt: 1n, round: 0n }
  }

  /** As its owner has it, who knows the view key. */
  async function claimOf({ profile, hasViewKey, account, ...told }: Exit, viewKey: bigint) {
    const whole = { ...told, account: { ...account, viewKey: hasViewKey ? viewKey : 0n }, riskTable: told.riskTable }
    return await exit.readJob!(encodeExit(whole, profile), profile)
  }

  it('is told to nobody while the venue lives', async () => {
    roots = undefined
    const { status, body } = await venue.get('/v1/account/exit', await venue.login(1))
    assert.deepEqual([status, body.error.code], [409, 'NOT_FROZEN'])
    assert.equal((await venue.get('/v1/account/exit')).status, 401)
  })

  it('is the own account in the state of the contract, with its path and the table of the last batch', async () => {
    roots = rootsNow()
    for (const account of [1, 2]) {
      const told = await (await venue.session(account)).exit()
      assert.deepEqual([told.index, told.stateRoot, told.riskRoot], [account, roots.stateRoot, roots.riskRoot])
      assert.notEqual(told.account.positions[0]!.size, 0n)
      const { statement, witness } = await claimOf(told, viewKeyOf(account))
      assert.equal(exitRefusal(statement, witness), undefined)
      assert.equal(statement.account, BigInt(account))
      await assert.rejects(claimOf(told, viewKeyOf(3)), { code: 'INPUT_INVALID' })
    }
  })

  it('has no table for who needs none, and the view key of nobody', async () => {
    roots = rootsNow()
    const { text, body } = await venue.get('/v1/account/exit', await venue.login(3))
    assert.ok(!('riskTable' in body))
    assert.doesNotMatch(text, /viewKey"|"903"/)
    const { statement, witness } = await claimOf(await (await venue.session(3)).exit(), viewKeyOf(3))
    assert.equal(exitRefusal(statement, witness), undefined)
  })

  it('is said not to be there where the venue lacks the state, or the table of an account that needs it', async () => {
    const fresh = async (told: RootsOfExit, account: number) => {
      await using other = await tradingVenue(server, { frozen: () => told })
      const { status, body, headers } = await other.get('/v1/account/exit', await other.login(account))
      return [status, body.error?.code, headers.has('retry-after')]
    }
    assert.deepEqual(await fresh(rootsNow(), 1), [503, 'EXIT_UNAVAILABLE', true])
    await using traded = await tradingVenue(server, { frozen: () => roots })
    await traded.client.send([signed(1, orderOf(1, 1n, { side: 'sell' })), signed(2, orderOf(2, 1n))])
    await traded.put({ kind: 'cut', cash: false })
    await traded.settle()
    const { written } = traded.writer
    roots = { stateRoot: stateRoot(ledgerAt(written, 1).state), riskRoot: 1n }
    const [one, three] = [await traded.login(1), await traded.login(3)]
    assert.equal((await traded.get('/v1/account/exit', one)).body.error.code, 'EXIT_UNAVAILABLE')
    assert.equal((await traded.get('/v1/account/exit', three)).status, 200)
  })

  it('has the journal read once, whether the table is in it or not, however often and whoever asks', async () => {
    let [now, reads, fails] = [0, 0, true]
    let told: RootsOfExit = rootsNow()
    const exits = new Exits({
      ...{ isFrozen: () => true, roots: async () => told, state: () => venue.writer.written, now: () => now },
      async *tables() {
        reads++
        if (fails) throw new Error('the database is gone')
        yield* tablesInJournal(venue.database, venue.sealer, venue.journal.epoch)
      },
    })
    await assert.rejects(exits.of(1), /the database is gone/)
    fails = false
    for (const account of [1, 2, 1]) {
      now += 60_000
      assert.equal((await exits.of(account)).index, account)
    }
    assert.equal(reads, 2)
    told = { ...told, riskRoot: 1n }
    for (const account of [1, 2, 1]) {
      now += 60_000
      await assert.rejects(exits.of(account), { code: 'EXIT_UNAVAILABLE' })
    }
    assert.equal(reads, 3)
  })
})
