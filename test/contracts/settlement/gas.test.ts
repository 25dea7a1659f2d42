import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import type { ContractTransactionResponse } from 'ethers'
import { describe, it } from 'mocha'
import { statementOfWords } from '../../../circuits/state/statement.ts'
import { TRADE_BATCH_SIZES } from '../../../circuits/trade-batch/index.ts'
import { accountSlots } from '../../../protocol/trade-batch/account-slots.ts'
import { tradeWordCount } from '../../../protocol/trade-batch/words.ts'
import { rowArgument } from '../../../settlement/batch-arguments.ts'
import { toldParameters } from '../../../settlement/constructor-arguments.ts'
import { sampleRiskParameters } from '../../../venue/index.ts'
import { prove, tradeBatchKey } from '../../support/contracts/dev-keys.ts'
import {
  CASH,
  CLAIM_PERIOD,
  createSettlement,
  DAY,
  DELEVERAGE_WORDS,
  ITEMS,
  PERIODS,
  PRICE_OFFSET,
  pointOf,
  RISK_WORDS,
  slot,
  TAKEOVER_WORDS,
  TRADE,
  TRADE_WORDS,
} from '../../support/contracts/settlement.ts'
import { element, proofArgument } from '../../support/contracts/venue.ts'

const FILE = new URL('../../vectors/settlement-gas.json', import.meta.url)

/** As for the other contracts: calldata is priced by its zero bytes, which differ with addresses and times. */
const TOLERANCE = 0.01

/** Of a transaction, and the least that the announced schedule (EIP-7976) charges for a byte of its calldata. */
const BASE_GAS = 21_000
const FLOOR_GAS = 64

const floorOf = (data: string) => BASE_GAS + FLOOR_GAS * (data.length / 2 - 1)

const HOUR = 3_600n

