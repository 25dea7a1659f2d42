import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { FIELD } from '../../../protocol/numbers.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  CASH,
  CLAIM_PERIOD,
  createSettlement,
  DAY,
  ITEMS,
  KINDS,
  PERIODS,
  type SettlementVenue,
  slot,
  TRADE,
} from '../../support/contracts/settlement.ts'
import { element } from '../../support/contracts/venue.ts'

/** Accounts 0 of the house, 1 of alice, 2 of bob; the vault has 1000 lots of asset 0 and 600 of asset 1. */
async function fundedVenue() {
  const venue = await createSettlement()
  const { alice, bob, house } = venue.signers
  await venue.register(alice)
  await venue.register(bob)
  await venue.deposit(alice, 1, 0, 1_000n)
  await venue.deposit(bob, 2, 1, 600n)
  await venue.settleCash(
    [slot.register(0), slot.register(1), slot.register(2), slot.deposit(1, 0, 1_000n)],
    [alice.address],
  )
  await venue.settleCash([slot.deposit(2, 1, 600n)], [bob.address])
  const creditsOf = async (signer: typeof house) =>
    Promise.all([0, 1].map(async (asset) => (await venue.settlement.creditOf(signer.address, asset))[0] as bigint))
  return { ...venue, creditsOf, reset: (await venue.networkHelpers.takeSnapshot()).restore }
}

describe('freezing', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement()
  })
  beforeEach(() => venue.reset())
  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)

  it('works exactly from the deadline of the first entry on, and not a second before', async () => {
    const { settlement, signers, as, networkHelpers } = venue
    const deadline = (await settlement.firstDeadline()) as bigint
    await networkHelpers.time.setNextBlockTimestamp(deadline - 1n)
    const early = as(signers.stranger).freeze({ gasLimit: 500_000 })
    await reverts(early, 'NothingOverdue', [deadline - 1n, deadline, 0n])
    await networkHelpers.time.setNextBlockTimestamp(deadline)
    await as(signers.stranger).freeze()
    assert.equal(await settlement.frozenAt(), deadline)
    await reverts(as(signers.stranger).freeze(), 'VenueFrozen', [deadline])
  })

  it('is not for a venue that serves its queue', async () => {
    const { signers, as, networkHelpers } = venue
    await venue.settleCash([slot.register(0)])
    await networkHelpers.time.increase(1_000n * DAY)
    await reverts(as(signers.stranger).freeze(), 'NothingOverdue')
  })

  it('counts the first entry that waits, not one that was served', async () => {
    const { settlement, signers, as, networkHelpers } = venue
    const first = (await settlement.firstDeadline()) as bigint
    await networkHelpers.time.increase(DAY)
    await venue.deposit(signers.bob, 0, 0, 1n)
    await venue.settleCash([slot.register(0)])
    await networkHelpers.time.increaseTo(first)
    await reverts(as(signers.stranger).freeze(), 'NothingOverdue')
    await networkHelpers.time.increaseTo((await settlement.firstDeadline()) as bigint)
    await as(signers.stranger).freeze()
  })

  it('stops batches, tables and the queue for ever, but no claim', async () => {
    const { settlement, signers, as } = venue
    const { alice, operator } = signers
    const account = await venue.register(alice)
    await venue.deposit(alice, account, 0, 9n)
    await venue.settleCash([slot.register(0), slot.register(account), slot.deposit(account, 0, 9n)], [alice.address])
    await venue.settleCash([slot.withdraw(account, 0, 5n, 9n)])
    await venue.fund(alice, 0, 9n)
    const trade = await venue.batchOf(TRADE, await venue.tradeWords())
    const cash = await venue.batchOf(CASH, await venue.cashWords([]))
    await venue.freeze()
    const value = 10n ** 18n
    const root = await settlement.stateRoot()
    for (const call of [
      () => as(operator).settle(TRADE, trade),
      () => as(operator).settle(CASH, cash),
      () => venue.postTable(7n),
      () => as(alice).register(1n, 1n, 1n, 1n, { value }),
      () => as(alice).deposit(account, 0, 9n, alice.address, { value }),
      () => as(alice).requestWithdrawal(account, 0, 9n, { value }),
      () => as(alice).rotate(account, 1n, 1n, { value }),
      () => as(alice).suspend(account, { value }),
      () => as(alice).resume(account, { value }),
      () => as(alice).requestCure(account, { value }),
    ]) {
      await reverts(call(), 'VenueFrozen')
    }
    assert.equal(await settlement.stateRoot(), root)
    await as(alice).claim(0, 5n, alice.address)
  })

  it('gives queued deposits back to their payers, each once, wherever they stand', async () => {
    const { settlement, signers, as } = venue
    const { alice, bob, stranger } = signers
    await venue.deposit(alice, 0, 0, 40n)
    await venue.deposit(bob, 0, 0, 2n)
    await venue.settleCash([slot.register(0)])
    const entry = (payer: string, amount: bigint) => [2n, 0n, 0n, amount, 0n, 0n, payer]
    const refund = (index: number, content: readonly unknown[]) => as(stranger).refundDeposit(index, content)
    await reverts(refund(2, entry(bob.address, 2n)), 'VenueLives')
    await venue.freeze()
    await reverts(refund(2, entry(alice.address, 2n)), 'NotADeposit', [2n])
    await reverts(refund(2, entry(bob.address, 3n)), 'NotADeposit', [2n])
    await reverts(refund(0, entry(bob.address, 2n)), 'NotADeposit', [0n])
    await refund(2, entry(bob.address, 2n))
    await reverts(refund(2, entry(bob.address, 2n)), 'NotADeposit', [2n])
    await refund(1, entry(alice.address, 40n))
    assert.deepEqual([...(await settlement.lots(0))], [0n, 0n, 42n])
    await as(bob).claim(0, 2n, bob.address)
    await as(alice).claim(0, 40n, alice.address)
  })
})

