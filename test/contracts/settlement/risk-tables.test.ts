import assert from 'node:assert/strict'
import type { Provider } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { FIELD } from '../../../protocol/numbers.ts'
import { RING } from '../../../settlement/risk/last-tables.ts'
import { readRiskStatus } from '../../../settlement/risk/read-status.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  CASH,
  createSettlement,
  ITEMS,
  KINDS,
  PERIODS,
  RISK_UPDATE,
  RISK_WORDS,
  type SettlementVenue,
  slot,
  TRADE,
} from '../../support/contracts/settlement.ts'
import { element, PURPOSE } from '../../support/contracts/venue.ts'

const GAP = 150n
const SKEW = 900n
/** Of the risk parameters in force. */
const PARAMETERS = 77n

describe('risk tables', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement({ parameters: { root: PARAMETERS, words: [1n, 2n] } })
  })
  beforeEach(() => venue.reset())

  /** An update by a stranger to table 1, with those words in place of others. */
  const update = async (changes: { readonly [place: number]: bigint } = {}) =>
    venue
      .as(venue.signers.stranger)
      .updateRisk(...(await venue.updateOf(await venue.riskWords(root(1), changes)))) as Promise<unknown>
  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)
  const root = (number: number) => element(`table ${number}`)
  const pass = (seconds: bigint) => venue.networkHelpers.time.increase(seconds)
  /** Posts tables of these numbers, GAP apart. */
  const post = async (...numbers: readonly number[]) => {
    for (const number of numbers) {
      await pass(GAP)
      await venue.postTable(root(number))
    }
  }
  const settle = async (riskRoot: bigint) => {
    const words = await venue.tradeWords({ 2: riskRoot })
    return venue.as(venue.signers.operator).settle(TRADE, await venue.batchOf(TRADE, words))
  }

  it('are brought by anybody, with a proof of words that say what the contract holds', async () => {
    const { settlement, as, signers } = venue
    const domain = (await settlement.domain()) as bigint
    await reverts(update({ 0: domain + 1n }), 'DomainWrong', [domain + 1n, domain])
    await reverts(update({ 2: PARAMETERS + 1n }), 'ParametersNotInForce', [PARAMETERS + 1n, PARAMETERS])
    await reverts(update({ 3: root(7) }), 'RiskRootNotNewest', [root(7), 0n])
    await reverts(update({ 4: 0n }), 'ZeroRoot')
    for (const place of [2, 3, 4, 5, 6, 7]) {
      const words = await venue.riskWords(root(1))
      const [proof, commitment] = await venue.updateOf(words)
      const call = as(signers.stranger).updateRisk(proof, commitment, words.with(place, words[place]! + 1n))
      await assert.rejects(call, /ProofRejected|ParametersNotInForce|RiskRootNotNewest|ListingsWrong/)
    }
    const words = await venue.riskWords(root(1))
    const [proof, commitment] = await venue.updateOf(words)
    const wide = as(signers.stranger).updateRisk(proof, commitment, words.with(6, words[6]! + FIELD))
    await reverts(wide, 'WordNotCanonical', [6n, words[6]! + FIELD, FIELD])
    for (const length of [0, 4, 5]) {
      const short = as(signers.stranger).updateRisk(proof, commitment, words.slice(0, length))
      await reverts(short, 'WordCountWrong', [BigInt(length), 6n])
    }
    await reverts(venue.postTable(root(1), undefined, []), 'WordCountWrong', [6n, RISK_WORDS])
    await reverts(venue.postTable(root(1), undefined, [1n, 2n, 3n]), 'WordCountWrong', [9n, RISK_WORDS])
    const sent = await venue.postTable(root(1), undefined, [5n, FIELD - 1n])
    const { name, args } = settlement.interface.parseLog((await sent.wait()).logs[0])!
    const asOf = await settlement.riskAsOf()
    assert.equal(name, 'RiskUpdated')
    assert.deepEqual([...args.slice(0, 4), [...args[4]]], [1n, root(1), PARAMETERS, asOf, [0n, 5n, FIELD - 1n]])
  })

  it('follow from the newest one alone, so that of two brought at once the second is refused, and a reordered one', async () => {
    const words = await venue.riskWords(root(1))
    const rival = await venue.riskWords(root(2))
    await venue.as(venue.signers.bob).updateRisk(...(await venue.updateOf(rival)))
    const late = venue.as(venue.signers.stranger).updateRisk(...(await venue.updateOf(words)))
    await reverts(late, 'RiskRootNotNewest', [0n, root(2)])
    await pass(GAP)
    await venue.postTable(root(3))
    await pass(GAP)
    await reverts(update({ 3: root(2) }), 'RiskRootNotNewest', [root(2), root(3)])
    await reverts(update({ 3: 0n }), 'RiskRootNotNewest', [0n, root(3)])
  })

  it('are of the parameters in force when they come, by the verifier in force then', async () => {
    const { authority, signers, as, networkHelpers, deploy } = venue
    const governor = as(signers.governor, authority)
    await governor.proposeParameters(PARAMETERS + 1n, [1n])
    const verifier = await deploy('StubStateVerifier', 1_000n)
    await governor.propose(ITEMS.CIRCUIT, RISK_UPDATE, verifier.target, RISK_WORDS)
    await networkHelpers.time.increase(PERIODS.upgradeDelay)
    const made = await venue.riskWords(root(1))
    await governor.execute(ITEMS.PARAMETERS, 0n)
    const call = venue.as(venue.signers.stranger).updateRisk(...(await venue.updateOf(made)))
    await reverts(call, 'ParametersNotInForce', [PARAMETERS, PARAMETERS + 1n])
    const anew = await venue.riskWords(root(1))
    await governor.execute(ITEMS.CIRCUIT, RISK_UPDATE)
    const old = venue.as(venue.signers.stranger).updateRisk(...(await venue.updateOf(anew)))
    await reverts(old, 'ProofRejected')
  })

  describe('relist what was retired', () => {
    const retire = async (market: number, riskRoot: bigint) => {
      const sweep = { market, amount: 0n, retires: true, houseLeaf: 5n }
      const words = await venue.cashWords([], { sweep, riskRoot })
      return venue.as(venue.signers.operator).settle(CASH, await venue.batchOf(CASH, words))
    }
    const listings = (retired: bigint, relisted = 0n) => (retired << 16n) | relisted
    beforeEach(async () => {
      await post(1, 2)
      await retire(3, root(1))
      await retire(15, root(1))
      await pass(GAP)
    })
    const RETIRED = (1n << 15n) + 8n
    const lastRelisting = async () => {
      const { settlement } = venue
      return (await settlement.tableAt(await settlement.tableCount())).relisting as bigint
    }

    it('and are made as if that was retired and nothing else', async () => {
      const all = 2n ** 16n - 1n
      for (const [retired, relisted] of [
        [0n, 0n],
        [0n, RETIRED],
        [8n, 0n],
        [RETIRED + 1n, 0n],
        [all, 0n],
        [RETIRED + (1n << 16n), 0n],
        [RETIRED + (1n << 200n), 0n],
      ] as const) {
        await reverts(update({ 5: listings(retired, relisted) }), 'ListingsWrong', [retired, RETIRED])
      }
      await venue
        .as(venue.signers.stranger)
        .updateRisk(...(await venue.updateOf(await venue.riskWords(root(3), { 5: listings(RETIRED) }))))
      assert.deepEqual([await venue.settlement.retiredMarkets(), await lastRelisting()], [RETIRED, 0n])
      await settle(root(2))
    })

    it('which is retired no longer, and no batch names an older table afterwards: a sweep there would retire the new listing', async () => {
      const { settlement, as, signers } = venue
      const before = await settlement.riskRootUsed()
      const words = await venue.riskWords(root(3), { 5: listings(RETIRED, 8n) })
      await as(signers.stranger).updateRisk(...(await venue.updateOf(words)))
      assert.deepEqual([await settlement.retiredMarkets(), await lastRelisting()], [1n << 15n, 3n])
      // Exits are valued where the last batch was.
      assert.equal(await settlement.riskRootUsed(), before)
      for (const older of [root(1), root(2)]) {
        await reverts(retire(3, older), 'RiskTableNotInForce', [older, 3n, 3n])
        await reverts(settle(older), 'RiskTableNotInForce', [older, 3n, 3n])
      }
      await pass(GAP)
      const next = await venue.riskWords(root(4), { 5: listings(1n << 15n) })
      await as(signers.stranger).updateRisk(...(await venue.updateOf(next)))
      await settle(root(3))
      await retire(3, root(3))
      assert.equal(await settlement.retiredMarkets(), RETIRED)
    })
  })

  it('are no batches, and batches are no tables', async () => {
    const { settlement, as, signers } = venue
    const words = await venue.riskWords(root(1))
    const head = { 2: 0n, 3: (await settlement.stateRoot()) as bigint }
    const batch = await venue.batchOf(RISK_UPDATE, await venue.riskWords(root(1), head))
    await reverts(as(signers.operator).settle(RISK_UPDATE, batch), 'KindUnknown', [RISK_UPDATE, KINDS])
    const { proof, commitment } = await venue.batchOf(TRADE, words)
    await reverts(as(signers.stranger).updateRisk(proof, commitment, words), 'ProofRejected')
    assert.equal(await settlement.tableCount(), 0n)
  })

  it('go on coming while the guardian pauses trades, and none is taken to the root 0: that proof ends the venue', async () => {
    const { authority, settlement, as, signers } = venue
    await as(signers.guardian, authority).pause()
    await venue.postTable(root(1))
    const stop = async (changes: { readonly [place: number]: bigint }, lie = 0n) => {
      const [proof, commitment, words] = await venue.updateOf(await venue.riskWords(root(2), changes))
      const told = { ...proof, a: [proof.a[0]! ^ lie, 0n] }
      return as(signers.stranger).stopForBrokenVerifier(RISK_UPDATE, told, commitment, words) as Promise<unknown>
    }
    await reverts(stop({}), 'NotImpossible', [root(2)])
    await reverts(stop({ 4: 0n }, 1n), 'ProofRejected')
    const held = { 1: 1n, 2: 5n, 3: 5n, 4: 0n }
    await stop(held)
    assert.notEqual(await settlement.frozenAt(), 0n)
    await pass(GAP)
    await reverts(venue.postTable(root(3)), 'VenueFrozen')
  })

  it('are MIN_GAP apart, by their own times and by the blocks’, and of the block’s time within the clock skew', async () => {
    const { settlement, networkHelpers } = venue
    await venue.postTable(root(1))
    const { asOf, postedAt } = await settlement.tableAt(1)
    await networkHelpers.time.setNextBlockTimestamp(postedAt + GAP - 1n)
    await reverts(venue.postTable(root(2), postedAt + GAP), 'RiskTooSoon', [postedAt + GAP - 1n, postedAt + GAP])
    await networkHelpers.time.setNextBlockTimestamp(postedAt + GAP)
    const latest = postedAt + GAP + SKEW
    await reverts(venue.postTable(root(2), asOf + GAP - 1n), 'RiskTimeOutOfRange', [
      asOf + GAP - 1n,
      asOf + GAP,
      latest,
    ])
    const ahead = postedAt + GAP + SKEW + 10n
    await networkHelpers.time.setNextBlockTimestamp(ahead - SKEW - 1n)
    await reverts(venue.postTable(root(2), ahead), 'RiskTimeOutOfRange')
    await networkHelpers.time.setNextBlockTimestamp(ahead - SKEW)
    await venue.postTable(root(2), ahead)
  })

  it('are of no time long ago, however long nobody brought one: nobody chooses among the moments of an outage', async () => {
    const { settlement, networkHelpers } = venue
    await venue.postTable(root(1))
    const { asOf } = await settlement.tableAt(1)
    await pass(3n * 86_400n)
    const time = (await venue.now()) + 10n
    await networkHelpers.time.setNextBlockTimestamp(time)
    const old = asOf + GAP
    await reverts(venue.postTable(root(2), old), 'RiskTimeOutOfRange', [old, time - SKEW, time + SKEW])
    await networkHelpers.time.setNextBlockTimestamp(time + 1n)
    await reverts(venue.postTable(root(2), time - SKEW), 'RiskTimeOutOfRange')
    await networkHelpers.time.setNextBlockTimestamp(time + 2n)
    await venue.postTable(root(2), time + 2n - SKEW)
  })

  it('are of no time before the table before came, but for the clocks of oracles: they do not fall behind table by table', async () => {
    const { settlement, networkHelpers } = venue
    await pass(10_000n)
    await venue.postTable(root(1), (await venue.now()) - 800n)
    const postedAt = BigInt((await settlement.tableAt(1)).postedAt)
    const clock = BigInt(await settlement.REPORT_CLOCK())
    const provider = venue.ethers.provider as unknown as Provider
    const { window } = await readRiskStatus({ provider, settlement: settlement.target as string })
    assert.equal(window.earliest, postedAt - clock)
    await networkHelpers.time.setNextBlockTimestamp(postedAt + GAP)
    await reverts(venue.postTable(root(2), postedAt - clock - 1n), 'RiskTimeOutOfRange', [
      postedAt - clock - 1n,
      postedAt - clock,
      postedAt + GAP + SKEW,
    ])
    await networkHelpers.time.setNextBlockTimestamp(postedAt + GAP + 1n)
    await venue.postTable(root(2), postedAt - clock)
  })

  it('of past times cannot flush the ring in one block: eight of them take longer than a proof may be old', async () => {
    const { settlement } = venue
    assert.ok(BigInt(RING - 1) * GAP > SKEW)
    assert.deepEqual(
      [await settlement.MIN_GAP(), await settlement.RING(), await settlement.MAX_CLOCK_SKEW()],
      [GAP, 8n, SKEW],
    )
    await pass(10_000n)
    await venue.postTable(root(1), (await venue.now()) - 800n)
    const words = await venue.tradeWords({ 2: root(1) })
    const batch = await venue.batchOf(TRADE, words)
    for (let i = 2n; i <= 8n; i++) {
      await reverts(venue.postTable(root(Number(i)), (await venue.now()) - 800n + i * GAP), 'RiskTooSoon')
    }
    await venue.as(venue.signers.operator).settle(TRADE, batch)
  })

  it('serve batches of every kind until the next came, and for two minutes after that, to the second', async () => {
    const { networkHelpers, settlement } = venue
    const attempts: readonly ((riskRoot: bigint) => Promise<unknown>)[] = [
      (riskRoot) => venue.settleTrade({ 2: riskRoot }),
      (riskRoot) => venue.settleCash([], [], { riskRoot }),
      (riskRoot) => venue.settleTakeover({ 2: riskRoot }),
    ]
    for (const attempt of attempts) {
      await post(1, 2, 3)
      const { postedAt } = await settlement.tableAt(3n)
      await reverts(attempt(root(1)), 'RiskTableNotInForce', [root(1), 2n, 3n])
      const snapshot = await networkHelpers.takeSnapshot()
      await networkHelpers.time.setNextBlockTimestamp(postedAt + 120n)
      await attempt(root(2))
      await attempt(root(3))
      await snapshot.restore()
      await networkHelpers.time.setNextBlockTimestamp(postedAt + 121n)
      await reverts(attempt(root(2)), 'RiskTableNotInForce', [root(2), 3n, 3n])
      await attempt(root(3))
      await venue.reset()
    }
  })

  it('are never older than the one that the batch before used', async () => {
    const { settlement } = venue
    await post(1, 2)
    await settle(root(1))
    assert.deepEqual([await settlement.tableUsed(), await settlement.riskRootUsed()], [1n, root(1)])
    await settle(root(1))
    await settle(root(2))
    await reverts(settle(root(1)), 'RiskTableNotInForce', [root(1), 2n, 2n])
  })

  it('that never came are refused, and 0 once there is one', async () => {
    await settle(0n)
    await reverts(settle(root(1)), 'RiskTableNotInForce', [root(1), 0n, 0n])
    await post(1)
    await reverts(settle(0n), 'RiskTableNotInForce', [0n, 1n, 1n])
    await reverts(settle(root(2)), 'RiskTableNotInForce', [root(2), 1n, 1n])
  })

  it('bind cash batches too', async () => {
    await post(1, 2)
    await settle(root(2))
    const attempt = async (riskRoot: bigint) =>
      venue
        .as(venue.signers.operator)
        .settle(CASH, await venue.batchOf(CASH, await venue.cashWords([slot.register(0)], { riskRoot })))
    await reverts(attempt(root(1)), 'RiskTableNotInForce')
    await attempt(root(2))
  })

  it('stay as they are once the venue is frozen, and the last used one values exits', async () => {
    const { settlement } = venue
    await post(1, 2)
    await settle(root(1))
    await venue.freeze()
    await reverts(venue.postTable(root(3)), 'VenueFrozen')
    assert.equal(await settlement.riskRootUsed(), root(1))
  })
})

