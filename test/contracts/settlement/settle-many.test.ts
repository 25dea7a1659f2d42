import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { statementOfWords } from '../../../circuits/state/statement.ts'
import { rowArgument } from '../../../settlement/batch-arguments.ts'
import { contractAt } from '../../../settlement/contract-at.ts'
import { signBatch } from '../../../settlement/sign-batch.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import { cashBatchKey, type DevKey, prove, takeoverKey, tradeBatchKey } from '../../support/contracts/dev-keys.ts'
import { outcomesByGas } from '../../support/contracts/gas-limits.ts'
import {
  CASH,
  createSettlement,
  PRICE_OFFSET,
  type SettlementVenue,
  slot,
  TAKEOVER,
  TRADE,
  TRADE_WORDS,
} from '../../support/contracts/settlement.ts'
import { element, proofArgument } from '../../support/contracts/venue.ts'

const KEYS: ReadonlyMap<bigint, DevKey> = new Map([
  [TRADE, tradeBatchKey],
  [CASH, cashBatchKey],
  [TAKEOVER, takeoverKey],
])

interface Row {
  readonly kinds: readonly bigint[]
  readonly batches: readonly Awaited<ReturnType<SettlementVenue['batchOf']>>[]
}

describe('batches that are settled together', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement({
      ...{
        tradeVerifier: 'TradeBatchVerifier',
        cashVerifier: 'CashBatchVerifier',
        takeoverVerifier: 'TakeoverVerifier',
      },
      coverPerHour: 5n,
    })
  })
  beforeEach(() => venue.reset())

  const root = (i: number) => element(`root ${i}`)
  /** Proofs of these words, true or not, as a row. */
  const rowOf = async (list: readonly (readonly [kind: bigint, words: readonly bigint[], payers?: string[]])[]) => {
    const batches = list.map(([kind, words, payers = []]) =>
      venue.batchOf(kind, words, { payers, proof: proofArgument(prove(KEYS.get(kind)!, statementOfWords(words))) }),
    )
    return { kinds: list.map(([kind]) => kind), batches: await Promise.all(batches) } satisfies Row
  }
  const at = async (i: number, start?: bigint) => ({
    oldStateRoot: i === 0 ? (start ?? ((await venue.settlement.stateRoot()) as bigint)) : root(i - 1),
    newStateRoot: root(i),
  })
  const trade = async (i: number, changes: { readonly [place: number]: bigint } = {}) => {
    const { oldStateRoot, newStateRoot } = await at(i)
    return [TRADE, await venue.tradeWords({ 3: oldStateRoot, 4: newStateRoot, ...changes })] as const
  }
  const takeover = async (i: number, changes: { readonly [place: number]: bigint } = {}) => {
    const { oldStateRoot, newStateRoot } = await at(i)
    return [TAKEOVER, await venue.takeoverWords({ 3: oldStateRoot, 4: newStateRoot, ...changes })] as const
  }
  const cash = async (i: number, slots: Parameters<SettlementVenue['cashWords']>[0], payers: string[] = []) =>
    [CASH, await venue.cashWords(slots, await at(i)), payers] as const

  /** A deposit that waits, and a row of all kinds that serves it. */
  const mixed = async () => {
    const { alice } = venue.signers
    const account = await venue.register(alice)
    await venue.deposit(alice, account, 0, 70n)
    return rowOf([
      await trade(0),
      await cash(1, [slot.register(0), slot.register(account)]),
      await takeover(2, { 8: PRICE_OFFSET - 3n }),
      await cash(3, [slot.deposit(account, 0, 70n)], [alice.address]),
      await trade(4),
    ])
  }
  const settleMany = ({ kinds, batches }: Row, signer = venue.signers.operator) =>
    venue.as(signer).settleMany(rowArgument(kinds.map((kind, i) => ({ kind: Number(kind), batch: batches[i]! }))))
  const reverts = (attempt: Promise<unknown>, error: string, args?: readonly unknown[]) =>
    assertReverts(attempt, venue.settlement.interface, error, args)

  /** Where the venue stands. */
  const standing = async () => {
    const { settlement } = venue
    const names = ['stateRoot', 'batchCount', 'lastTimestamp', 'riskRootUsed', 'queueFront', 'accountCount']
    return [...(await Promise.all(names.map((name) => settlement.getFunction(name).staticCall()))), ...(await lots())]
  }
  const lots = async () => [...(await venue.settlement.lots(0))]
  /** The events of a transaction, but for where they stand. */
  const eventsOf = async (sent: Promise<{ wait(): Promise<unknown> }>) => {
    const { logs } = (await (await sent).wait()) as { logs: readonly { topics: string[]; data: string }[] }
    return logs.map(({ topics, data }) => ({ topics, data }))
  }

  it('do what they do one after the other, whatever their kinds', async () => {
    const row = await mixed()
    const snapshot = await venue.networkHelpers.takeSnapshot()
    const one: unknown[] = []
    for (const [i, kind] of row.kinds.entries()) {
      one.push(...(await eventsOf(venue.as(venue.signers.operator).settle(kind, row.batches[i]))))
    }
    const after = await standing()
    await snapshot.restore()
    assert.deepEqual(await eventsOf(settleMany(row)), one)
    assert.deepEqual(await standing(), after)
    assert.equal(after[0], root(4))
  })

  it('are refused as a whole if the proof of any one of them is false, and nothing has changed', async () => {
    const row = await mixed()
    const before = await standing()
    for (const [i, { words }] of row.batches.entries()) {
      const kind = row.kinds[i]!
      const { proof } = (await rowOf([[kind, words.with(4, 1n)]])).batches[0]!
      const batches = row.batches.with(i, { ...row.batches[i]!, proof })
      await reverts(settleMany({ ...row, batches }), 'ProofsRejected', [])
      const told = row.batches.with(i, { ...row.batches[i]!, words: words.with(5, words[5]! + 1n) })
      await reverts(settleMany({ ...row, batches: told }), 'ProofsRejected', [])
      const { commitment } = row.batches[i]!
      const committed = row.batches.with(i, { ...row.batches[i]!, commitment: commitment + 1n })
      await reverts(settleMany({ ...row, batches: committed }), 'ProofsRejected', [])
    }
    assert.deepEqual(await standing(), before)
    await settleMany(row)
  })

  it('are refused with the proofs of two exchanged, of one kind or of two', async () => {
    const row = await mixed()
    for (const [i, j] of [
      [0, 4],
      [0, 1],
      [2, 3],
    ] as const) {
      const [first, second] = [row.batches[i]!, row.batches[j]!]
      const batches = row.batches.with(i, { ...first, proof: second.proof }).with(j, { ...second, proof: first.proof })
      await reverts(settleMany({ ...row, batches }), 'ProofsRejected', [])
    }
  })

  it('follow each other: none is settled twice, left out, or before the one before it', async () => {
    const { kinds, batches } = await rowOf([await trade(0), await trade(1), await trade(2)])
    for (const order of [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 1, 1],
    ]) {
      const row = { kinds: order.map((i) => kinds[i]!), batches: order.map((i) => batches[i]!) }
      await reverts(settleMany(row), 'StateRootNotCurrent')
    }
    await settleMany({ kinds, batches })
    await reverts(settleMany({ kinds, batches }), 'StateRootNotCurrent')
  })

  it('are each held to every rule, after what those before them did', async () => {
    const { networkHelpers, signers, authority, as } = venue
    const late = (await venue.now()) + 100n
    const early = await rowOf([await trade(0, { 1: late }), await trade(1, { 1: late - 1n })])
    await reverts(settleMany(early), 'TimestampOutOfRange')
    const paid = { 8: PRICE_OFFSET - 3n }
    const dear = await rowOf([await takeover(0, paid), await takeover(1, paid)])
    await reverts(settleMany(dear), 'CoverLimited')
    await venue.postTable(1n)
    await networkHelpers.time.increase(150n)
    await venue.postTable(2n)
    const tables = await rowOf([await trade(0, { 2: 2n }), await trade(1, { 2: 1n })])
    await reverts(settleMany(tables), 'RiskTableNotInForce', [1n, 2n, 2n])
    const kinds = await rowOf([await trade(0), await trade(1)])
    await reverts(settleMany({ ...kinds, kinds: [TRADE, TRADE + 4n] }), 'KindUnknown')
    const one = rowArgument([{ kind: Number(TRADE), batch: kinds.batches[0]! }])
    const row = rowArgument(kinds.batches.map((batch) => ({ kind: Number(TRADE), batch })))
    const operated = as(signers.operator)
    await reverts(operated.settleMany({ ...row, kinds: one.kinds }), 'RowUneven', [1n, 2n, 2n])
    await reverts(operated.settleMany({ ...row, proofs: one.proofs }), 'RowUneven', [2n, 1n, 2n])
    await reverts(operated.settleMany({ ...row, commitments: one.commitments }), 'RowUneven', [2n, 2n, 1n])
    const short = { ...row, words: row.words.slice(0, -1) }
    await reverts(operated.settleMany(short), 'WordCountWrong', [TRADE_WORDS - 1n, TRADE_WORDS])
    const long = { ...row, words: [...row.words, 0n] }
    await reverts(operated.settleMany(long), 'WordCountWrong', [2n * TRADE_WORDS + 1n, 2n * TRADE_WORDS])
    await reverts(operated.settleMany(rowArgument([])), 'WordCountWrong', [0n, 6n])
    const { alice } = signers
    const account = await venue.register(alice)
    const skipping = await rowOf([await cash(0, [slot.register(0)]), await cash(1, [slot.suspend(account)])])
    await reverts(settleMany(skipping), 'NotTheFirstEntry')
    await as(signers.guardian, authority).pause()
    await reverts(settleMany(await rowOf([await cash(0, []), await trade(1)])), 'TradingPaused')
  })

  it('are signed by the operator one by one, if another sends them', async () => {
    const { signers, settlement } = venue
    const row = await mixed()
    await reverts(settleMany(row, signers.stranger), 'NotByOperator', [
      signers.stranger.address,
      signers.operator.address,
      1n,
    ])
    const chain = await contractAt('Settlement', settlement.target as string, signers.operator, 'settlement')
    const signed = async (entriesOf: (place: number) => number) => {
      const batches = row.batches.map(async (batch, place) => {
        const given = { kind: Number(row.kinds[place]!), words: batch.words, anchor: String(batch.anchor) }
        const signature = await signBatch(chain, signers.operator, given, { place, entries: entriesOf(place) })
        return { ...batch, signature }
      })
      return { ...row, batches: await Promise.all(batches) }
    }
    const consumed = [0, 0, 2, 2, 3]
    await reverts(settleMany(await signed(() => 0), signers.stranger), 'NotByOperator', [
      signers.stranger.address,
      signers.operator.address,
      3n,
    ])
    await settleMany(await signed((place) => consumed[place]!), signers.stranger)
    assert.equal(await settlement.stateRoot(), root(4))
  })

  it('leave the root that others see, and none between, as the one that is kept of its time', async () => {
    const { settlement, networkHelpers } = venue
    const row = await rowOf([await trade(0), await trade(1), await trade(2)])
    const start = ((await venue.now()) / 10n + 2n) * 10n
    await networkHelpers.time.setNextBlockTimestamp(start)
    await settleMany(row)
    const kept = async (i: number) => (await settlement.rootAgeSince(root(i), start))[0] as boolean
    assert.deepEqual([await kept(0), await kept(1), await kept(2)], [false, false, true])
    await networkHelpers.time.setNextBlockTimestamp(start + 5n)
    await settleMany(await rowOf([await trade(3), await trade(4)]))
    assert.deepEqual([await kept(2), await kept(3), await kept(4)], [true, false, false])
  })

  it('leave one recent root, the last, and none of those between, nor of longer ago than it says', async () => {
    const { settlement } = venue
    const start = (await settlement.stateRoot()) as bigint
    const known = async (...roots: bigint[]) =>
      Promise.all(roots.map(async (one) => (await settlement.rootAge(one))[0] as boolean))
    await settleMany(await rowOf([await trade(0), await trade(1), await trade(2)]))
    assert.deepEqual(await known(start, root(0), root(1), root(2)), [true, false, false, true])
    await settleMany(await rowOf([await trade(3), await trade(4)]))
    assert.deepEqual(await known(start, root(2), root(3), root(4)), [true, true, false, true])
    assert.equal(await settlement.batchCount(), 5n)
    for (let i = 0; i < 62; i++) await settleMany(await rowOf([await trade(5 + 2 * i), await trade(6 + 2 * i)]))
    assert.deepEqual(await known(start, root(2), root(4), root(128)), [false, true, true, true])
  })

  it('leave with their root the table at which the state was made: made anew where it came back, not where it stayed', async () => {
    const { settlement, networkHelpers } = venue
    const madeAt = async (i: number) => (await settlement.rootAge(root(i)))[2] as bigint
    await venue.postTable(1n)
    await settleMany(await rowOf([await trade(0)]))
    await networkHelpers.time.increase(150n)
    await venue.postTable(2n)
    const to = async (from: bigint, next: bigint) => [TRADE, await venue.tradeWords({ 3: from, 4: next })] as const
    await settleMany(await rowOf([await to(root(0), root(0)), await to(root(0), root(0))]))
    assert.equal(await madeAt(0), 1n)
    await settleMany(await rowOf([await to(root(0), root(1)), await to(root(1), root(0))]))
    assert.equal(await madeAt(0), 2n)
  })

  it('are never said to have a false proof for want of gas', async () => {
    const { settlement, signers } = venue
    const { kinds, batches } = await rowOf([await trade(0), await trade(1)])
    const data = settlement.interface.encodeFunctionData('settleMany', [
      rowArgument(kinds.map((kind, i) => ({ kind: Number(kind), batch: batches[i]! }))),
    ])
    const call = (gasLimit: number) => signers.operator.call({ to: settlement.target, data, gasLimit })
    const seen = await outcomesByGas(call, settlement.interface, 700_000)
    assert.deepEqual([...seen.keys()].sort(), ['0x', 'NotEnoughGas', 'out of gas'])
  })
})
