import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'mocha'
import { exit, exitStatement, exitWitness } from '../../circuits/exit/index.ts'
import { createProver } from '../../prover/create-prover.ts'
import {
  freeze,
  payout,
  type RecordClaimOptions,
  readExit,
  recordClaim,
  refundableDeposits,
  refundDeposit,
  shareLeftovers,
} from '../../settlement/index.ts'
import { createModelledVenue, LOTS, type ModelledVenue } from '../support/contracts/modelled-venue.ts'
import { CLAIM_PERIOD, DAY } from '../support/contracts/settlement.ts'

describe('leaving a dead venue', () => {
  let venue: ModelledVenue
  let reset: () => Promise<void>
  let prover: Awaited<ReturnType<typeof createProver<{ exit: typeof exit }>>>
  before(async () => {
    venue = await createModelledVenue({ exitVerifier: 'ExitVerifier' })
    await venue.open()
    prover = await createProver({ profile: 'small', definitions: { exit } })
    reset = await venue.snapshot()
  })
  beforeEach(() => reset())
  after(() => prover[Symbol.asyncDispose]())

  const at = () => ({ signer: venue.signers.stranger, settlement: venue.settlement.target as string })
  const status = async (account?: number) =>
    readExit({ provider: venue.ethers.provider, settlement: at().settlement, account })
  const time = () => venue.networkHelpers.time
  const proved = async (account: number): Promise<RecordClaimOptions['proved']> => {
    const witness = exitWitness(venue.state(), account, venue.table())
    const terms = { domain: (await venue.settlement.domain()) as bigint }
    return prover.prove('exit', exitStatement(venue.state(), account, witness, terms), witness)
  }
  const claim = async (account: number) => recordClaim({ ...at(), proved: await proved(account) })
  const refuses = (call: Promise<unknown>, refusal: string, message = /./) =>
    assert.rejects(call, (error: { code: string; details: { refusal: string }; message: string }) => {
      assert.deepEqual([error.code, error.details.refusal], ['CONTRACT_REFUSED', refusal])
      assert.match(error.message, message)
      return true
    })
  /** Lets an entry of the queue come to its deadline, and freezes. */
  const die = async () => {
    await venue.deposit(venue.signers.bob, 2, 0, 777n)
    await time().increaseTo((await status()).freezableFrom!)
    await freeze(at())
    return (await status()).frozenAt
  }

  it('begins exactly at the deadline of what waits longest, and is said before', async () => {
    assert.equal((await status()).freezableFrom, undefined, 'nothing waits')
    await refuses(freeze(at()), 'NothingOverdue')
    await venue.deposit(venue.signers.bob, 2, 0, 777n)
    const { freezableFrom, period, begins } = await status()
    assert.deepEqual([period, begins], ['LIVE', undefined])
    assert.equal(freezableFrom, await venue.settlement.firstDeadline())
    await time().setNextBlockTimestamp(freezableFrom! - 1n)
    await refuses(freeze(at()), 'NothingOverdue', new RegExp(`is overdue: the first entry is from ${freezableFrom} on`))
    await time().setNextBlockTimestamp(freezableFrom!)
    await freeze(at())
    const frozen = await status()
    assert.deepEqual([frozen.frozenAt, frozen.freezableFrom, frozen.period], [freezableFrom, undefined, 'CLAIMS'])
    await refuses(freeze(at()), 'VenueFrozen')
  })

  it('comes to an announced end too', async () => {
    await venue.as(venue.signers.governor, venue.authority).announceWindDown()
    const { freezableFrom } = await status()
    assert.equal(freezableFrom, await venue.authority.woundDownFrom())
    await venue.deposit(venue.signers.bob, 2, 0, 777n)
    assert.equal((await status()).freezableFrom, await venue.settlement.firstDeadline())
  })

  it('takes a claim once, pays it in the second period and shares what is left in the third', async () => {
    await refuses(claim(1), 'NotThePeriod')
    const frozenAt = await die()
    const expected = venue.state().accounts.get(1)!.collateral[0]! - 5n * 1_000n
    assert.deepEqual((await status(1)).account!.claim, 'NONE')
    const recorded = await claim(1)
    assert.deepEqual([recorded.claims, recorded.inTime], [[expected, 0n], true])
    await refuses(claim(1), 'AlreadyClaimed')
    const { begins, account, pools } = await status(1)
    const periods = [0n, 1n, 2n].map((n) => frozenAt + n * CLAIM_PERIOD)
    assert.deepEqual(begins, { CLAIMS: periods[0], PAYOUT: periods[1], LEFTOVERS: periods[2] })
    assert.deepEqual(pools[0], { claims: expected, late: 0n, vault: 2n * LOTS })
    assert.deepEqual(account, {
      ...{
        index: 1,
        owner: venue.signers.alice.address,
        claim: 'IN_TIME',
        claimed: [expected, 0n],
        received: [0n, 0n],
        credit: [0n, 0n],
      },
      payout: { lots: [expected, 0n], from: periods[1] },
      leftovers: { lots: [2n * LOTS - expected, 0n], from: periods[2] },
    })
    await refuses(payout({ ...at(), account: 1 }), 'NotThePeriod', new RegExp(`from ${periods[1]} until`))

    await time().increaseTo(periods[1]!)
    assert.equal((await status()).period, 'PAYOUT')
    assert.deepEqual((await payout({ ...at(), account: 1 })).lots, [expected, 0n])
    await refuses(payout({ ...at(), account: 1 }), 'NothingToPay')
    await refuses(shareLeftovers({ ...at(), account: 1 }), 'NotThePeriod')
    const late = await claim(2)
    assert.equal(late.inTime, false)
    const bob = (await status(2)).account!
    assert.deepEqual([bob.claim, bob.leftovers, bob.payout!.from], ['LATE', undefined, periods[2]])
    await refuses(payout({ ...at(), account: 2 }), 'NotThePeriod')

    await time().increaseTo(periods[2]!)
    assert.equal((await status()).period, 'LEFTOVERS')
    for (const index of [1, 2]) {
      const before = (await status(index)).account!
      const paid = index === 1 ? await shareLeftovers({ ...at(), account: 1 }) : await payout({ ...at(), account: 2 })
      assert.deepEqual(paid.lots, index === 1 ? before.leftovers!.lots : before.payout!.lots)
      const after = (await status(index)).account!
      assert.deepEqual([after.payout, after.leftovers], [undefined, undefined])
      assert.deepEqual(
        after.received,
        before.received.map((lots, asset) => lots + paid.lots[asset]!),
      )
    }
    const [credit] = await venue.settlement.creditOf(venue.signers.alice.address, 0)
    const alice = (await status(1)).account!
    assert.deepEqual([credit, credit], [alice.received[0], alice.credit[0]])
    await refuses(shareLeftovers({ ...at(), account: 2 }), 'NothingToPay')
    await refuses(claim(0), 'NotThePeriod')
  })

  it('does not pay a late claim before it was held for a week', async () => {
    const frozenAt = await die()
    const thirdPeriod = frozenAt + 2n * CLAIM_PERIOD
    await time().increaseTo(thirdPeriod - DAY)
    await claim(1)
    const { payout: due } = (await status(1)).account!
    assert.equal(due!.from, (await venue.now()) + 7n * DAY)
    await time().increaseTo(thirdPeriod)
    await refuses(payout({ ...at(), account: 1 }), 'NotThePeriod', new RegExp(`from ${due!.from} until 0`))
    await time().increaseTo(due!.from)
    await payout({ ...at(), account: 1 })
  })

  it('gives deposits back that the venue never took, to who paid them, once each', async () => {
    const { bob, alice } = venue.signers
    const find = (payer?: string) =>
      refundableDeposits({ provider: venue.ethers.provider, settlement: at().settlement, payer })
    await venue.deposit(alice, 2, 0, 5n)
    await die()
    const [first, second] = await find()
    assert.deepEqual([first!.payer, first!.a, second!.payer, second!.a], [alice.address, 5n, bob.address, 777n])
    assert.deepEqual(await find(alice.address.toLowerCase()), [first])
    assert.deepEqual(await find(venue.signers.stranger.address), [])
    await assert.rejects(find('0x12'), { code: 'INPUT_INVALID', path: 'payer' })
    assert.equal((await refundDeposit({ ...at(), deposit: second! })).lots, 777n)
    await refuses(refundDeposit({ ...at(), deposit: second! }), 'NotADeposit')
    await refuses(refundDeposit({ ...at(), deposit: { ...first!, payer: bob.address } }), 'NotADeposit')
    assert.deepEqual(await find(), [first])
    assert.equal((await venue.settlement.creditOf(bob.address, 0))[0], 777n)
    const other = { ...first!, kind: 'REGISTER' } as const
    await assert.rejects(refundDeposit({ ...at(), deposit: other }), { code: 'INPUT_INVALID', path: 'deposit.kind' })
  })

  it('says what a proof is not of: another state, another table, another venue', async () => {
    const early = await proved(1)
    await venue.trade([
      { account: 2, side: 'sell' },
      { account: 1, side: 'buy' },
    ])
    await die()
    const record = (given: RecordClaimOptions['proved']) => recordClaim({ ...at(), proved: given })
    await refuses(record(early), 'StateRootWrong', /recover the account to the end/)
    const right = await proved(1)
    const { statement } = right
    await refuses(record({ ...right, statement: { ...statement, riskRoot: 5n } }), 'ExitRejected')
    await refuses(record({ ...right, statement: { ...statement, claim: [LOTS + 1n, 0n] } }), 'ExitRejected')
    await refuses(record({ ...right, statement: { ...statement, claim: [LOTS] } }), 'WordCountWrong')
    await assert.rejects(record(undefined as never), { code: 'INPUT_INVALID', path: 'proved' })
    await record(right)
  })

  it('is told of no venue where there is none, and of no account that is not registered', async () => {
    const { provider } = venue.ethers
    const nowhere = venue.signers.alice.address
    await assert.rejects(readExit({ provider, settlement: nowhere }), { code: 'INPUT_INVALID', path: 'settlement' })
    const token = venue.tokens[0].target as string
    await assert.rejects(readExit({ provider, settlement: token }), { code: 'INPUT_INVALID', path: 'settlement' })
    await assert.rejects(status(3), { code: 'INPUT_INVALID', path: 'account', message: /they are 0 to 2/ })
  })
})