/** Gas of every function, as transactions of the owner, the operator or whoever may; verifiers are stubs. */
async function measure(): Promise<Record<string, number>> {
  const venue = await createSettlement({ coverPerHour: 100n, outflow: { floor: 0n, shareBps: 5_000n } })
  const { settlement, authority, exits, tokens, signers, as, networkHelpers } = venue
  const { alice, bob, house, operator, stranger } = signers
  const gas: Record<string, number> = {}
  const floors: Record<string, number> = {}
  const floor = (what: string, data: string) => {
    floors[`announced floor of a ${what}`] = floorOf(data)
  }
  const used = async (name: string, sent: Promise<ContractTransactionResponse>) => {
    const transaction = await sent
    gas[name] = Number((await transaction.wait())!.gasUsed)
    if (name.startsWith('settle a trade batch')) floor(`trade batch of ${TRADE_WORDS} words`, transaction.data)
    if (name.startsWith('settle a cash batch of REGISTER')) floor('cash batch', transaction.data)
  }
  for (const [name, contract] of Object.entries({ Authority: authority, Exits: exits, Settlement: settlement })) {
    const receipt = await contract.deploymentTransaction()!.wait()
    gas[`deploy ${name}`] = Number(receipt!.gasUsed)
  }
  // An hour and a day begin together, so that what is counted by them begins anew at the same places in every run.
  await networkHelpers.time.increaseTo(((await venue.now()) / DAY + 1n) * DAY)
  const value = async () => ({ value: await venue.fee() })
  const { x, y } = pointOf(2)
  await used('register', as(alice).register(x, y, 5n, element('view'), { value: (await venue.fee()) + 5_000n }))
  await venue.fund(alice, 0, 5_000n)
  await used('deposit', as(alice).deposit(1, 0, 1_000n, alice.address, await value()))
  await used('requestWithdrawal', as(alice).requestWithdrawal(1, 0, 100n, await value()))
  await used('rotate', as(alice).rotate(1, x, y, await value()))
  await used('suspend', as(alice).suspend(1, await value()))
  /** At the beginning of a span of ten seconds, whose first root is kept besides. */
  const settle = async (name: string, slots: Parameters<typeof venue.cashWords>[0], payers: string[] = []) => {
    const batch = await venue.batchOf(CASH, await venue.cashWords(slots), { payers })
    await networkHelpers.time.setNextBlockTimestamp(((await venue.now()) / 10n + 2n) * 10n)
    await used(name, as(operator).settle(CASH, batch))
  }
  const registration = slot.register(1, { x, y }, 5n)
  const deposited = slot.deposit(1, 0, 1_000n)
  const paid = slot.forced(1, 0, 100n, 100n, 1_000n)
  const served = [slot.register(0), registration, deposited, paid]
  await settle('settle a cash batch of REGISTER, REGISTER, DEPOSIT, FORCED', served, [alice.address])
  await settle('settle a cash batch of ROTATE, SUSPEND', [slot.rotate(1, { x, y }), slot.suspend(1)])
  await used('resume', as(alice).resume(1, await value()))
  await used('requestCure', as(alice).requestCure(1, await value()))
  const view = slot.view(1, element('view'))
  await settle('settle a cash batch of RESUME, CURE, VIEW', [slot.resume(1), slot.cure(1, true), view])
  await settle('settle a cash batch of FLAG, EXPIRE', [slot.flag(1), slot.expire(1)])
  await settle('settle a cash batch of nothing', [])
  await settle('settle a cash batch of WITHDRAW, to an owner with credit', [slot.withdraw(1, 0, 100n, 900n)])
  const trade = async (name: string) =>
    used(name, as(operator).settle(TRADE, await venue.batchOf(TRADE, await venue.tradeWords())))
  await used(`updateRisk of ${RISK_WORDS} words`, venue.postTable(element('table')))
  await trade(`settle a trade batch of ${TRADE_WORDS} words, the first with a table`)
  for (let i = 0; i < 64; i++) await venue.settleTrade()
  await networkHelpers.time.increase(20n)
  await trade(`settle a trade batch of ${TRADE_WORDS} words, the first in ten seconds`)
  await networkHelpers.time.setNextBlockTimestamp(((await venue.now()) / 10n + 2n) * 10n)
  await venue.settleTrade()
  await trade(`settle a trade batch of ${TRADE_WORDS} words`)
  await used(`settle a takeover of ${TAKEOVER_WORDS} words`, venue.settleTakeover())
  await used('settle a takeover that the house pays for', venue.settleTakeover({ 8: PRICE_OFFSET - 5n }))
  await used(`settle a deleveraging of ${DELEVERAGE_WORDS} words`, venue.settleDeleverage())
  const beyond = { houseFails: false, asked: 101n }
  await used('settle a deleveraging of what the house may not pay', venue.settleDeleverage(beyond))
  await used('claim', as(alice).claim(0, 50n, bob.address))
  await used('offerOwner', as(alice).offerOwner(1, alice.address))
  await used('acceptOwner', as(alice).acceptOwner(1))

  const governor = as(signers.governor, authority)
  await used('propose', governor.propose(ITEMS.OPERATOR, 0n, operator.address, 0n))
  const sample = toldParameters(sampleRiskParameters(1_750_000_000n).parameters)
  const told = governor.proposeParameters(sample.root, sample.words)
  await used(`proposeParameters of ${sample.words.length} words`, told)

  await used('cancel', governor.cancel(ITEMS.OPERATOR, 0n))
  await governor.propose(ITEMS.OPERATOR, 0n, operator.address, 0n)
  await networkHelpers.time.increase(PERIODS.upgradeDelay)
  await used('execute', governor.execute(ITEMS.OPERATOR, 0n))
  const guardian = as(signers.guardian, authority)
  await used('pause', guardian.pause())
  await used('unpause', guardian.unpause())
  await used('announceWindDown', governor.announceWindDown())

  await venue.deposit(house, 1, 0, 7n)
  await networkHelpers.time.increaseTo((await settlement.firstDeadline()) as bigint)
  await used('freeze', as(stranger).freeze())
  const index = (await settlement.queueFront()) as bigint
  await used('refundDeposit', as(stranger).refundDeposit(index, [2n, 1n, 0n, 7n, 0n, 0n, house.address]))
  const claim = async (account: number, claims: bigint[]) =>
    as(stranger, exits).recordClaim(...(await venue.exitOf(account, claims)))
  await used('recordClaim, of two assets', claim(1, [700n, 0n]))
  await networkHelpers.time.increase(CLAIM_PERIOD)
  await used('payout, the first, of two assets', as(stranger, exits).payout(1))
  await used('recordClaim, late', claim(0, [50n, 0n]))
  await networkHelpers.time.increase(CLAIM_PERIOD)
  await used('payout, late', as(stranger, exits).payout(0))
  await used('shareLeftovers', as(stranger, exits).shareLeftovers(1))
  const impossible = await venue.exitOf(1, [1n, 1n], { root: 0n, risk: 5n })
  await used('stop', as(stranger, exits).stop(...impossible))
  assert.equal(await tokens[0].balanceOf(bob.address), 50_000n)

  const other = await createSettlement()
  const { proof, commitment, words } = await other.batchOf(TRADE, await other.tradeWords({ 4: 0n }))
  const stop = other.as(other.signers.stranger).stopForBrokenVerifier(TRADE, proof, commitment, words)
  await used('stopForBrokenVerifier', stop)
  return { ...gas, ...floors, ...(await measureMany()) }
}