describe('exits', () => {
  let venue: Awaited<ReturnType<typeof fundedVenue>>
  let frozen: bigint
  before(async () => {
    venue = await fundedVenue()
  })
  beforeEach(() => venue.reset())
  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.exits.interface, name, args)
  const freeze = async () => {
    await venue.requestWithdrawal(venue.signers.alice, 1, 0, 1n)
    await venue.freeze()
    frozen = (await venue.settlement.frozenAt()) as bigint
  }
  const anybody = () => venue.as(venue.signers.stranger, venue.exits)
  const period = (number: bigint) => venue.networkHelpers.time.increaseTo(frozen + (number - 1n) * CLAIM_PERIOD)

  it('begin when the venue is frozen', async () => {
    await reverts(venue.recordClaim(1, [1n, 0n]), 'NotThePeriod')
    await reverts(anybody().payout(1), 'NotThePeriod')
    await reverts(anybody().shareLeftovers(1), 'NotThePeriod')
  })

  it('record a claim once, for a proof of exactly it, at the last root and the last used table', async () => {
    await venue.postTable(element('table'))
    await venue.settleTrade()
    await venue.networkHelpers.time.increase(200n)
    await venue.postTable(element('garbage'))
    await freeze()
    const { settlement, exits } = venue
    const claims = [700n, 5n]
    const record = async (...[words, commitment, proof]: Awaited<ReturnType<typeof venue.exitOf>>) =>
      anybody().recordClaim(words, commitment, proof)
    const [words, commitment, proof] = await venue.exitOf(1, claims)
    for (const place of [3, 4, 5]) {
      await reverts(record(words.with(place, words[place]! + 1n), commitment, proof), 'ExitRejected')
    }
    const root = await settlement.stateRoot()
    const used = element('table')
    await reverts(record(...(await venue.exitOf(1, claims, { root: 1n }))), 'StateRootWrong', [1n, root])
    for (const risk of [element('garbage'), 0n]) {
      await reverts(record(...(await venue.exitOf(1, claims, { risk }))), 'RiskRootWrong', [risk, used])
    }
    const foreign = await venue.batchOf(255n, words.with(0, 5n))
    await reverts(record(foreign.words, foreign.commitment, foreign.proof), 'DomainWrong', [5n, words[0]])
    await reverts(record(...(await venue.exitOf(3, claims))), 'AccountUnknown', [3n, 3n])
    await reverts(record(...(await venue.exitOf(1, [700n]))), 'WordCountWrong', [5n, 6n])
    await reverts(record(words.with(4, FIELD), commitment, proof), 'WordNotCanonical', [4n, FIELD, FIELD])
    await venue.recordClaim(1, claims)
    await reverts(venue.recordClaim(1, claims), 'AlreadyClaimed', [1n])
    assert.deepEqual([await exits.claimOf(1, 0), await exits.claimOf(1, 1)], claims)
  })

  it('pay all that was claimed in time if there is enough, to the owner and nobody else, once', async () => {
    const { alice, bob } = venue.signers
    await freeze()
    await venue.recordClaim(1, [400n, 0n])
    await venue.recordClaim(2, [600n, 600n])
    await venue.networkHelpers.time.setNextBlockTimestamp(frozen + CLAIM_PERIOD - 1n)
    await reverts(anybody().payout(1, { gasLimit: 500_000 }), 'NotThePeriod', [
      frozen + CLAIM_PERIOD - 1n,
      frozen + CLAIM_PERIOD,
      0n,
    ])
    await period(2n)
    await anybody().payout(1)
    await anybody().payout(2)
    assert.deepEqual(
      [await venue.creditsOf(alice), await venue.creditsOf(bob)],
      [
        [400n, 0n],
        [600n, 600n],
      ],
    )
    await reverts(anybody().payout(1), 'NothingToPay', [1n])
    await reverts(anybody().payout(0), 'NothingToPay', [0n])
    assert.deepEqual([...(await venue.settlement.lots(0))], [0n, 0n, 1_000n])
  })

  it('pay the same share of a quote asset that is short, and what debtors left of the others besides', async () => {
    const { alice, bob, house } = venue.signers
    await freeze()
    // 1500 are claimed of 1000; of asset 1, whose debtor lost 450 lots, 150 are.
    await venue.recordClaim(1, [1_000n, 0n])
    await venue.recordClaim(0, [500n, 0n])
    await venue.recordClaim(2, [0n, 150n])
    await period(2n)
    for (const account of [0, 1, 2]) await anybody().payout(account)
    assert.deepEqual(
      [await venue.creditsOf(alice), await venue.creditsOf(house), await venue.creditsOf(bob)],
      [
        [666n, 0n],
        [333n, 0n],
        [0n, 150n],
      ],
    )
    await reverts(anybody().shareLeftovers(1), 'NotThePeriod')
    await period(3n)
    for (const account of [2, 1, 0]) await anybody().shareLeftovers(account)
    assert.deepEqual(
      [await venue.creditsOf(alice), await venue.creditsOf(house), await venue.creditsOf(bob)],
      [
        [666n, 300n],
        [333n, 150n],
        [0n, 150n],
      ],
    )
    await reverts(anybody().shareLeftovers(1), 'NothingToPay', [1n])
  })

  it('pay who comes late from what is left, all the same share of it, and not from what was claimed in time', async () => {
    const { alice, bob, house } = venue.signers
    await freeze()
    await venue.recordClaim(1, [900n, 0n])
    await period(2n)
    await venue.recordClaim(2, [300n, 200n])
    await venue.recordClaim(0, [50n, 390n])
    await anybody().payout(1)
    await period(3n)
    await anybody().shareLeftovers(1)
    await reverts(anybody().shareLeftovers(2), 'NothingToPay', [2n])
    for (const account of [0, 2]) await anybody().payout(account)
    await reverts(anybody().payout(2), 'NothingToPay', [2n])
    assert.deepEqual(
      [await venue.creditsOf(alice), await venue.creditsOf(bob), await venue.creditsOf(house)],
      [
        [900n, 10n],
        [85n, 200n],
        [14n, 390n],
      ],
    )
  })

  it('pay a late claim in the third period at the earliest, and no claim within a week of its proof', async () => {
    const { exits, networkHelpers, creditsOf } = venue
    const held = (await exits.HOLD_PERIOD()) as bigint
    assert.equal(held, 7n * DAY)
    const refusedUntil = async (account: number, from: bigint) => {
      await networkHelpers.time.setNextBlockTimestamp(from - 1n)
      const early = anybody().payout(account, { gasLimit: 500_000 })
      await reverts(early, 'NotThePeriod', [from - 1n, from, 0n])
      await networkHelpers.time.setNextBlockTimestamp(from)
      await anybody().payout(account)
    }
    await freeze()
    await networkHelpers.time.increaseTo(frozen + CLAIM_PERIOD - held - 2n)
    await venue.recordClaim(1, [300n, 0n])
    await period(2n)
    await anybody().payout(1)
    await venue.recordClaim(2, [10n, 10n])
    await refusedUntil(2, frozen + 2n * CLAIM_PERIOD)
    await venue.reset()
    await freeze()
    for (const [account, ends] of [
      [1, 1n],
      [2, 2n],
    ] as const) {
      const last = frozen + ends * CLAIM_PERIOD - 1n
      await networkHelpers.time.setNextBlockTimestamp(last)
      await venue.recordClaim(account, [10n, 10n])
      await refusedUntil(account, last + held)
    }
    assert.deepEqual(await creditsOf(venue.signers.bob), [10n, 10n])
  })

  it('pay nothing of a false claim that is recorded in the last second, if the verifier is stopped within a week', async () => {
    const { house, alice } = venue.signers
    const stop = async () => anybody().stop(...(await venue.exitOf(1, [1n, 1n], { root: 0n, risk: 5n })))
    await freeze()
    await venue.recordClaim(1, [1_000n, 0n])
    const honest = await venue.networkHelpers.takeSnapshot()
    for (const ends of [1n, 2n]) {
      await honest.restore()
      await venue.networkHelpers.time.setNextBlockTimestamp(frozen + ends * CLAIM_PERIOD - 1n)
      await venue.recordClaim(0, [2n ** 100n, 2n ** 100n])
      await reverts(anybody().payout(0), 'NotThePeriod')
      await venue.networkHelpers.time.increase(7n * DAY - 10n)
      await reverts(anybody().payout(0), 'NotThePeriod')
      await stop()
      await venue.networkHelpers.time.increase(CLAIM_PERIOD)
      await reverts(anybody().payout(0), 'NotThePeriod')
      assert.deepEqual([await venue.creditsOf(house), await venue.creditsOf(alice)], new Array(2).fill([0n, 0n]))
    }
  })

  it('take from late claims of another asset nothing for a quote asset that is short by one lot', async () => {
    const { bob } = venue.signers
    await freeze()
    await venue.recordClaim(1, [1_001n, 0n])
    await period(2n)
    await venue.recordClaim(2, [0n, 600n])
    await anybody().payout(1)
    await period(3n)
    await anybody().shareLeftovers(1)
    await anybody().payout(2)
    assert.deepEqual(await venue.creditsOf(bob), [0n, 600n])
  })

  it('share what nobody claimed among the claims in time, and record no more then', async () => {
    const { alice, house } = venue.signers
    await freeze()
    await venue.recordClaim(1, [300n, 0n])
    await venue.recordClaim(0, [100n, 0n])
    await period(3n)
    await reverts(venue.recordClaim(2, [0n, 600n]), 'NotThePeriod')
    for (const account of [0, 1]) {
      await anybody().shareLeftovers(account)
      await anybody().payout(account)
    }
    assert.deepEqual(
      [await venue.creditsOf(alice), await venue.creditsOf(house)],
      [
        [750n, 450n],
        [250n, 150n],
      ],
    )
  })

  it('refuse claims that are wider than any account’s', async () => {
    await freeze()
    await reverts(venue.recordClaim(1, [2n ** 127n, 0n]), 'ClaimTooLarge', [0n, 2n ** 127n])
    await venue.recordClaim(1, [2n ** 127n - 1n, 0n])
  })

  describe('whose verifier a proof has broken', () => {
    const stop = async (root = 0n) => anybody().stop(...(await venue.exitOf(1, [1n, 1n], { root, risk: 5n })))

    it('freeze a venue that lives, and stop at once', async () => {
      const { settlement } = venue
      await reverts(stop(1n), 'NotImpossible', [1n])
      const [words, commitment, proof] = await venue.exitOf(1, [1n, 1n], { root: 0n, risk: 5n })
      await reverts(anybody().stop(words, commitment, { ...proof, a: [0n, 0n] }), 'ExitRejected')
      await stop()
      assert.notEqual(await settlement.frozenAt(), 0n)
      await reverts(venue.recordClaim(1, [1n, 1n]), 'NotThePeriod')
      await reverts(stop(), 'AlreadyBroken')
    })

    it('begin anew with another verifier, after the delay; what was recorded is void, what was paid counts', async () => {
      const { alice, bob, governor } = venue.signers
      const { authority, networkHelpers, exits, deploy } = venue
      await freeze()
      await venue.recordClaim(1, [400n, 0n])
      await venue.recordClaim(2, [100n, 100n])
      await period(2n)
      await anybody().payout(1)
      await stop()
      await reverts(anybody().payout(2), 'NotThePeriod')
      const as = venue.as(governor, authority)
      const other = await deploy('StubStateVerifier', 255n)
      await assertReverts(as.propose(ITEMS.OPERATOR, 0n, bob.address, 0n), authority.interface, 'AuthorityEnded')
      await as.propose(ITEMS.EXIT_VERIFIER, 0n, other.target, 0n)
      await assertReverts(as.execute(ITEMS.EXIT_VERIFIER, 0n), authority.interface, 'ProposalNotRipe')
      const guardian = venue.as(venue.signers.guardian, authority)
      await assertReverts(guardian.cancel(ITEMS.EXIT_VERIFIER, 0n), authority.interface, 'NotEntitled')
      await networkHelpers.time.increase(PERIODS.upgradeDelay)
      await as.execute(ITEMS.EXIT_VERIFIER, 0n)
      frozen = await venue.now()
      assert.equal(await exits.round(), 2n)
      await reverts(anybody().payout(2), 'NotThePeriod')
      await venue.recordClaim(1, [500n, 0n])
      await venue.recordClaim(2, [100n, 600n])
      await period(2n)
      for (const account of [1, 2]) await anybody().payout(account)
      assert.deepEqual(
        [await venue.creditsOf(alice), await venue.creditsOf(bob)],
        [
          [500n, 0n],
          [100n, 600n],
        ],
      )
      await assertReverts(as.propose(ITEMS.EXIT_VERIFIER, 0n, other.target, 0n), authority.interface, 'AuthorityEnded')
    })

    it('take no verifier that was proposed before', async () => {
      const { authority, deploy, networkHelpers } = venue
      const as = venue.as(venue.signers.governor, authority)
      await as.propose(ITEMS.EXIT_VERIFIER, 0n, (await deploy('StubStateVerifier', 255n)).target, 0n)
      await networkHelpers.time.increase(PERIODS.upgradeDelay - 10n)
      await stop()
      await networkHelpers.time.increase(10n)
      await assertReverts(as.execute(ITEMS.EXIT_VERIFIER, 0n), authority.interface, 'ProposalNotRipe')
    })
  })

  it('begin at once when a proof breaks the verifier of a batch', async () => {
    const { settlement, signers, as } = venue
    const impossible = (root: bigint) => venue.tradeWords({ 4: root })
    const stop = async (root: bigint, kind = TRADE) => {
      const { proof, commitment, words } = await venue.batchOf(TRADE, await impossible(root))
      return as(signers.stranger).stopForBrokenVerifier(kind, proof, commitment, words)
    }
    await assertReverts(stop(1n), settlement.interface, 'NotImpossible', [1n])
    await assertReverts(stop(0n, CASH), settlement.interface, 'WordCountWrong')
    await assertReverts(stop(0n, KINDS), settlement.interface, 'KindUnknown')
    const { proof, commitment, words } = await venue.batchOf(TRADE, await impossible(0n))
    const wrong = { ...proof, a: [0n, 0n] }
    const call = as(signers.stranger).stopForBrokenVerifier(TRADE, wrong, commitment, words)
    await assertReverts(call, settlement.interface, 'ProofRejected')
    await stop(0n)
    await venue.recordClaim(1, [1_000n, 0n])
  })

  it('have a claim period of 7 to 90 days, and two callers besides anybody', async () => {
    const { settlement, exits, signers } = venue
    for (const claimPeriod of [7n * DAY - 1n, 90n * DAY + 1n]) {
      const given = [claimPeriod, 7n * DAY, 90n * DAY]
      await reverts(createSettlement({ claimPeriod }), 'ClaimPeriodOutOfRange', given)
    }
    await createSettlement({ claimPeriod: 90n * DAY })
    await freeze()
    const { stranger } = signers
    const by = [stranger.address, exits.target]
    await assertReverts(venue.as(stranger).payExit(1, [1n, 1n]), settlement.interface, 'NotEntitled', by)
    await assertReverts(venue.as(stranger).freezeForBrokenExits(), settlement.interface, 'NotEntitled', by)
    await reverts(anybody().beginAnew(), 'NotEntitled', [stranger.address, venue.authority.target])
    const call = venue.as(stranger, venue.authority).voidExitVerifier()
    await assertReverts(call, venue.authority.interface, 'NotEntitled', by)
  })
})
