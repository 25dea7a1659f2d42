import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  createSettlement,
  DELEVERAGE,
  DELEVERAGE_WORDS,
  PERIODS,
  type SettlementVenue,
  slot,
  TAKEOVER,
  TAKEOVER_WORDS,
} from '../../support/contracts/settlement.ts'

/** What batches of both kinds say, of an account that is flagged. */
interface Told {
  readonly timestamp?: bigint
  readonly riskRoot?: bigint
  readonly newStateRoot?: bigint
  readonly victim?: number
  readonly opens?: bigint
  readonly resumedAt?: bigint
}

/** What is done with the account of an auction: kind, words, and the words of a batch that says this. */
const ACTS = {
  'a takeover': {
    ...{ kind: TAKEOVER, count: TAKEOVER_WORDS },
    wordsOf: async (venue: SettlementVenue, told: Told) => {
      const { timestamp, riskRoot, newStateRoot, victim = 0, opens = 1n, resumedAt } = told
      const [accounts, times] = [(BigInt(victim) << 88n) + 5n, await venue.timesOf(opens, resumedAt)]
      const changes = { 1: timestamp, 2: riskRoot, 4: newStateRoot, 6: accounts, 7: times }
      const given = Object.entries(changes).filter(([, word]) => word !== undefined)
      return venue.takeoverWords(Object.fromEntries(given) as { [place: number]: bigint })
    },
  },
  'a deleveraging': {
    ...{ kind: DELEVERAGE, count: DELEVERAGE_WORDS },
    wordsOf: (venue: SettlementVenue, told: Told) => venue.deleverageWords(told),
  },
} as const

