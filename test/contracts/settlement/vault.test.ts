import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { rowArgument } from '../../../settlement/batch-arguments.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  type Callable,
  CLAIM_PERIOD,
  createSettlement,
  DAY,
  pointOf,
  SCALES,
  type SettlementOptions,
  type SettlementVenue,
  slot,
} from '../../support/contracts/settlement.ts'

const HOUR = 3_600n

/** A venue in which the house owns lots of asset 1. */
async function fundedVenue(lots: bigint, options: SettlementOptions = {}) {
  const venue = await createSettlement(options)
  const { house } = venue.signers
  await venue.deposit(house, 0, 1, lots)
  await venue.settleCash([slot.register(0), slot.deposit(0, 1, lots)], [house.address])
  let left = lots
  /** Credits the house with lots, by a signed withdrawal. */
  const credit = async (amount: bigint) => {
    await venue.settleCash([slot.withdraw(0, 1, amount, left)])
    left -= amount
  }
  return { ...venue, credit }
}

describe('tokens that are not as they should be', () => {
  let venue: SettlementVenue
  let token: Callable
  before(async () => {
    venue = await createSettlement({ secondToken: 'HostileToken' })
    token = venue.tokens[1]
  })
  beforeEach(() => venue.reset())

  const deposit = () => venue.deposit(venue.signers.alice, 0, 1, 10n)
  const nothingMoved = async () => {
    assert.deepEqual([...(await venue.settlement.lots(1))], [0n, 0n, 0n])
    assert.equal(await venue.settlement.queueEnd(), 1n)
  }

  it('cannot be deposited if a fee is taken, or if more arrives than was sent', async () => {
    for (const [fee, gift] of [
      [1n, 0n],
      [10n * SCALES[1]!, 0n],
      [0n, 1n],
    ] as const) {
      await token.set(fee, gift)
      const arrived = 10n * SCALES[1]! - fee + gift
      await assertReverts(deposit(), venue.settlement.interface, 'DepositNotWhole', [1n, 10n * SCALES[1]!, arrived])
    }
    await nothingMoved()
  })

  /** Every function that is entered alone, with what it takes. */
  const guardedCalls = async (): Promise<Record<string, readonly unknown[]>> => {
    const { signers } = venue
    const entry = [2n, 0n, 1n, 10n, 0n, 0n, signers.alice.address]
    const batch = await venue.batchOf(1n, await venue.cashWords([slot.register(0)]))
    return {
      register: [1n, 1n, 1n, 1n],
      deposit: [0, 1, 10n, signers.house.address],
      requestWithdrawal: [0, 1, 10n],
      rotate: [0, 1n, 1n],
      suspend: [0],
      resume: [0],
      requestCure: [0],
      claim: [1, 0n, signers.alice.address],
      refundDeposit: [1, entry],
      settle: [1, batch],
      settleMany: [rowArgument([{ kind: 1, batch }])],
      updateRisk: [batch.proof, 0n, batch.words],
      freeze: [],
      stopForBrokenVerifier: [0, batch.proof, 0n, batch.words],
      payExit: [0, [1n, 1n]],
      freezeForBrokenExits: [],
    }
  }
  /** Lets the stub call each of them while `act` is under way, and expects that none is let in. */
  const expectShut = async (stub: Callable, tell: (data: string) => Promise<unknown>, act: () => Promise<unknown>) => {
    const { interface: abi } = venue.settlement
    for (const [name, values] of Object.entries(await guardedCalls())) {
      await tell(abi.encodeFunctionData(name, values as unknown[]))
      await act()
      assert.equal(await stub.succeeded!(), false, name)
      assert.equal(abi.parseError((await stub.answer!()) as string)!.name, 'ReentrancyGuardReentrantCall', name)
    }
  }

  it('cannot come back in by any function that writes, neither when deposited nor when claimed', async () => {
    const { settlement, signers, as } = venue
    const { interface: abi, target } = settlement
    const guarded = new Set(Object.keys(await guardedCalls()))
    const tell = (data: string) => token.callDuringTransfers!(target, data) as Promise<unknown>
    await expectShut(token, tell, deposit)
    await venue.reset()
    const { house } = signers
    await venue.deposit(house, 0, 1, 100n)
    await venue.settleCash([slot.register(0), slot.deposit(0, 1, 100n)], [house.address])
    await venue.settleCash([slot.withdraw(0, 1, 100n, 100n)])
    await expectShut(token, tell, () => as(house).claim!(1, 1n, house.address) as Promise<unknown>)
    const writing = abi.fragments.flatMap((fragment) =>
      fragment.type === 'function' && !('constant' in fragment && fragment.constant)
        ? [(fragment as unknown as { name: string }).name]
        : [],
    )
    // What touches neither tokens nor the queue may be called: whose an account is.
    const free = ['offerOwner', 'acceptOwner']
    assert.deepEqual(writing.filter((name) => !guarded.has(name)).sort(), free.sort())
  })

  it('cannot be paid out of the exits while they are claimed', async () => {
    const { exits, settlement, signers, as, networkHelpers } = venue
    const { house } = signers
    await venue.deposit(house, 0, 1, 100n)
    await venue.settleCash([slot.register(0), slot.deposit(0, 1, 100n)], [house.address])
    await venue.settleCash([slot.withdraw(0, 1, 10n, 100n)])
    await venue.freeze()
    await venue.recordClaim(0, [0n, 90n])
    await networkHelpers.time.increase(CLAIM_PERIOD)
    await token.callDuringTransfers!(exits.target, exits.interface.encodeFunctionData('payout', [0]))
    await as(house).claim!(1, 10n, house.address)
    assert.equal(await token.succeeded!(), false)
    const { name } = settlement.interface.parseError((await token.answer!()) as string)!
    assert.equal(name, 'ReentrancyGuardReentrantCall')
    assert.equal(await exits.receivedOf!(0, 1), 0n)
  })

  it('are no different from payers: none comes back in when the excess of a fee is sent back, or keeps an entry and refuses it', async () => {
    const { settlement, deploy } = venue
    const { interface: abi, target } = settlement
    const payer = await deploy('ReentrantPayer')
    const { x, y } = pointOf(5)
    const call = abi.encodeFunctionData('register', [x, y, 1n, 1n])
    const pay = () => payer.pay!(target, call, { value: 10n ** 17n }) as Promise<unknown>
    await expectShut(payer, (data) => payer.whenPaid!(target, data, false) as Promise<unknown>, pay)
    await payer.whenPaid!(target, '0x', true)
    const before = await settlement.queueEnd!()
    await assert.rejects(pay(), /Refused/)
    assert.equal(await settlement.queueEnd!(), before)
  })

  it('that block the receiver leave the credit where it is, and the owner may name another', async () => {
    const { signers, settlement, as } = venue
    const { house, bob } = signers
    await venue.deposit(house, 0, 1, 10n)
    await venue.settleCash([slot.register(0), slot.deposit(0, 1, 10n)], [house.address])
    await venue.requestWithdrawal(house, 0, 1, 10n)
    await token.setBlocked(house.address, true)
    await venue.settleCash([slot.forced(0, 1, 10n, 10n, 10n)])
    await assert.rejects(as(house).claim(1, 10n, house.address))
    assert.deepEqual([...(await settlement.creditOf(house.address, 1))], [10n, 10n])
    await as(house).claim(1, 10n, bob.address)
    assert.equal(await token.balanceOf(bob.address), 10n * SCALES[1]!)
  })

  it('that are sent without a deposit change nothing', async () => {
    await token.mint(venue.settlement.target, 1_000n)
    await nothingMoved()
    await deposit()
    assert.deepEqual([...(await venue.settlement.lots(1))], [10n, 0n, 0n])
  })

  it('are refused at deployment if they have no code, or a lot of them is no number of units', async () => {
    const { deploy, deployment, signers } = venue
    const [first, second] = deployment.assets
    const attempt = (asset: object) =>
      deploy('Settlement', { ...deployment, assets: [first, { ...second, ...asset }] }) as Promise<unknown>
    const refused = (call: Promise<unknown>) => assertReverts(call, venue.settlement.interface, 'AssetUnusable')
    await refused(attempt({ token: signers.alice.address }))
    await refused(attempt({ lotScale: 0n }))
    await refused(attempt({ lotScale: 2n ** 128n + 1n }))
  })
})

