import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { smallOrderPoint } from '../../../lab/instances/raw-signature.ts'
import { addPoints, multiplyPoint, type Point } from '../../../protocol/crypto/baby-jubjub.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { SHELTER_END } from '../../../protocol/parameters.ts'
import { keyToRegister, tradingKey } from '../../../protocol/signature.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  createSettlement,
  DAY,
  pointOf,
  QUEUE,
  type SettlementVenue,
  slot,
} from '../../support/contracts/settlement.ts'

/** The eight points of small order, each added to the given one. */
const smallOrderPoints = (to: Point = { x: 0n, y: 1n }) =>
  Array.from({ length: 8 }, (_, i) => addPoints(to, multiplyPoint(smallOrderPoint(8), BigInt(i))))

describe('the queue', () => {
  let venue: SettlementVenue
  before(async () => {
    venue = await createSettlement()
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)

  it('leads from a deposit through the vault and a forced withdrawal to the owner, lot by lot', async () => {
    const { settlement, tokens, signers, as } = venue
    const { alice } = signers
    const account = await venue.register(alice)
    await venue.deposit(alice, account, 1, 500n)
    assert.deepEqual([...(await settlement.lots(1))], [500n, 0n, 0n])
    await venue.settleCash([slot.register(0), slot.register(account), slot.deposit(account, 1, 500n)], [alice.address])
    assert.deepEqual([...(await settlement.lots(1))], [0n, 500n, 0n])
    await venue.requestWithdrawal(alice, account, 1, 2n ** 80n - 1n)
    await venue.settleCash([slot.forced(account, 1, 2n ** 80n - 1n, 300n, 500n)])
    assert.deepEqual([...(await settlement.lots(1))], [0n, 200n, 300n])
    await as(alice).claim(1, 300n, signers.bob.address)
    assert.deepEqual([...(await settlement.lots(1))], [0n, 200n, 0n])
    assert.equal(await tokens[1].balanceOf(signers.bob.address), 300n * 7n)
    assert.equal(await tokens[1].balanceOf(settlement.target), 200n * 7n)
    await reverts(as(alice).claim(1, 1n, alice.address), 'NotEnoughLots', [1n, 0n])
  })

  it('has the house as entry 0, by the constructor', async () => {
    const { settlement, signers } = venue
    assert.equal(await settlement.ownerOf(0), signers.house.address)
    assert.deepEqual(
      [await settlement.queueFront(), await settlement.queueEnd(), await settlement.accountCount()],
      [0n, 1n, 1n],
    )
    await venue.settleCash([slot.register(0)])
    assert.deepEqual([await settlement.queueFront(), await settlement.firstDeadline()], [1n, 0n])
  })

  describe('registrations', () => {
    const register = (x: bigint, y: bigint, ownerCommitment = 1n, viewCommitment = 1n) =>
      venue.as(venue.signers.alice).register.staticCall(x, y, ownerCommitment, viewCommitment, { value: 10n ** 18n })

    it('take every point that is none of the eight of small order, also one with a part of small order', async () => {
      const key = pointOf(7)
      assert.equal(await register(key.x, key.y), 1n)
      for (const point of smallOrderPoints(key)) assert.equal(await register(point.x, point.y), 1n)
    })

    it('refuse each of the eight points of small order', async () => {
      const points = smallOrderPoints()
      assert.equal(new Set(points.map(({ x, y }) => `${x},${y}`)).size, 8)
      for (const { x, y } of points) await reverts(register(x, y), 'SmallOrder', [x, y])
    })

    it('refuse points off the curve, and numbers of r or more, x + r of a good point too', async () => {
      const { x, y } = pointOf(7)
      await reverts(register(x, y + 1n), 'NotOnCurve', [x, y + 1n])
      await reverts(register(0n, 0n), 'NotOnCurve', [0n, 0n])
      await reverts(register(x + FIELD, y), 'NotCanonical', [x + FIELD, FIELD])
      await reverts(register(x, y + FIELD), 'NotCanonical', [y + FIELD, FIELD])
      await reverts(register(x, y, FIELD), 'NotCanonical', [FIELD, FIELD])
      await reverts(register(x, y, 1n, FIELD), 'NotCanonical', [FIELD, FIELD])
      assert.equal(await register(x, y, 0n, FIELD - 1n), 1n)
    })

    it('end at 4^levels accounts', async () => {
      const small = await createSettlement({ accountLevels: 1n })
      for (let i = 1; i < 4; i++) await small.register(small.signers.bob)
      await assertReverts(small.register(small.signers.bob), small.settlement.interface, 'AccountsFull', [4n])
    })
  })

  describe('deposits', () => {
    const deposit = (account: number, asset: number, amount: bigint, owner = venue.signers.alice) =>
      venue.as(venue.signers.bob).deposit.staticCall(account, asset, amount, owner.address, { value: 10n ** 18n })

    it('are for registered accounts, whose registration may still wait', async () => {
      const account = await venue.register(venue.signers.alice)
      await venue.fund(venue.signers.bob, 0, 10n)
      await deposit(account, 0, 10n)
      await reverts(deposit(account + 1, 0, 10n), 'AccountUnknown', [2n, 2n])
      await reverts(deposit(2 ** 24, 0, 10n), 'AccountUnknown', [2n ** 24n, 2n])
    })

    it('go to no account but one of the owner they name: not to whoever registered first under its index', async () => {
      const { alice, bob, stranger } = venue.signers
      await venue.fund(bob, 0, 10n)
      const expected = Number(await venue.settlement.accountCount())
      const before = await venue.networkHelpers.takeSnapshot()
      assert.equal(await venue.register(alice), expected)
      await deposit(expected, 0, 10n)
      // Whoever copies alice's registration, or the chain without her block, gives the index to another.
      await before.restore()
      await venue.register(stranger)
      const names = [BigInt(expected), alice.address, stranger.address]
      await reverts(deposit(expected, 0, 10n), 'OwnerNotExpected', names)
      assert.equal(await venue.register(alice), expected + 1)
      await deposit(expected + 1, 0, 10n)
      const nobody = { address: '0x0000000000000000000000000000000000000000' } as typeof alice
      await reverts(deposit(expected, 0, 10n, nobody), 'OwnerNotExpected')
    })

    it('name the owner at that time, before and after an account is handed over', async () => {
      const { alice, bob } = venue.signers
      const account = await venue.register(alice)
      await venue.fund(bob, 0, 10n)
      await venue.as(alice).offerOwner(account, bob.address)
      await venue.as(bob).acceptOwner(account)
      await deposit(account, 0, 10n, alice)
      await reverts(deposit(account, 0, 10n, bob), 'OwnerNotExpected', [BigInt(account), bob.address, alice.address])
      await venue.networkHelpers.time.increase(3_600n)
      await deposit(account, 0, 10n, bob)
      await reverts(deposit(account, 0, 10n), 'OwnerNotExpected', [BigInt(account), alice.address, bob.address])
    })

    it('are of an asset there is, of the least amount or more, and leave fewer than 2^79 lots in all', async () => {
      const own = await createSettlement({ minDeposit: 5n })
      const call = (asset: number, amount: bigint) =>
        own.as(own.signers.bob).deposit.staticCall(0, asset, amount, own.signers.house.address, { value: 10n ** 18n })
      const fails = (promise: Promise<unknown>, name: string, args: readonly unknown[]) =>
        assertReverts(promise, own.settlement.interface, name, args)
      await fails(call(2, 5n), 'AssetUnknown', [2n, 2n])
      await fails(call(0, 4n), 'DepositTooSmall', [0n, 4n, 5n])
      await fails(call(0, 0n), 'DepositTooSmall', [0n, 0n, 5n])
      await fails(call(0, 2n ** 79n), 'DepositOutOfRange', [2n ** 79n, 0n, 2n ** 79n])
      await own.deposit(own.signers.bob, 0, 0, 2n ** 79n - 6n)
      await own.fund(own.signers.bob, 0, 6n)
      await fails(call(0, 6n), 'DepositOutOfRange', [6n, 2n ** 79n - 6n, 2n ** 79n])
      await call(0, 5n)
    })

    it('of nothing are refused, even where there is no least amount', async () => {
      const own = await createSettlement({ minDeposit: 0n })
      const call = own.as(own.signers.bob).deposit(0, 0, 0n, own.signers.house.address, { value: 10n ** 18n })
      await assertReverts(call, own.settlement.interface, 'DepositOutOfRange', [0n, 0n, 2n ** 79n])
    })
  })

  describe("an owner's requests", () => {
    let account: number
    const value = 10n ** 18n
    beforeEach(async () => {
      account = await venue.register(venue.signers.alice)
    })
    const calls = (): Record<
      string,
      (signer: SettlementVenue['signers']['alice'], of?: number) => Promise<unknown>
    > => ({
      FORCED: (signer, of = account) => venue.as(signer).requestWithdrawal(of, 1, 5n, { value }),
      ROTATE: (signer, of = account) => venue.as(signer).rotate(of, pointOf(9).x, pointOf(9).y, { value }),
      SUSPEND: (signer, of = account) => venue.as(signer).suspend(of, { value }),
      RESUME: (signer, of = account) => venue.as(signer).resume(of, { value }),
      CURE: (signer, of = account) => venue.as(signer).requestCure(of, { value }),
    })

    it('are nobody else’s', async () => {
      const { alice, bob } = venue.signers
      for (const call of Object.values(calls())) {
        await reverts(call(bob), 'NotOwner', [BigInt(account), bob.address, alice.address])
        await reverts(call(bob, 99), 'AccountUnknown', [99n, 2n])
      }
    })

    it('wait one at a time: a withdrawal of each asset, a rotation, a suspension or its end, and a cure', async () => {
      const { alice } = venue.signers
      const { FORCED, ROTATE, SUSPEND, RESUME, CURE } = calls()
      await FORCED!(alice)
      await reverts(FORCED!(alice), 'AlreadyPending', [BigInt(account), 6n, 1n])
      await venue.as(alice).requestWithdrawal(account, 0, 5n, { value })
      await ROTATE!(alice)
      await reverts(ROTATE!(alice), 'AlreadyPending', [BigInt(account), 3n, 0n])
      await SUSPEND!(alice)
      await reverts(SUSPEND!(alice), 'AlreadyPending', [BigInt(account), 4n, 0n])
      await reverts(RESUME!(alice), 'AlreadyPending', [BigInt(account), 5n, 0n])
      await CURE!(alice)
      await reverts(CURE!(alice), 'AlreadyPending', [BigInt(account), 11n, 0n])
      await venue.settleCash([slot.register(0), slot.register(account), slot.forced(account, 1, 5n, 0n, 0n)])
      await FORCED!(alice)
      await venue.settleCash([
        slot.forced(account, 0, 5n, 0n, 0n),
        slot.rotate(account, pointOf(9)),
        slot.suspend(account),
        slot.cure(account, true),
      ])
      for (const call of [ROTATE!, RESUME!, CURE!]) await call(alice)
      await venue.settleCash([
        slot.forced(account, 1, 5n, 0n, 0n),
        slot.rotate(account, pointOf(9)),
        slot.resume(account),
        slot.cure(account, false),
      ])
      assert.equal(await venue.settlement.pendingOf(account), 0n)
    })

    it('for lots are from 1 to 2^80 - 1, of an asset there is', async () => {
      const request = (asset: number, amount: bigint) =>
        venue.as(venue.signers.alice).requestWithdrawal.staticCall(account, asset, amount, { value })
      await request(0, 1n)
      await request(1, 2n ** 80n - 1n)
      await reverts(request(0, 0n), 'AmountOutOfRange', [0n])
      await reverts(request(2, 1n), 'AssetUnknown', [2n, 2n])
      const wide = venue.settlement.interface
        .encodeFunctionData('requestWithdrawal', [account, 0, 2n ** 80n - 1n])
        .replace(/f{20}$/, `1${'0'.repeat(20)}`)
      const { alice } = venue.signers
      await assert.rejects(alice.call({ to: venue.settlement.target, data: wide, value }))
    })

    it('cannot rotate to a point of small order', async () => {
      for (const { x, y } of smallOrderPoints()) {
        await reverts(venue.as(venue.signers.alice).rotate(account, x, y, { value }), 'SmallOrder', [x, y])
      }
    })

    it('are served by a slot that says whether it cured the account, which no entry knows', async () => {
      const { alice } = venue.signers
      await calls().CURE!(alice)
      await venue.deposit(alice, account, 0, 9n)
      const registered = [slot.register(0), slot.register(account)]
      const deposit = { ...slot.deposit(account, 0, 9n), b: 1n }
      await venue.settleCash([...registered, slot.cure(account, false), deposit], [alice.address])
      assert.equal(await venue.settlement.queueFront(), 4n)
      await reverts(venue.settleCash([slot.cure(account, true)]), 'NotTheFirstEntry', [4n])
    })

    describe('for lots of an account with a position in a sheltered market', () => {
      const sheltered = (requested: bigint, paid: bigint) => ({
        ...slot.forced(account, 1, requested, paid, 50n),
        b: 1n,
      })
      beforeEach(async () => {
        const { alice } = venue.signers
        await venue.deposit(alice, account, 1, 50n)
        const registered = [slot.register(0), slot.register(account)]
        await venue.settleCash([...registered, slot.deposit(account, 1, 50n)], [alice.address])
        await calls().FORCED!(alice)
      })

      it('wait, and what is behind them, until 12 hours before their deadline; then they are paid', async () => {
        const { settlement, networkHelpers, signers } = venue
        await calls().SUSPEND!(signers.alice)
        const from = (await settlement.firstDeadline()) - SHELTER_END
        await reverts(venue.settleCash([sheltered(5n, 5n), slot.suspend(account)]), 'PositionSheltered', [0n, from])
        await reverts(venue.settleCash([slot.suspend(account)]), 'NotTheFirstEntry', [3n])
        await networkHelpers.time.increaseTo(from - 2n)
        await networkHelpers.time.setNextBlockTimestamp(from - 1n)
        await reverts(venue.settleCash([sheltered(5n, 5n)]), 'PositionSheltered', [0n, from])
        await networkHelpers.time.setNextBlockTimestamp(from)
        await venue.settleCash([sheltered(5n, 5n), slot.suspend(account)])
        assert.equal((await settlement.creditOf(signers.alice.address, 1)).all, 5n)
        assert.equal(await settlement.firstDeadline(), 0n)
      })

      it('have as long in the queue before that, at least, as after it', async () => {
        assert.equal(await venue.settlement.MIN_FORCE_PERIOD(), 2n * SHELTER_END)
      })

      it('cannot be turned down before that either', async () => {
        await reverts(venue.settleCash([sheltered(5n, 0n)]), 'PositionSheltered')
      })

      it('are paid at once at a table that does not shelter it', async () => {
        await venue.settleCash([slot.forced(account, 1, 5n, 5n, 50n)])
        assert.equal(await venue.settlement.firstDeadline(), 0n)
      })
    })

    it('cannot suspend the house', async () => {
      await reverts(venue.as(venue.signers.house).suspend(0, { value }), 'HouseCannotBeSuspended')
    })
  })

  describe('fees', () => {
    it('rise with the number that wait, stay in the contract, and what is above them comes back', async () => {
      const { settlement, signers, ethers } = venue
      assert.equal(await venue.fee(), 1_100n) // the house waits
      await venue.settleCash([slot.register(0)])
      assert.equal(await venue.fee(), 1_000n)
      for (let i = 0n; i < 12n; i++) {
        assert.equal(await venue.fee(), 1_000n + 100n * i)
        await venue.deposit(signers.bob, 0, 0, 1n)
      }
      const held = await ethers.provider.getBalance(settlement.target)
      assert.equal(held, 12n * 1_000n + 100n * 66n)
      const before = await ethers.provider.getBalance(signers.alice.address)
      const { x, y } = pointOf(5)
      const sent = await venue.as(signers.alice).register(x, y, 1n, 1n, { value: 10n ** 17n })
      const { gasUsed, gasPrice } = (await sent.wait())!
      const paid =
        before - (await ethers.provider.getBalance(signers.alice.address)) - (gasUsed as bigint) * (gasPrice as bigint)
      assert.equal(paid, 1_000n + 1_200n + QUEUE.registrationFee)
      assert.equal(await ethers.provider.getBalance(settlement.target), held + paid)
    })

    it('that are one wei short are refused, for each kind of entry', async () => {
      const { signers, as } = venue
      const account = await venue.register(signers.alice)
      await venue.fund(signers.alice, 0, 9n)
      const value = (await venue.fee()) - 1n
      const { x, y } = pointOf(5)
      const alice = as(signers.alice)
      const full = value + QUEUE.registrationFee
      await reverts(alice.register(x, y, 1n, 1n, { value: full }), 'FeeTooLow', [full, full + 1n])
      for (const call of [
        () => alice.deposit(account, 0, 9n, signers.alice.address, { value }),
        () => alice.requestWithdrawal(account, 0, 9n, { value }),
        () => alice.rotate(account, x, y, { value }),
        () => alice.suspend(account, { value }),
        () => alice.resume(account, { value }),
        () => alice.requestCure(account, { value }),
      ]) {
        await reverts(call(), 'FeeTooLow', [value, value + 1n])
      }
    })

    it('cannot be sent without an entry', async () => {
      const sent = venue.signers.bob.sendTransaction({ to: venue.settlement.target, value: 1n })
      await assert.rejects(sent)
    })
  })

  describe('deadlines', () => {
    const deadlines = async () => {
      const end = Number(await venue.settlement.queueEnd())
      const places = await Promise.all(Array.from({ length: end }, (_, i) => venue.settlement.placeAt(i)))
      return places.map(({ deadline }) => deadline as bigint)
    }

    it('are forcePeriod after the entry, spacing after the one before, and never go back', async () => {
      const { signers } = venue
      await venue.networkHelpers.time.increase(DAY)
      await venue.deposit(signers.bob, 0, 0, 1n)
      const first = await venue.now()
      await venue.deposit(signers.bob, 0, 0, 1n)
      const [, a, b] = await deadlines()
      assert.equal(a, first + QUEUE.forcePeriod)
      assert.equal(b, a! + QUEUE.spacing)
    })

    it('are at most maxDeadline away, however many wait', async () => {
      const own = await createSettlement({ queue: { spacing: 4n * DAY, maxPending: 100n } })
      const seen: bigint[] = []
      for (let i = 0; i < 6; i++) {
        await own.deposit(own.signers.bob, 0, 0, 1n)
        const { deadline } = await own.settlement.placeAt(i + 1)
        seen.push(deadline - (await own.now()))
      }
      assert.ok(seen.every((left) => left <= QUEUE.maxDeadline))
      assert.deepEqual(seen.slice(3), new Array(3).fill(QUEUE.maxDeadline))
    })

    it('stand behind entries that wait, not behind those that were served', async () => {
      const own = await createSettlement({ queue: { spacing: 2n * DAY } })
      const { bob } = own.signers
      for (let i = 0; i < 3; i++) await own.deposit(bob, 0, 0, 1n)
      const deposits = new Array(3).fill(slot.deposit(0, 0, 1n))
      await own.settleCash([slot.register(0), ...deposits], new Array(3).fill(bob.address))
      await own.deposit(bob, 0, 0, 1n)
      const { deadline } = await own.settlement.placeAt(4)
      assert.equal(deadline, (await own.now()) + QUEUE.forcePeriod)
    })

    it('cannot be put off by who floods the queue: from maxPending on it takes only withdrawals, suspensions and cures', async () => {
      const { signers, settlement, as } = venue
      const account = await venue.register(signers.alice)
      const { x, y } = pointOf(5)
      const value = 10n ** 18n
      while ((await settlement.queueEnd()) < QUEUE.maxPending) await venue.deposit(signers.bob, 0, 0, 1n)
      await venue.fund(signers.bob, 0, 1n)
      const full = [QUEUE.maxPending, QUEUE.maxPending]
      await reverts(as(signers.bob).deposit(0, 0, 1n, signers.house.address, { value }), 'QueueFull', full)
      await reverts(as(signers.bob).register(x, y, 1n, 1n, { value }), 'QueueFull', full)
      await reverts(as(signers.alice).rotate(account, x, y, { value }), 'QueueFull', full)
      const before = await venue.now()
      await venue.requestWithdrawal(signers.alice, account, 0, 1n)
      await venue.requestWithdrawal(signers.alice, account, 1, 1n)
      await as(signers.alice).suspend(account, { value })
      await as(signers.alice).requestCure(account, { value })
      const all = await deadlines()
      assert.equal(all.length, Number(QUEUE.maxPending) + 4)
      assert.ok(all.at(-1)! <= before + 4n + QUEUE.forcePeriod + 24n * QUEUE.spacing)
      assert.deepEqual(
        all,
        all.toSorted((a, b) => Number(a - b)),
      )
    })
  })

  describe('owners', () => {
    it('change in two steps, and an hour after the second', async () => {
      const { settlement, signers, as, networkHelpers } = venue
      const { alice, bob, stranger } = signers
      const account = await venue.register(alice)
      await reverts(as(bob).offerOwner(account, bob.address), 'NotOwner')
      await as(alice).offerOwner(account, bob.address)
      await reverts(as(stranger).acceptOwner(account), 'NotOffered', [BigInt(account), stranger.address, bob.address])
      await as(bob).acceptOwner(account)
      const accepted = await venue.now()
      await networkHelpers.time.increaseTo(accepted + 3_599n)
      assert.equal(await settlement.ownerOf(account), alice.address)
      await networkHelpers.time.increaseTo(accepted + 3_600n)
      assert.equal(await settlement.ownerOf(account), bob.address)
      await reverts(as(alice).offerOwner(account, alice.address), 'NotOwner')
      await as(bob).offerOwner(account, alice.address)
      assert.equal(await settlement.ownerOf(account), bob.address)
    })

    it('may take a change back within the hour', async () => {
      const { settlement, signers, as, networkHelpers } = venue
      const { alice, bob } = signers
      const account = await venue.register(alice)
      await as(alice).offerOwner(account, bob.address)
      await as(bob).acceptOwner(account)
      await as(alice).offerOwner(account, '0x0000000000000000000000000000000000000000')
      await networkHelpers.time.increase(7_200n)
      assert.equal(await settlement.ownerOf(account), alice.address)
      await reverts(as(bob).acceptOwner(account), 'NotOffered')
    })
  })

  it('refuses periods that do not fit together', async () => {
    const cases = [
      { forcePeriod: DAY - 1n },
      { maxDeadline: 2n * DAY },
      { maxDeadline: 30n * DAY + 1n },
      { feeStep: 0n },
    ]
    for (const queue of cases) {
      const attempt = createSettlement({ queue, periods: { upgradeDelay: 61n * DAY, windDownPeriod: 61n * DAY } })
      await assertReverts(attempt, venue.settlement.interface, 'PeriodsWrong')
    }
    const key = keyToRegister(tradingKey(new Uint8Array(32).fill(1)))
    const house = { x: key.x, y: key.y + 1n }
    await assertReverts(createSettlement({ house }), venue.settlement.interface, 'NotOnCurve')
  })
})
