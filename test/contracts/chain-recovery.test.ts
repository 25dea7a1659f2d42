import assert from 'node:assert/strict'
import type { Filter, Log, Provider } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { FIELD } from '../../protocol/numbers.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { marketsRoot, stateRoot } from '../../protocol/state.ts'
import { toldParameters as parametersTold } from '../../settlement/constructor-arguments.ts'
import { ChainRecovery, type ChainRecoveryOptions } from '../../settlement/exit/chain-recovery.ts'
import { recoverAccount } from '../../settlement/exit/recover-account.ts'
import { riskTables } from '../../settlement/risk/tables.ts'
import { toldParameters } from '../../settlement/risk/told-parameters.ts'
import { createModelledVenue, type ModelledVenue, SHAPE, VIEW_KEY } from '../support/contracts/modelled-venue.ts'
import { ITEMS } from '../support/contracts/settlement.ts'

describe('an account recovered from the chain', () => {
  let venue: ModelledVenue
  let reset: () => Promise<void>
  before(async () => {
    venue = await createModelledVenue()
    await venue.open()
    reset = await venue.snapshot()
  })
  beforeEach(() => reset())
  const settlementOf = ({ settlement }: ModelledVenue) => settlement.target as string
  const options = (index: number, changes: Partial<ChainRecoveryOptions> = {}): ChainRecoveryOptions => ({
    ...{ provider: venue.ethers.provider, settlement: settlementOf(venue), shape: SHAPE },
    ...{ account: { index, viewKey: VIEW_KEY }, ...changes },
  })
  const refused = (call: Promise<unknown>, reason: string, message = /./) =>
    assert.rejects(call, (error: { code: string; details: { reason: string }; message: string }) => {
      assert.deepEqual([error.code, error.details.reason], ['INPUT_INVALID', reason])
      assert.match(error.message, message)
      return true
    })
  /** The node, whose logs are other ones. */
  const lying = (lie: (logs: Log[], filter: Filter) => Log[]) => nodeWith(venue.ethers.provider, lie)

  it('is the venue’s own, with the table of the last batch, at a node that knows nothing else', async () => {
    const { exit, batches } = await recoverAccount(options(1))
    const state = venue.state()
    assert.deepEqual(exit, {
      index: 1,
      account: state.accounts.get(1),
      children: state.accounts.path(1).children,
      marketsRoot: marketsRoot(state),
      stateRoot: stateRoot(state),
      domain: await venue.settlement.domain(),
      riskRoot: hashRiskTable(venue.table()),
      riskTable: venue.table(),
    })
    assert.equal(exit.riskRoot, await venue.settlement.riskRootUsed())
    assert.equal(batches, 4)
  })

  it('has every risk table of the venue, each computed from the one before, the medians and the parameters', async () => {
    const first = venue.table()
    await venue.networkHelpers.time.increase(200n)
    await venue.reprice(1_010n)
    const { provider } = venue.ethers
    const where = { provider, settlement: settlementOf(venue), shape: SHAPE }
    const all = await Array.fromAsync(riskTables(where))
    assert.deepEqual(
      all.map(({ number, snapshot }) => [number, snapshot.table]),
      [
        [1n, first],
        [2n, venue.table()],
      ],
    )
    const [, last] = all
    assert.deepEqual(await Array.fromAsync(riskTables({ ...where, after: all[0]! })), [last])
    assert.deepEqual(await Array.fromAsync(riskTables({ ...where, after: last! })), [])
    const recovery = await ChainRecovery.open(options(1))
    for await (const _ of recovery.read());
    assert.deepEqual(await recovery.newestTable(), venue.table())
    assert.deepEqual((await recovery.exit()).riskTable, first)
    assert.notEqual(hashRiskTable(venue.table()), await venue.settlement.riskRootUsed())
  })

  it('says of risk tables what the node leaves out or changes, and that nobody told the parameters', async () => {
    await venue.networkHelpers.time.increase(200n)
    await venue.reprice(1_010n)
    const { topicHash: updated } = venue.settlement.interface.getEvent('RiskUpdated')!
    const { topicHash: told } = venue.authority.interface.getEvent('ParametersTold')!
    const tablesAt = (topic: string, lie: (logs: Log[]) => Log[]) => {
      const provider = lying((logs) => (logs[0]?.topics[0] === topic ? lie(logs) : logs))
      return Array.fromAsync(riskTables({ provider, settlement: settlementOf(venue), shape: SHAPE }))
    }
    const other = (log: Log) =>
      Object.create(log, { data: { value: `${log.data.slice(0, -64)}${'0'.repeat(63)}1` } }) as Log
    await refused(
      tablesAt(updated, (logs) => logs.slice(1)),
      'MISSING',
      /risk table 2 where table 1 comes/,
    )
    await refused(
      tablesAt(updated, (logs) => logs.toReversed()),
      'MISSING',
    )
    await refused(
      tablesAt(updated, (logs) => logs.with(0, other(logs[0]!))),
      'CORRUPT',
      /risk table 1 is not what its update says/,
    )
    await refused(
      tablesAt(told, (logs) => logs.map(other)),
      'PARAMETERS',
      /nobody told on chain, from block 0 on/,
    )
    await refused(
      tablesAt(told, () => []),
      'PARAMETERS',
    )
    const blind = lying((logs) => (logs[0]?.topics[0] === updated ? [] : logs))
    await refused(recoverAccount(options(1, { provider: blind })), 'INCOMPLETE', /tell nothing of risk table/)
  })

  it('believes the parameters that were told rightly, whatever was told of their root before', async () => {
    const { authority, signers, as, networkHelpers, parameters, ethers } = venue
    const { root, words } = parametersTold({ ...parameters, jumpBps: parameters.jumpBps - 1n })
    const governor = as(signers.governor, authority)
    for (const wrong of [words.with(1, words[1]! + FIELD), words.with(1, words[1]! + 1n), words.slice(1)]) {
      await governor.proposeParameters(root, wrong)
      await governor.cancel(ITEMS.PARAMETERS, 0n)
    }
    await networkHelpers.time.increase(86_400n)
    await governor.proposeParameters(root, words)
    const where = {
      provider: ethers.provider,
      authority: authority.target as string,
      shape: SHAPE,
      parametersRoot: root,
    }
    assert.equal((await toldParameters(where)).jumpBps, parameters.jumpBps - 1n)
  })

  it('is found although what comes after its table is wrong', async () => {
    const asOf = (await venue.now()) + 200n
    await venue.networkHelpers.time.increase(200n)
    await venue.postTable(5n, asOf)
    const recovery = await ChainRecovery.open(options(1))
    for await (const _ of recovery.read());
    assert.deepEqual((await recovery.exit()).riskTable, venue.table())
    await refused(recovery.newestTable(), 'CORRUPT', /risk table 2 is not what its update says/)
  })

  describe('with risk tables at hand', () => {
    /** A node that tells no risk parameters, so that no table can be computed. */
    const uncomputing = () => {
      const { topicHash } = venue.authority.interface.getEvent('ParametersTold')!
      return lying((logs) => logs.filter(({ topics }) => topics[0] !== topicHash))
    }

    it('takes one that was told by its root, and computes nothing', async () => {
      const provider = uncomputing()
      const table = venue.table()
      await refused(recoverAccount(options(1, { provider })), 'PARAMETERS')
      const { exit } = await recoverAccount(options(1, { provider, tables: [table] }))
      assert.deepEqual(exit, (await recoverAccount(options(1))).exit)
      assert.deepEqual(exit.riskTable, table)
    })

    it('takes none whose root is another, nor one that differs in what a root leaves out', async () => {
      const provider = uncomputing()
      const table = venue.table()
      const [market] = table.markets
      const dearer = market!.scenarioPrices.map((price) => price + 1n)
      const other = {
        ...table,
        markets: table.markets.with(0, { ...market!, mark: dearer[0]!, scenarioPrices: dearer }),
      }
      await refused(recoverAccount(options(1, { provider, tables: [other] })), 'PARAMETERS')
      const disguised = { ...table, markets: table.markets.with(0, { ...market!, mark: market!.mark + 1n }) }
      const weighty = { ...table, collaterals: table.collaterals.with(0, { price: 1n, weight: 9_999n }) }
      for (const tables of [[disguised], [weighty]]) {
        assert.equal(hashRiskTable(tables[0]!), hashRiskTable(table))
        await assert.rejects(recoverAccount(options(1, { provider, tables })), { code: 'RISK_TABLE_INVALID' })
      }
    })

    it('goes on from those that an earlier recovery computed, and from none that is not the chain’s', async () => {
      const first = await ChainRecovery.open(options(1))
      for await (const _ of first.read());
      await first.exit()
      const { computed } = first.tables
      assert.deepEqual(
        computed.map(({ table }) => table),
        [venue.table()],
      )
      for (const mark of [1_010n, 1_020n]) {
        await venue.networkHelpers.time.increase(200n)
        await venue.reprice(mark)
      }
      // The node tells the first update wrongly: whoever computes that one sees it.
      const { topicHash } = venue.settlement.interface.getEvent('RiskUpdated')!
      const wrong = (log: Log) =>
        Object.create(log, { data: { value: `${log.data.slice(0, -64)}${'0'.repeat(63)}1` } }) as Log
      const provider = lying((logs) => {
        return logs.map((log, i) => (log.topics[0] === topicHash && i === 0 && logs.length > 1 ? wrong(log) : log))
      })
      const newest = async (changes: Partial<ChainRecoveryOptions>) => {
        const recovery = await ChainRecovery.open(options(1, { provider, ...changes }))
        for await (const _ of recovery.read());
        const table = await recovery.newestTable()
        return { table, computed: recovery.tables.computed.map((one) => one.table) }
      }
      await refused(newest({}), 'CORRUPT', /risk table 1 is not/)
      const later = await newest({ snapshots: computed })
      assert.deepEqual(later, { table: venue.table(), computed: [venue.table()] })
      const [market] = computed[0]!.table.markets
      const markets = computed[0]!.table.markets.with(0, { ...market!, fundingIndex: 1n })
      const forged = [{ ...computed[0]!, table: { ...computed[0]!.table, markets } }]
      await refused(newest({ snapshots: forged }), 'CORRUPT', /risk table 1 is not/)
      assert.deepEqual((await newest({ provider: venue.ethers.provider, snapshots: forged })).table, venue.table())
    })

    it('asks whether the chain knows of a table before it computes any', async () => {
      const { topicHash } = venue.settlement.interface.getEvent('RiskUpdated')!
      let asked = 0
      const provider = lying((logs, { topics }) => {
        if (topics?.[0] !== topicHash) return logs
        asked++
        return []
      })
      await refused(recoverAccount(options(1, { provider })), 'INCOMPLETE', /tell nothing of risk table/)
      assert.equal(asked, 1)
    })
  })

  it('needs the table if it has a position, and none if prices do not matter to it', async () => {
    await venue.trade([
      { account: 2, side: 'sell' },
      { account: 1, side: 'buy' },
    ])
    assert.equal((await recoverAccount(options(1))).exit.riskTable, undefined)
    await venue.register(venue.signers.stranger)
    await refused(recoverAccount(options(3)), 'ACCOUNT', /no batch put account 3 into the state/)
  })

  it('is taken up again from a checkpoint, which reads new blocks only', async () => {
    const first = await recoverAccount(options(2))
    await venue.trade([
      { account: 2, side: 'sell' },
      { account: 1, side: 'buy' },
    ])
    const asked: number[] = []
    const provider = lying((logs, { fromBlock }) => {
      asked.push(Number(fromBlock))
      return logs
    })
    const later = await recoverAccount(options(2, { provider, checkpoint: first.checkpoint, fromBlock: 3 }))
    assert.deepEqual(later.exit.account, venue.state().accounts.get(2))
    assert.equal(later.batches, 5)
    const [batches, ...tables] = asked
    assert.equal(batches, first.checkpoint.block.number + 1)
    assert.deepEqual(later.exit, (await recoverAccount(options(2))).exit)
    assert.ok(tables.every((from) => from === 3 || from > first.checkpoint.block.number))
    const again = await recoverAccount(options(2, { checkpoint: later.checkpoint }))
    assert.deepEqual(again.exit, later.exit)
  })

  it('keeps what was read when it is stopped in between', async () => {
    const slices = options(1, { blocksAtOnce: 3 })
    const recovery = await ChainRecovery.open(slices)
    const stop = new AbortController()
    const reading = async () => {
      for await (const _ of recovery.read({ signal: stop.signal })) if (recovery.batches > 0) stop.abort()
    }
    await assert.rejects(reading(), { code: 'ABORTED' })
    const checkpoint = recovery.checkpoint()!
    assert.ok(checkpoint.batches > 0 && checkpoint.batches < 4)
    const { exit } = await recoverAccount({ ...slices, checkpoint })
    assert.deepEqual(exit.account, venue.state().accounts.get(1))
    const unread = await ChainRecovery.open(options(1))
    assert.equal(unread.checkpoint(), undefined)
  })

  it('notices that the chain is not the one that was read', async () => {
    const restore = await venue.snapshot()
    await venue.networkHelpers.mine(2)
    const { checkpoint } = await recoverAccount(options(1))
    await restore()
    await refused(recoverAccount(options(1, { checkpoint })), 'REORGANISED', /is missing now/)
    await venue.register(venue.signers.stranger)
    await venue.networkHelpers.mine(5)
    await refused(recoverAccount(options(1, { checkpoint })), 'REORGANISED', /and is 0x[0-9a-f]{64} now/)
    const foreign = { ...checkpoint, chainId: 1n }
    await refused(recoverAccount(options(1, { checkpoint: foreign })), 'FOREIGN', /on chain 1, and this is/)
    const elsewhere = { ...checkpoint, settlement: venue.signers.alice.address }
    await refused(recoverAccount(options(1, { checkpoint: elsewhere })), 'FOREIGN')
  })

  it('notices a reorganisation while it reads', async () => {
    const restore = await venue.snapshot()
    await venue.networkHelpers.mine(2)
    const recovery = await ChainRecovery.open(options(1))
    const reading = async () => {
      for await (const _ of recovery.read()) {
        await restore()
        await venue.register(venue.signers.stranger)
        await venue.networkHelpers.mine(3)
      }
    }
    await refused(reading(), 'REORGANISED')
  })

  it('says what is wrong with a node that leaves batches out, changes their order or their words', async () => {
    const batches = (logs: Log[]) => logs.filter(({ topics }) => topics[0] === SETTLED)
    const recover = (lie: (logs: Log[]) => Log[]) =>
      recoverAccount(options(1, { provider: lying((logs) => (batches(logs).length > 1 ? lie(logs) : logs)) }))
    const SETTLED = venue.settlement.interface.getEvent('Settled')!.topicHash
    await refused(
      recover((logs) => logs.slice(1)),
      'MISSING',
      /batch 2 where batch 1 comes/,
    )
    await refused(
      recover((logs) => logs.toSpliced(1, 1)),
      'MISSING',
      /batch 3 where batch 2 comes/,
    )
    await refused(
      recover((logs) => [logs[1]!, logs[0]!, ...logs.slice(2)]),
      'MISSING',
      /batch 2 where batch 1 comes/,
    )
    await refused(
      recover((logs) => logs.slice(0, -1)),
      'INCOMPLETE',
      /end after batch 3 .* counts 4 batches/,
    )
    // After the head of the event come the root of the markets and the first slot, whose fifth word is the house's leaf.
    const other = (log: Log, word: number) => {
      const at = 2 + 64 * (6 + word)
      const data = `${log.data.slice(0, at)}${'0'.repeat(63)}1${log.data.slice(at + 64)}`
      return Object.create(log, { data: { value: data } }) as Log
    }
    await refused(
      recover((logs) => logs.with(3, other(logs[3]!, 0))),
      'CORRUPT',
    )
    await refused(
      recover((logs) => logs.with(0, other(logs[0]!, 5))),
      'CORRUPT',
      /batches\[0\]/,
    )
  })

  it('says of what is no event of the contract that the node is wrong, and does not break at it', async () => {
    const { topicHash } = venue.settlement.interface.getEvent('Settled')!
    const recover = (changes: object) =>
      recoverAccount(
        options(1, {
          provider: lying((logs) => {
            return logs.map((log) => {
              if (log.topics[0] !== topicHash) return log
              const values = Object.entries(changes).map(([name, value]) => [name, { value }])
              return Object.create(log, Object.fromEntries(values)) as Log
            })
          }),
        }),
      )
    for (const data of ['0x', '0x12', `0x${'f'.repeat(64 * 8)}`]) await refused(recover({ data }), 'CORRUPT')
    await refused(
      recover({ topics: [`0x${'12'.repeat(32)}`] }),
      'CORRUPT',
      /no event of the contract; ask another node/,
    )
    await refused(recover({ topics: [topicHash] }), 'CORRUPT')
  })

  it('does not end where another contract’s events lead', async () => {
    const other = await createModelledVenue()
    await other.open()
    await other.trade([
      { account: 2, side: 'sell' },
      { account: 1, side: 'buy' },
    ])
    const theirEvents = (filter: Filter) => other.ethers.provider.getLogs({ ...filter, toBlock: 'latest' })
    const theirs = nodeWith(venue.ethers.provider, (_, filter) => theirEvents(filter))
    await refused(
      recoverAccount(options(1, { provider: theirs })),
      'INCOMPLETE',
      /end after batch 5 .* counts 4 batches/,
    )
  })

  it('says before it reads anything that the key, the account, the profile or the contract is wrong', async () => {
    const silent = lying(() => assert.fail('events were read'))
    const open = (changes: Partial<ChainRecoveryOptions>) =>
      recoverAccount(options(1, { provider: silent, ...changes }))
    await refused(open({ account: { index: 1, viewKey: 7n } }), 'VIEW_KEY', /registered; without that one nobody/)
    await refused(open({ account: { index: 3, viewKey: VIEW_KEY } }), 'ACCOUNT', /no account 3; they are 0 to 2/)
    const rejects = (changes: Partial<ChainRecoveryOptions>, path: string) =>
      assert.rejects(open(changes), { code: 'INPUT_INVALID', path })
    await rejects({ account: { index: -1, viewKey: VIEW_KEY } }, 'account.index')
    await rejects({ account: { index: 1, viewKey: 0n } }, 'account.viewKey')
    await rejects({ shape: venueShape('standard') }, 'shape')
    await rejects({ settlement: venue.signers.alice.address }, 'settlement')
    await rejects({ settlement: venue.tokens[0].target as string }, 'settlement')
  })
})

/** A node that answers like another one, but for its logs. */
function nodeWith(node: Provider, lie: (logs: Log[], filter: Filter) => Log[] | Promise<Log[]>): Provider {
  return new Proxy(node, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown
      if (name === 'getLogs') return async (filter: Filter) => lie(await target.getLogs(filter), filter)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