describe('the outflow limit', () => {
  it('lets a share of what is there go in an hour, and the next hour as much of the rest', async () => {
    const venue = await fundedVenue(10_000n, { outflow: { floor: 0n, shareBps: 1_000n }, outflowMax: 30n * DAY })
    const { as, settlement, networkHelpers, signers } = venue
    const { house } = signers
    const claim = (lots: bigint) => as(house).claim(1, lots, house.address)
    await venue.credit(5_000n)
    await networkHelpers.time.increaseTo(((await venue.now()) / HOUR + 1n) * HOUR)
    assert.deepEqual([...(await settlement.creditOf(house.address, 1))], [5_000n, 1_000n])
    await claim(400n)
    await assertReverts(claim(601n), settlement.interface, 'OutflowLimited', [1n, 601n, 600n])
    await claim(600n)
    await assertReverts(claim(1n), settlement.interface, 'OutflowLimited', [1n, 1n, 0n])
    await networkHelpers.time.increase(HOUR)
    await assertReverts(claim(901n), settlement.interface, 'OutflowLimited', [1n, 901n, 900n])
    await claim(900n)
  })

  it('lets its floor go if that is more', async () => {
    const venue = await fundedVenue(1_000n, { outflow: { floor: 4_000n, shareBps: 1_000n }, outflowMax: 30n * DAY })
    await venue.credit(1_000n)
    const { house } = venue.signers
    assert.deepEqual([...(await venue.settlement.creditOf(house.address, 1))], [1_000n, 400n])
  })

  it('delays no credit by more than outflowMax, whatever is credited meanwhile', async () => {
    const outflowMax = 2n * DAY
    const venue = await fundedVenue(100_000n, { outflow: { floor: 0n, shareBps: 100n }, outflowMax })
    const { settlement, networkHelpers, signers, as } = venue
    const { house } = signers
    await venue.credit(50_000n)
    const credited = await venue.now()
    const claimable = async () => (await settlement.creditOf(house.address, 1))[1] as bigint
    for (let hours = 6n; hours < 24n; hours += 6n) {
      await networkHelpers.time.increaseTo(credited + hours * HOUR)
      await venue.credit(1n)
      assert.ok((await claimable()) <= 1_000n, `${hours} hours later`)
    }
    for (let hours = 24n; hours < 48n; hours += 6n) {
      await networkHelpers.time.increaseTo(credited + hours * HOUR)
      await venue.credit(1n)
    }
    await networkHelpers.time.increaseTo(credited + outflowMax)
    assert.ok((await claimable()) >= 50_000n)
    await as(house).claim(1, 50_000n, house.address)
  })

  it('is off at 100 %', async () => {
    const venue = await fundedVenue(1_000n, { outflow: { floor: 0n, shareBps: 10_000n } })
    const { as, signers } = venue
    for (let i = 0; i < 4; i++) {
      await venue.credit(250n)
      await as(signers.house).claim(1, 250n, signers.house.address)
    }
  })

  it('ends when the venue is frozen for an overdue entry', async () => {
    const venue = await fundedVenue(10_000n, { outflow: { floor: 0n, shareBps: 100n }, outflowMax: 30n * DAY })
    const { house } = venue.signers
    await venue.credit(10_000n)
    await venue.freeze()
    await venue.as(house).claim(1, 10_000n, house.address)
  })

  it('stays when a proof broke a verifier: a thief who has such a proof cannot lift it by showing it', async () => {
    const outflowMax = 2n * DAY
    for (const broken of ['trade-batch', 'exit'] as const) {
      const venue = await fundedVenue(10_000n, { outflow: { floor: 0n, shareBps: 100n }, outflowMax })
      const { settlement, exits, signers, as, networkHelpers } = venue
      const { house, stranger } = signers
      await venue.credit(10_000n)
      const credited = await venue.now()
      if (broken === 'exit') await as(stranger, exits).stop!(...(await venue.exitOf(0, [1n, 1n], { root: 0n })))
      else {
        const { proof, commitment, words } = await venue.batchOf(0n, await venue.tradeWords({ 4: 0n }))
        await as(stranger).stopForBrokenVerifier!(0n, proof, commitment, words)
      }
      assert.equal(await settlement.cause(), broken === 'exit' ? 3n : 2n)
      const claim = (lots: bigint) => as(house).claim!(1, lots, house.address) as Promise<unknown>
      await assertReverts(claim(101n), settlement.interface, 'OutflowLimited', [1n, 101n, 100n])
      await claim(100n)
      await networkHelpers.time.increaseTo(credited + outflowMax)
      await claim(9_900n)
    }
  })

  it('has a share from 1 % to 100 %, and delays for 30 days at most', async () => {
    const { settlement, authority } = await createSettlement()
    for (const shareBps of [0n, 99n, 10_001n]) {
      const args = [shareBps, 100n, 10_000n]
      const attempt = createSettlement({ outflow: { floor: 0n, shareBps } })
      await assertReverts(attempt, authority.interface, 'OutflowOutOfRange', args)
    }
    for (const outflowMax of [0n, 1n, 30n * DAY + 1n]) {
      await assertReverts(createSettlement({ outflowMax }), settlement.interface, 'OutflowMaxOutOfRange')
    }
  })
})