describe('roots of the past', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement()
  })
  beforeEach(() => venue.reset())

  it('count from when they were superseded; the last 64 are known', async () => {
    const { settlement, networkHelpers } = venue
    const first = (await settlement.stateRoot()) as bigint
    await networkHelpers.time.increase(500n)
    assert.deepEqual([...(await settlement.rootAge(first))], [true, 0n, 0n])
    await venue.settleTrade()
    await networkHelpers.time.increase(77n)
    assert.deepEqual([...(await settlement.rootAge(first))], [true, 77n, 0n])
    for (let i = 0; i < 62; i++) await venue.settleTrade()
    assert.equal((await settlement.rootAge(first))[0], true)
    await venue.settleTrade()
    assert.deepEqual([...(await settlement.rootAge(first))], [false, 0n, 0n])
  })

  it('that come back count as what they were last: current ones as new, others from when they went for the last time', async () => {
    const { settlement, networkHelpers } = venue
    const first = (await settlement.stateRoot()) as bigint
    const moveTo = async (root: bigint) => {
      await networkHelpers.time.increase(100n)
      await venue.settleTrade({ 4: root })
    }
    const ageOf = async (root: bigint) => [...(await settlement.rootAge(root))]
    await moveTo(element('another'))
    await moveTo(first)
    assert.deepEqual(await ageOf(first), [true, 0n, 0n])
    assert.deepEqual(await ageOf(element('another')), [true, 0n, 0n])
    await networkHelpers.time.increase(50n)
    assert.deepEqual(await ageOf(first), [true, 0n, 0n])
    assert.deepEqual(await ageOf(element('another')), [true, 50n, 0n])
    await moveTo(element('a third'))
    await networkHelpers.time.increase(30n)
    assert.deepEqual(await ageOf(first), [true, 30n, 0n])
    assert.deepEqual(await ageOf(element('another')), [true, 181n, 0n])
  })

  it('are kept for an hour, the first of each ten seconds, however many batches come', async () => {
    const { settlement, networkHelpers } = venue
    const start = ((await venue.now()) / 10n + 2n) * 10n
    await networkHelpers.time.setNextBlockTimestamp(start)
    await venue.settleTrade()
    const first = (await settlement.stateRoot()) as bigint
    await venue.settleTrade()
    const second = (await settlement.stateRoot()) as bigint
    for (let i = 0; i < 65; i++) await venue.settleTrade()
    assert.equal((await settlement.rootAge(first))[0], false)
    await networkHelpers.time.increaseTo(start + 3_599n)
    assert.deepEqual([...(await settlement.rootAgeSince(first, start))], [true, 3_599n, 0n])
    assert.deepEqual([...(await settlement.rootAgeSince(first, start + 9n))], [true, 3_599n, 0n])
    assert.deepEqual([...(await settlement.rootAgeSince(first, start + 10n))], [false, 0n, 0n])
    assert.deepEqual([...(await settlement.rootAgeSince(second, start + 1n))], [false, 0n, 0n])
    assert.deepEqual([...(await settlement.rootAgeSince(0n, start - 10n))], [false, 0n, 0n])
    await networkHelpers.time.increaseTo(start + 3_600n)
    assert.deepEqual([...(await settlement.rootAgeSince(first, start))], [false, 0n, 0n])
  })

  it('and tables serve the margin gate as those of the settlement do', async () => {
    const { settlement, deploy, networkHelpers } = venue
    await venue.postTable(element('table'))
    const verifier = await deploy('StubMarginSufficiencyVerifier')
    const gate = await deploy('MarginGate', settlement.target, verifier.target, 12_000, 600, 7_200)
    const root = await settlement.stateRoot()
    const proof = {
      a: [0n, 0n],
      b: [
        [0n, 0n],
        [0n, 0n],
      ],
      c: [0n, 0n],
    }
    const admit = () => gate.admit!(PURPOSE, root, 0n, element('table'), 5n, proof) as Promise<unknown>
    await assertReverts(admit(), gate.interface, 'ProofRejected')
    await venue.settleTrade()
    await networkHelpers.time.increase(601n)
    await assertReverts(admit(), gate.interface, 'StateRootTooOld')
  })
})
