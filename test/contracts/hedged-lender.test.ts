import assert from 'node:assert/strict'
import { Contract, ContractFactory } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { type ExposureStatement, exposureWords } from '../../circuits/portfolio-exposure/index.ts'
import { marginContext } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { publicData } from '../../protocol/public-data.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import { portfolioExposureKey, prove } from '../support/contracts/dev-keys.ts'
import { createLender, type Lender, LOSS_SHARE_BPS } from '../support/contracts/lender.ts'
import {
  createVenue,
  element,
  GENESIS_ROOT,
  MAX_RISK_AGE,
  MAX_ROOT_AGE,
  proofArgument,
  RISK_ROOT,
  type Venue,
} from '../support/contracts/venue.ts'
import { rerandomize } from '../support/forge.ts'

/** A loan of 10,000 quanta, whose account may lose 1,000. */
const AMOUNT = 10_000n
const MOST = (AMOUNT * LOSS_SHARE_BPS) / 10_000n
const SCENARIOS = 7

describe('HedgedLender', () => {
  let venue: Venue
  let lender: Lender
  let restore: () => Promise<unknown>
  before(async () => {
    venue = await createVenue()
    await venue.publish()
    lender = await createLender(venue)
    restore = (await venue.networkHelpers.takeSnapshot()).restore
  })
  beforeEach(() => restore())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, lender.contract.interface, name, args)

  /** What the contract is told: by default the words that were proved, for the borrower. */
  interface Call {
    readonly words?: readonly bigint[]
    readonly commitment?: bigint
    readonly amount?: bigint
    readonly borrower?: string
    readonly since?: bigint
  }
  const argumentsOf = async (proved: ExposureStatement, call: Call = {}) => {
    const { words, commitment } = lender.signals(proved)
    const { borrower = venue.anybody.address, amount = AMOUNT, since = 0n } = call
    const proof = proofArgument(prove(portfolioExposureKey, lender.statement(proved)))
    return [borrower, amount, since, call.words ?? words, call.commitment ?? commitment, proof]
  }
  const ask = async (proved: ExposureStatement, call: Call = {}) =>
    lender.contract.getFunction('lend').staticCall(...(await argumentsOf(proved, call)))
  const lend = async (proved: ExposureStatement) =>
    (await lender.contract.getFunction('lend')(...(await argumentsOf(proved)))).wait()
  const exposure = (changes: Partial<ExposureStatement> = {}) =>
    lender.exposure('alice', { borrower: venue.anybody.address, amount: AMOUNT }, changes)

  it('lends on a bounded loss, to the borrower that the proof names, and is paid back no more than is owed', async () => {
    const statement = await exposure()
    const receipt = await lend(statement)
    const { name, args } = lender.contract.interface.parseLog(
      receipt.logs.find(({ address }: { address: string }) => address === lender.contract.target),
    )!
    const told = ['Lent', statement.nullifier, venue.anybody.address, AMOUNT, GENESIS_ROOT, RISK_ROOT]
    assert.deepEqual([name, ...args], told)
    const { anybody } = venue
    const token = new Contract(lender.token.target, lender.token.interface, anybody)
    const balance = () => token.getFunction('balanceOf').staticCall(anybody.address)
    assert.equal(await balance(), AMOUNT * lender.unitsPerQuantum)
    await (await token.getFunction('approve')(lender.contract.target, AMOUNT * lender.unitsPerQuantum)).wait()
    const repay = lender.contract.connect(anybody) as Contract
    await (await repay.getFunction('repay')(statement.nullifier, 4_000n)).wait()
    assert.equal(await balance(), 6_000n * lender.unitsPerQuantum)
    await (await repay.getFunction('repay')(statement.nullifier, 1_000_000n)).wait()
    assert.deepEqual([await balance(), await lender.contract.getFunction('debtOf')(statement.nullifier)], [0n, 0n])
  })

  it('lends once to each account, with a new proof or a re-randomised one, of whatever amount, paid back or not', async () => {
    const statement = await exposure()
    await lend(statement)
    const used = [await lender.contract.getFunction('PURPOSE')(), statement.nullifier, await venue.now()]
    await reverts(ask(statement), 'NullifierUsed', used)
    const values = await argumentsOf(statement)
    const copy = proofArgument(rerandomize(prove(portfolioExposureKey, lender.statement(statement))))
    await reverts(lender.contract.getFunction('lend').staticCall(...values.with(5, copy)), 'NullifierUsed')
    const more = await lender.exposure('alice', { borrower: venue.house.address, amount: 2n * AMOUNT })
    await reverts(ask(more, { borrower: venue.house.address, amount: 2n * AMOUNT }), 'NullifierUsed')
    const bob = await lender.exposure('bob', { borrower: venue.anybody.address, amount: AMOUNT })
    await ask(bob)
  })

  it('refuses a bound that lets the account lose a quantum more than its share, and says where', async () => {
    for (const s of [1, SCENARIOS]) {
      const low = new Array<bigint>(SCENARIOS).fill(-MOST)
      await ask(await exposure({ low }))
      const wrong = low.with(s - 1, -MOST - 1n)
      await reverts(ask(await exposure({ low: wrong })), 'LossTooLarge', [BigInt(s), MOST + 1n, MOST])
    }
    await ask(
      await exposure({ low: new Array<bigint>(SCENARIOS).fill(5n), high: new Array<bigint>(SCENARIOS).fill(6n) }),
    )
    await reverts(ask(await exposure({ low: new Array<bigint>(SCENARIOS).fill(-(1n << 68n)) })), 'LossTooLarge')
  })

  it('refuses words that were not proved, one after the other: better bounds, another nullifier, root or table', async () => {
    const statement = await exposure()
    const { words } = lender.signals(statement)
    for (let i = 0; i < words.length; i++) {
      const changed = words.with(i, (words[i]! + 1n) % FIELD)
      await reverts(ask(statement, { words: changed }), 'ProofRejected')
    }
    const other = publicData(statement.domain, 253, words.with(6, 0n)).commitment
    await reverts(ask(statement, { words: words.with(6, 0n), commitment: other }), 'ProofRejected')
  })

  it('refuses a word + r, a list that is shorter or longer, and a commitment that is no field element', async () => {
    const statement = await exposure()
    const { words, commitment } = lender.signals(statement)
    for (const i of [5, 6, words.length - 1]) {
      const alias = words.with(i, words[i]! + FIELD)
      await reverts(ask(statement, { words: alias }), 'WordNotCanonical', [BigInt(i), words[i]! + FIELD, FIELD])
    }
    await reverts(ask(statement, { words: words.slice(0, -1) }), 'WordCountWrong')
    await reverts(ask(statement, { words: [...words, 0n] }), 'WordCountWrong')
    await reverts(ask(statement, { commitment: commitment + FIELD }), 'NotCanonical')
  })

  it('refuses a proof for another borrower or amount, for another lender, and for another venue', async () => {
    const statement = await exposure()
    await reverts(ask(statement, { borrower: venue.house.address }), 'MemoWrong')
    await reverts(ask(statement, { amount: AMOUNT + 1n }), 'MemoWrong')
    const elsewhere = marginContext(venue.anybody.address, await lender.contract.getFunction('PURPOSE')())
    await reverts(ask(await exposure({ context: elsewhere })), 'ContextWrong')
    // as the words of another venue are challenged by another domain, the proof does not even hold
    await reverts(ask(await exposure({ domain: element('domain') })), 'ProofRejected')
  })

  it('refuses another domain among the words of its own challenge', async () => {
    const own = await exposure()
    const foreign = exposureWords({ ...own, domain: element('domain') })
    const { commitment, challenge, value } = publicData(own.domain, 253, foreign)
    const signals = { dataCommitment: commitment, dataChallenge: challenge, dataValue: value }
    const proof = proofArgument(prove(portfolioExposureKey, signals))
    const call = [venue.anybody.address, AMOUNT, 0n, foreign, commitment, proof]
    await reverts(lender.contract.getFunction('lend').staticCall(...call), 'DomainWrong')
  })

  it('refuses a state root that is unknown or too old, and takes it until then', async () => {
    const statement = await exposure()
    await reverts(ask(await exposure({ stateRoot: element('no root') })), 'StateRootNotRecent', [
      element('no root'),
      0n,
    ])
    await venue.settle(element('next root'))
    const supersededAt = await venue.now()
    await venue.networkHelpers.time.increaseTo(supersededAt + MAX_ROOT_AGE)
    await ask(statement)
    await venue.networkHelpers.time.increaseTo(supersededAt + MAX_ROOT_AGE + 1n)
    await reverts(ask(statement), 'StateRootTooOld', [GENESIS_ROOT, MAX_ROOT_AGE + 1n, MAX_ROOT_AGE])
  })

  it('refuses a risk table that is unknown or too old, and takes it until then', async () => {
    const statement = await exposure()
    await reverts(ask(await exposure({ riskRoot: element('no risk') })), 'RiskTableNotRecent', [element('no risk')])
    const asOf = await venue.settlement.riskAsOf()
    await venue.networkHelpers.time.increaseTo(asOf + MAX_RISK_AGE)
    await ask(statement)
    await venue.networkHelpers.time.increaseTo(asOf + MAX_RISK_AGE + 1n)
    await reverts(ask(statement), 'RiskTableTooOld', [RISK_ROOT, MAX_RISK_AGE + 1n, MAX_RISK_AGE])
  })

  it('cannot be made without its contracts', async () => {
    const { settlement, verifier, token } = lender.given
    const factory = new ContractFactory(lender.contract.interface, lender.bytecode, venue.anybody)
    const construct = async (...first: unknown[]) =>
      venue.anybody.call(await factory.getDeployTransaction(...first, ...lender.given.rest))
    const nobody = venue.anybody.address
    await construct(settlement, verifier, SCENARIOS, token)
    for (const [i, given] of [settlement, verifier, token].entries()) {
      const values: unknown[] = [settlement, verifier, SCENARIOS, token]
      values[[0, 1, 3][i]!] = nobody
      await reverts(construct(...values), 'ContractMissing', [nobody])
      assert.notEqual(given, nobody)
    }
  })
})