for (const [act, { kind, count, wordsOf }] of Object.entries(ACTS)) {
  describe(act, () => {
    let venue: SettlementVenue
    before(async () => {
      venue = await createSettlement()
    })
    beforeEach(() => venue.reset())

    const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
      assertReverts(call, venue.settlement.interface, name, args)
    const batchOf = async (told: Told = {}) => venue.batchOf(kind, await wordsOf(venue, told))
    const settle = async (told: Told = {}) => venue.as(venue.signers.operator).settle(kind, await batchOf(told))
    const at = (time: bigint) => venue.networkHelpers.time.setNextBlockTimestamp(time)
    const guardian = () => venue.as(venue.signers.guardian, venue.authority)

    it('moves the root once and says all of its words, whoever brings it with the operator’s leave', async () => {
      const { settlement, signers, as } = venue
      const batch = await batchOf()
      await reverts(as(signers.stranger).settle(kind, batch), 'NotByOperator')
      const sent = await as(signers.operator).settle(kind, batch)
      const { name, args } = settlement.interface.parseLog((await sent.wait()).logs[0])!
      assert.deepEqual([name, args.kind, [...args.data]], ['Settled', kind, batch.words.slice(5)])
      assert.equal(await settlement.stateRoot(), batch.words[4])
      await reverts(as(signers.operator).settle(kind, batch), 'StateRootNotCurrent')
    })

    it('has as many words as its circuit, and is of no other kind', async () => {
      const { signers, as } = venue
      const words = await wordsOf(venue, {})
      const short = await venue.batchOf(kind, words.slice(0, -1))
      await reverts(as(signers.operator).settle(kind, short), 'WordCountWrong', [count - 1n, count])
      const other = kind === TAKEOVER ? DELEVERAGE : TAKEOVER
      await reverts(as(signers.operator).settle(other, await venue.batchOf(kind, words)), 'WordCountWrong')
    })

    it('is taken by a venue that was deployed with its kind, and no kind behind those known by any', async () => {
      const refuses = async (kinds: number, of: bigint) => {
        const own = await createSettlement({ kinds })
        const batch = await own.batchOf(of, await own.deleverageWords())
        const call = own.as(own.signers.operator).settle(of, batch)
        await assertReverts(call, own.settlement.interface, 'KindUnknown', [of, BigInt(kinds)])
      }
      await refuses(Number(kind), kind)
      await refuses(5, 4n)
    })

    it('of a verifier that takes what cannot be ends the venue', async () => {
      const { proof, commitment, words } = await batchOf({ newStateRoot: 0n })
      await reverts(settle({ newStateRoot: 0n }), 'ZeroRoot')
      await venue.as(venue.signers.stranger).stopForBrokenVerifier(kind, proof, commitment, words)
      assert.notEqual(await venue.settlement.frozenAt(), 0n)
      await reverts(settle(), 'VenueFrozen')
    })

    describe('counts from the end of the last pause', () => {
      it('which is 0 where there was none', async () => {
        await reverts(settle({ resumedAt: 1n }), 'ResumedAtWrong', [1n, 0n])
        await settle({ resumedAt: 0n })
      })

      it('and not during one', async () => {
        await guardian().pause()
        const until = (await venue.authority.pausedUntil()) as bigint
        await reverts(settle({ resumedAt: until }), 'TradingPaused', [until])
        await reverts(settle({ resumedAt: 0n }), 'TradingPaused', [until])
        await venue.networkHelpers.time.increaseTo(until - 2n)
        await reverts(settle({ resumedAt: until }), 'TradingPaused', [until])
        await at(until)
        await settle({ resumedAt: until })
      })

      it('whether it was lifted early or ran out, and of two the later', async () => {
        const { networkHelpers } = venue
        await guardian().pause()
        const planned = (await venue.authority.pausedUntil()) as bigint
        await networkHelpers.time.increase(100n)
        await guardian().unpause()
        const lifted = await venue.now()
        await reverts(settle({ resumedAt: planned }), 'ResumedAtWrong', [planned, lifted])
        await reverts(settle({ resumedAt: 0n }), 'ResumedAtWrong', [0n, lifted])
        await settle({ resumedAt: lifted })
        // What ended is not ended again.
        await guardian().unpause()
        await settle({ resumedAt: lifted })
        await networkHelpers.time.increaseTo((await venue.authority.pausableFrom()) as bigint)
        await guardian().pause()
        const second = (await venue.authority.pausedUntil()) as bigint
        await networkHelpers.time.increaseTo(second)
        await reverts(settle({ resumedAt: lifted }), 'ResumedAtWrong', [lifted, second])
        await settle({ resumedAt: second })
      })

      it('so that one which was proved before a pause dies with it', async () => {
        const batch = await batchOf()
        await guardian().pause()
        await guardian().unpause()
        const call = venue.as(venue.signers.operator).settle(kind, batch)
        await reverts(call, 'ResumedAtWrong', [0n, await venue.now()])
      })
    })

    describe('goes behind what the account asked for before its auction opened', () => {
      const LATEST = 2n ** 41n - 1n
      let account: number
      beforeEach(async () => {
        account = await venue.register(venue.signers.alice)
        await venue.settleCash([slot.register(0), slot.register(account)])
      })
      const opening = async (opens: bigint, victim = account) => settle({ victim, opens })
      const goesFirst = async (index: bigint, askedAt: bigint, opens: bigint) =>
        reverts(opening(opens), 'RescueGoesFirst', [BigInt(account), index, askedAt, opens])
      const cure = async () => {
        await venue.as(venue.signers.alice).requestCure(account, { value: await venue.fee() })
        return venue.now()
      }
      const depositAt = async (lots: bigint) => {
        await venue.deposit(venue.signers.bob, account, 0, lots)
        return venue.now()
      }

      it('a cure, to the second, until it is served', async () => {
        const askedAt = await cure()
        await opening(askedAt)
        for (const opens of [askedAt + 1n, LATEST]) await goesFirst(2n, askedAt, opens)
        await venue.settleCash([slot.cure(account, false)])
        await opening(LATEST)
      })

      it('a deposit, whoever pays it, also behind entries of others, and each of several', async () => {
        const { alice, bob } = venue.signers
        await venue.deposit(alice, 0, 0, 5n)
        const first = await venue.now()
        await venue.networkHelpers.time.increase(50n)
        const second = await depositAt(6n)
        await venue.networkHelpers.time.increase(50n)
        const third = await depositAt(7n)
        await goesFirst(2n, first, second + 1n)
        await opening(second)
        await venue.settleCash([slot.deposit(0, 0, 5n)], [alice.address])
        await goesFirst(3n, second, second + 1n)
        await venue.settleCash([slot.deposit(account, 0, 6n)], [bob.address])
        await goesFirst(4n, third, third + 1n)
        // What is left was asked for when the auction was open: it puts nothing off, though something waits since before.
        await opening(third)
        await opening(second + 1n)
        await venue.settleCash([slot.deposit(account, 0, 7n)], [bob.address])
        await opening(third + 1n)
      })

      it('and behind nothing of anybody else, nor behind what can save nobody', async () => {
        const { alice, bob } = venue.signers
        await venue.deposit(bob, 0, 0, 5n)
        await venue.as(alice).suspend(account, { value: await venue.fee() })
        await venue.requestWithdrawal(alice, account, 0, 5n)
        await opening(LATEST)
        await reverts(opening(LATEST, 0), 'RescueGoesFirst')
        const askedAt = await cure()
        await reverts(opening(askedAt + 1n), 'RescueGoesFirst')
      })

      describe('and what shelter kept from being decided may be tried again, outside of the queue', () => {
        const served = (slots: Parameters<SettlementVenue['settleCash']>[0], payers: readonly string[] = []) =>
          venue.settleCash(slots.map(slot.deferred), [...payers])
        const waiting = async () =>
          Number(((await venue.settlement.queueEnd()) as bigint) - ((await venue.settlement.queueFront()) as bigint))
        /** Of a cure: 1 if one waits, 2 if one may be tried again. */
        const pending = async () => ((await venue.settlement.pendingOf(account)) as bigint) >> 18n
        const decided = (cured = false) => venue.settleCash([slot.cure(account, cured)])

        it('a cure that was served within shelter is not used up: no takeover goes before it', async () => {
          const askedAt = await cure()
          await served([slot.cure(account, false)])
          assert.deepEqual([await waiting(), await pending()], [0, 2n])
          await goesFirst(3n, 0n, askedAt + 1n)
          await goesFirst(3n, 0n, LATEST)
          // Within shelter as often as one likes: it stays.
          await venue.networkHelpers.time.increase(60n)
          await served([slot.cure(account, false), slot.cure(account, false)])
          await goesFirst(3n, 0n, askedAt + 1n)
          await decided()
          assert.deepEqual([await waiting(), await pending()], [0, 0n])
          await opening(LATEST)
          await reverts(decided(), 'NotTheFirstEntry', [3n])
        })

        it('a deposit likewise, and its owner may ask for a cure besides, which counts on its own', async () => {
          const { bob } = venue.signers
          const askedAt = await depositAt(6n)
          await served([slot.deposit(account, 0, 6n)], [bob.address])
          await goesFirst(3n, 0n, askedAt + 1n)
          await cure()
          assert.deepEqual([await waiting(), await pending()], [1, 3n])
          await venue.settleCash([slot.cure(account, true), slot.cure(account, false)])
          assert.deepEqual([await waiting(), await pending()], [0, 0n])
          await opening(LATEST)
          await cure()
        })

        it('so that what came to the queue while the batch was proved is not taken for it', async () => {
          await cure()
          await served([slot.cure(account, false)])
          await cure()
          await decided()
          assert.deepEqual([await waiting(), await pending()], [1, 1n])
          await decided()
          assert.deepEqual([await waiting(), await pending()], [0, 0n])
        })

        it('while another one in front that shelter keeps from being decided is an entry that was served', async () => {
          await cure()
          await served([slot.cure(account, false)])
          await cure()
          await served([slot.cure(account, false)])
          assert.deepEqual([await waiting(), await pending()], [0, 2n])
        })

        it('by whatever decides it, also by a deposit', async () => {
          const { bob } = venue.signers
          await cure()
          await served([slot.cure(account, false)])
          await depositAt(6n)
          await venue.settleCash([slot.deposit(account, 0, 6n)], [bob.address])
          assert.deepEqual([await waiting(), await pending()], [0, 0n])
          await opening(LATEST)
        })

        it('behind nothing that waits, whoever queued it: no stranger takes its turn', async () => {
          const { alice, bob } = venue.signers
          const askedAt = await cure()
          await venue.deposit(alice, 0, 0, 5n)
          await venue.requestWithdrawal(bob, await venue.register(bob), 0, 5n)
          await served([slot.cure(account, false)])
          await goesFirst(3n, (await venue.settlement.placeAt(3n)).askedAt, askedAt + 1n)
          await decided()
          await opening(LATEST)
          assert.equal(await waiting(), 3)
        })

        it('and before a withdrawal of the account, which pays nothing as long as it is flagged', async () => {
          await cure()
          await venue.requestWithdrawal(venue.signers.alice, account, 0, 5n)
          await served([slot.cure(account, false)])
          const withdrawal = slot.forced(account, 0, 5n, 0n, 0n)
          await reverts(venue.settleCash([withdrawal]), 'CureGoesFirst', [0n, BigInt(account)])
          await reverts(venue.settleCash([withdrawal, slot.cure(account, true)]), 'CureGoesFirst', [
            0n,
            BigInt(account),
          ])
          await venue.settleCash([slot.cure(account, true), withdrawal])
          assert.deepEqual([await waiting(), await pending()], [0, 0n])
        })

        it('but not where shelter lasts into the last hours before its deadline, so that the queue goes on', async () => {
          await cure()
          await venue.requestWithdrawal(venue.signers.alice, account, 0, 5n)
          await served([slot.cure(account, false)])
          const time = ((await venue.settlement.firstDeadline()) as bigint) - 3_600n
          await at(time)
          const forced = { ...slot.forced(account, 0, 5n, 0n, 0n), b: 1n }
          await venue.settleCash([forced], [], { timestamp: time })
          assert.deepEqual([await waiting(), await pending()], [0, 2n])
        })

        it('what was asked for when the auction was open puts nothing off', async () => {
          const askedAt = await cure()
          await served([slot.cure(account, false)])
          await opening(askedAt)
        })

        it('of no other account, and of none whose cure was not kept from being decided', async () => {
          const { bob } = venue.signers
          await cure()
          await served([slot.cure(account, false)])
          const other = await venue.register(bob)
          await reverts(venue.settleCash([slot.cure(other, true)]), 'NotTheFirstEntry', [3n])
          await reverts(venue.settleCash([slot.deferred(slot.cure(other, false))]), 'NotTheFirstEntry', [3n])
        })

        it('a forced withdrawal that says the same is no such request', async () => {
          await venue.requestWithdrawal(venue.signers.alice, account, 0, 5n)
          const deadline = (await venue.settlement.firstDeadline()) as bigint
          await at(deadline - 3_600n)
          const time = deadline - 3_600n
          const forced = { ...slot.forced(account, 0, 5n, 0n, 0n), b: 1n }
          await venue.settleCash([forced], [], { timestamp: time })
          assert.deepEqual([await waiting(), await pending()], [0, 0n])
        })
      })

      it('but not behind an account’s own requests without end: they count from when the auction opened', async () => {
        const { bob } = venue.signers
        const opens = (await depositAt(1n)) + 1n
        for (let i = 2n; i < 6n; i++) {
          await venue.networkHelpers.time.increase(10n)
          await depositAt(i)
          await venue.settleCash([slot.deposit(account, 0, i - 1n)], [bob.address])
          await opening(opens)
        }
      })
    })

    it('is of no later time than the block, so that no clock opens an auction early', async () => {
      const time = (await venue.now()) + 100n
      await at(time)
      await reverts(settle({ timestamp: time + 1n }), 'AuctionAhead', [time + 1n, time])
      await at(time + 1n)
      await settle({ timestamp: time + 1n })
      await venue.reset()
      await settle({ timestamp: (await venue.now()) - 800n })
    })

    it('goes on after an end was announced, and closes nothing', async () => {
      await venue.as(venue.signers.governor, venue.authority).announceWindDown()
      await venue.networkHelpers.time.increase(PERIODS.closingNotice)
      await settle()
    })
  })
}