/** Gas a batch of trade batches of the standard profile that are settled together, with their verifier. */
async function measureMany(): Promise<Record<string, number>> {
  const words = BigInt(tradeWordCount(accountSlots(TRADE_BATCH_SIZES.standard)))
  const venue = await createSettlement({ tradeVerifier: 'TradeBatchVerifier', tradeWords: words })
  const { operator } = venue.signers
  const gas: Record<string, number> = {}
  const row = async (count: number) => {
    let from = (await venue.settlement.stateRoot()) as bigint
    const batches: { kind: number; batch: Awaited<ReturnType<typeof venue.batchOf>> }[] = []
    for (let i = 0; i < count; i++) {
      const to = element(`root ${i} of ${count}`)
      const list = await venue.tradeWords({ 3: from, 4: to })
      const proof = proofArgument(prove(tradeBatchKey, statementOfWords(list)))
      batches.push({ kind: Number(TRADE), batch: await venue.batchOf(TRADE, list, { proof }) })
      from = to
    }
    return batches
  }
  const { time } = venue.networkHelpers
  const note = async (name: string, count: number, sent: Promise<ContractTransactionResponse>) => {
    const transaction = await sent
    const { gasUsed } = (await transaction.wait())!
    gas[name] = Math.round(Number(gasUsed) / count)
    gas[`announced floor of ${name.replace(/^settle a /, 'a ')}`] = Math.round(floorOf(transaction.data) / count)
  }
  const together = async (count: number) => venue.as(operator).settleMany(rowArgument(await row(count)))
  await venue.postTable(element('table'))
  // So that every place of the ring of roots has been written, as it has where a venue has worked for a while; and an hour before each
  // row that of its ten seconds.
  for (let i = 0; i < 64; i++) await together(1)
  for (const count of [1, 2, 4, 8, 16]) {
    const start = ((await venue.now()) / 10n + 2n) * 10n
    await time.setNextBlockTimestamp(start)
    await together(1)
    await time.increaseTo(start + HOUR - 10n)
    const batches = rowArgument(await row(count))
    await time.setNextBlockTimestamp(start + HOUR)
    const sent = venue.as(operator).settleMany(batches)
    await note(`settleMany of ${count} trade batches of ${words} words, verified, each`, count, sent)
  }
  const [alone] = await row(1)
  const sent = venue.as(operator).settle(TRADE, alone!.batch)
  await note(`settle a trade batch of ${words} words, verified`, 1, sent)
  return gas
}

describe('gas of a settlement', () => {
  it('is within 1 % of the record in test/vectors/settlement-gas.json (write it anew with UPDATE_GAS=1)', async () => {
    const measured = await measure()
    if (process.env.UPDATE_GAS === '1') await writeFile(FILE, `${JSON.stringify(measured, null, 2)}\n`)
    const recorded: Record<string, number> = JSON.parse(await readFile(FILE, 'utf8'))
    assert.deepEqual(Object.keys(measured), Object.keys(recorded))
    for (const [name, gas] of Object.entries(measured)) {
      const limit = recorded[name]! * TOLERANCE
      assert.ok(Math.abs(gas - recorded[name]!) <= limit, `${name}: ${gas} gas, recorded ${recorded[name]}`)
    }
  })
})
