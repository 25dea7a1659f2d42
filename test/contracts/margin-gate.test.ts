import assert from 'node:assert/strict'
import { ContractFactory, id } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { marginContext } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import { marginSufficiencyKey, prove, type Statement } from '../support/contracts/dev-keys.ts'
import {
  createVenue,
  element,
  GENESIS_ROOT,
  MAX_RISK_AGE,
  MAX_ROOT_AGE,
  PURPOSE,
  proofArgument,
  RATIO_BPS,
  RISK_ROOT,
  type Venue,
} from '../support/contracts/venue.ts'
import { rerandomize } from '../support/forge.ts'

const ALICE = element('alice')
/** Seconds of the spans of which a Settlement keeps a root each, and of all that it has room for: a span's place is its number modulo 360. */
const SPAN = 10n
const RING = 360n * SPAN

describe('MarginGate', () => {
  let venue: Venue
  before(async () => {
    venue = await createVenue()
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.gate.interface, name, args)
  beforeEach(() => venue.publish())

  const provenBy = (statement: Statement) => proofArgument(prove(marginSufficiencyKey, statement))

  /** Asks for admission with a valid proof of `proved`, but with the given fields in the call. */
  const ask = (proved: Statement, call: Statement = {}, purpose = PURPOSE) => {
    const { stateRoot, since = 0n, riskRoot, nullifier }: Statement = { ...proved, ...call }
    return venue.gate.admit.staticCall(purpose, stateRoot, since, riskRoot, nullifier, provenBy(proved))
  }

  /** Settles a batch in the first block of the next span that stands at that place of the ring; its time. */
  const settleIn = async (place: bigint): Promise<bigint> => {
    const { time } = venue.networkHelpers
    const start = ((await venue.now()) / RING + 1n) * RING + place * SPAN
    await time.increaseTo(start - 1n)
    await time.setNextBlockTimestamp(start)
    await venue.settle(element('first of its span'))
    return start
  }

  /** Settles as many batches as leave no recent root but their own. */
  const supersede = async () => {
    for (let i = 1; i <= 64; i++) await venue.settle(element(`root ${i}`))
  }

  const admit = async (statement: Statement, purpose = PURPOSE) => {
    const { stateRoot, riskRoot, nullifier } = statement
    return (await venue.gate.admit(purpose, stateRoot, 0n, riskRoot, nullifier, provenBy(statement))).wait()
  }

  it('admits an account that proves its margin, and says nothing of it but its nullifier', async () => {
    const { gate, margin, now } = venue
    assert.equal(await gate.usedAt(PURPOSE, ALICE), 0n)
    const receipt = await admit(await margin('alice'))
    assert.equal(await gate.usedAt(PURPOSE, ALICE), await now())
    const { name, args } = gate.interface.parseLog(receipt!.logs[0]!)!
    assert.deepEqual([name, ...args], ['Admitted', PURPOSE, ALICE, GENESIS_ROOT, RISK_ROOT])
  })

  it('refuses the same nullifier again for the same purpose, with a new proof or a re-randomised one', async () => {
    const { gate, margin, settle, now } = venue
    const statement = await margin('alice')
    await admit(statement)
    const at = await now()
    await reverts(ask(statement), 'NullifierUsed', [PURPOSE, ALICE, at])
    const copy = proofArgument(rerandomize(prove(marginSufficiencyKey, statement)))
    await reverts(gate.admit.staticCall(PURPOSE, GENESIS_ROOT, 0n, RISK_ROOT, ALICE, copy), 'NullifierUsed')
    await settle(element('next root'))
    await reverts(ask(await margin('alice')), 'NullifierUsed')
  })

  it('refuses nullifier + r, which stands for the same account', async () => {
    const statement = await venue.margin('alice')
    await admit(statement)
    const alias = ALICE + FIELD
    await reverts(ask(statement, { nullifier: alias }), 'NotCanonical', [alias, FIELD])
  })

  it('refuses a proof with the nullifier of another account', async () => {
    await reverts(ask(await venue.margin('alice'), { nullifier: element('bob') }), 'ProofRejected')
  })

  it('refuses a proof made for another purpose, and admits the account for each purpose it proves', async () => {
    const { gate, margin } = venue
    const other = id('enter another auction')
    const statement = await margin('alice')
    await reverts(ask(statement, {}, other), 'ProofRejected')
    await admit(statement)
    await admit({ ...statement, context: marginContext(String(gate.target), other) }, other)
    assert.notEqual(await gate.usedAt(other, ALICE), 0n)
  })

  it('refuses a proof made for another gate', async () => {
    const context = marginContext(venue.anybody.address, PURPOSE)
    await reverts(ask(await venue.margin('alice', { context })), 'ProofRejected')
  })

  it('refuses a proof of a lower ratio by one basis point, and one of a higher ratio', async () => {
    for (const ratioBps of [RATIO_BPS - 1n, RATIO_BPS + 1n]) {
      await reverts(ask(await venue.margin('alice', { ratioBps })), 'ProofRejected')
    }
  })

  it('refuses a proof for another venue', async () => {
    await reverts(ask(await venue.margin('alice', { domain: element('domain') })), 'ProofRejected')
  })

  it('takes a proof at any of the last eight risk tables, so that none dies under way, and refuses the one before', async () => {
    const { margin, publish } = venue
    const statement = await margin('alice')
    for (let i = 1; i <= 7; i++) await publish(element(`risk ${i}`))
    await ask(statement)
    for (let i = 1; i <= 7; i++) await ask(await margin('alice', { riskRoot: element(`risk ${i}`) }))
    await publish(element('risk 8'))
    await reverts(ask(statement), 'RiskTableNotRecent', [RISK_ROOT])
  })

  it('refuses a proof at another risk table than the one it names, and a table that was never posted, 0 too', async () => {
    const { margin, publish } = venue
    const statement = await margin('alice')
    const other = element('newer risk')
    await publish(other)
    await reverts(ask(statement, { riskRoot: other }), 'ProofRejected')
    for (const riskRoot of [element('no risk'), 0n, RISK_ROOT + FIELD]) {
      await reverts(ask(await margin('alice'), { riskRoot }), 'RiskTableNotRecent', [riskRoot])
      await reverts(ask(await margin('alice', { riskRoot: riskRoot % FIELD }), { riskRoot }), 'RiskTableNotRecent')
    }
  })

  it('refuses an old table also while a new one is there, and counts the newest of two with one root', async () => {
    const { margin, publish, networkHelpers, settlement } = venue
    const statement = await margin('alice')
    const asOf = await settlement.riskAsOf()
    await publish(element('newer risk'))
    await networkHelpers.time.increaseTo(asOf + MAX_RISK_AGE)
    await ask(statement)
    await networkHelpers.time.increaseTo(asOf + MAX_RISK_AGE + 1n)
    await reverts(ask(statement), 'RiskTableTooOld', [RISK_ROOT, MAX_RISK_AGE + 1n, MAX_RISK_AGE])
    await ask(await margin('alice'))
    await publish(RISK_ROOT)
    await ask(statement)
  })

  it('admits on a root of the last 64 and refuses the one before', async () => {
    const { margin, settle } = venue
    const statement = await margin('alice')
    for (let i = 1; i <= 63; i++) await settle(element(`root ${i}`))
    await ask(statement)
    await settle(element('root 64'))
    await reverts(ask(statement), 'StateRootNotRecent', [GENESIS_ROOT, 0n])
  })

  it('takes a root that is kept by the time since which it was the current one, if it is young enough', async () => {
    const { margin, networkHelpers } = venue
    const start = await settleIn(1n)
    const statement = await margin('alice')
    await supersede()
    const { stateRoot } = statement
    await reverts(ask(statement), 'StateRootNotRecent', [stateRoot, 0n])
    for (const since of [start, start + 9n]) await ask(statement, { since })
    await reverts(ask(statement, { since: start + 10n }), 'StateRootNotRecent', [stateRoot, start + 10n])
    const other = await margin('alice', { stateRoot: element('another root') })
    await reverts(ask(other, { since: start }), 'StateRootNotRecent', [element('another root'), start])
    await networkHelpers.time.increaseTo(start + MAX_ROOT_AGE)
    await ask(statement, { since: start })
    await networkHelpers.time.increaseTo(start + MAX_ROOT_AGE + 1n)
    const tooOld = [stateRoot, MAX_ROOT_AGE + 1n, MAX_ROOT_AGE]
    await reverts(ask(statement, { since: start }), 'StateRootTooOld', tooOld)
  })

  it('finds a kept root by the place of its span in the ring of an hour, so that 0 names one too, and counts its true age', async () => {
    const { margin, networkHelpers } = venue
    const start = await settleIn(0n)
    const statement = await margin('alice')
    await supersede()
    const { stateRoot } = statement
    for (const since of [0n, 9n, start, start + 9n, start + RING]) await ask(statement, { since })
    for (const since of [10n, start - 1n])
      await reverts(ask(statement, { since }), 'StateRootNotRecent', [stateRoot, since])
    await networkHelpers.time.increaseTo(start + MAX_ROOT_AGE + 1n)
    for (const since of [0n, start + RING]) {
      await reverts(ask(statement, { since }), 'StateRootTooOld', [stateRoot, MAX_ROOT_AGE + 1n, MAX_ROOT_AGE])
    }
  })

  it('counts the age of a recent root from when it was superseded, whatever `since` says', async () => {
    const { margin, publish, settle, networkHelpers, now } = venue
    await settle(element('current'))
    const since = await now()
    await networkHelpers.time.increase(MAX_ROOT_AGE + 10n)
    await publish(element('newer risk'))
    await ask(await margin('alice'), { since })
  })

  it('refuses a root from a second after its greatest age, and takes it until then', async () => {
    const { margin, settle, networkHelpers, now } = venue
    const statement = await margin('alice')
    await settle(element('next root'))
    const supersededAt = await now()
    await networkHelpers.time.increaseTo(supersededAt + MAX_ROOT_AGE)
    await ask(statement)
    await networkHelpers.time.increaseTo(supersededAt + MAX_ROOT_AGE + 1n)
    await reverts(ask(statement), 'StateRootTooOld', [GENESIS_ROOT, MAX_ROOT_AGE + 1n, MAX_ROOT_AGE])
  })

  it('takes the current root however long it has stood, if the risk table is fresh', async () => {
    const { margin, publish, networkHelpers } = venue
    await networkHelpers.time.increase(5 * 365 * 86_400)
    await publish(element('newer risk'))
    await ask(await margin('alice'))
  })

  it('refuses a risk table from a second after its greatest age, and takes it until then', async () => {
    const { margin, networkHelpers, settlement } = venue
    const statement = await margin('alice')
    const asOf = await settlement.riskAsOf()
    await networkHelpers.time.increaseTo(asOf + MAX_RISK_AGE)
    await ask(statement)
    await networkHelpers.time.increaseTo(asOf + MAX_RISK_AGE + 1n)
    await reverts(ask(statement), 'RiskTableTooOld', [RISK_ROOT, MAX_RISK_AGE + 1n, MAX_RISK_AGE])
  })

  it('refuses a proof five years after the last price', async () => {
    const { margin, networkHelpers } = venue
    const statement = await margin('alice')
    await networkHelpers.time.increase(5 * 365 * 86_400)
    await reverts(ask(statement), 'RiskTableTooOld')
  })

  it('counts a risk table that is ahead of the block as new', async () => {
    const { margin, publish, now } = venue
    await publish(element('newer risk'), (await now()) + 900n)
    await ask(await margin('alice'))
  })

  it('counts from the time of the table that is proved, which a newer one renews', async () => {
    const { margin, publish, networkHelpers } = venue
    await networkHelpers.time.increase(MAX_RISK_AGE + 1n)
    await reverts(ask(await margin('alice')), 'RiskTableTooOld')
    await publish(element('newer risk'))
    await ask(await margin('alice'))
  })

  it('refuses a root that was never one: unknown, zero, an alias', async () => {
    for (const stateRoot of [element('no root'), 0n, GENESIS_ROOT + FIELD]) {
      const statement = await venue.margin('alice')
      await reverts(ask(statement, { stateRoot }), 'StateRootNotRecent', [stateRoot, 0n])
    }
  })

  it('refuses everybody until there is a risk table', async () => {
    await venue.reset()
    await reverts(ask(await venue.margin('alice')), 'RiskTableNotRecent', [0n])
    await reverts(ask(await venue.margin('alice', { riskRoot: RISK_ROOT })), 'RiskTableNotRecent', [RISK_ROOT])
  })

  it('names the whole statement it could not verify', async () => {
    const { gate, margin } = venue
    const { domain, stateRoot, riskRoot, ratioBps, nullifier } = await margin('alice')
    const args = [domain, stateRoot, riskRoot, ratioBps, await gate.context(PURPOSE), nullifier]
    await reverts(ask(await margin('bob'), { nullifier: nullifier! }), 'ProofRejected', args)
  })

  it('cannot be made with a ratio below maintenance or of 2^17, nor without its contracts', async () => {
    const { deployment, anybody } = venue
    const { MarginGate, MarginSufficiencyVerifier, Settlement } = deployment.contracts
    const factory = new ContractFactory(MarginGate.abi, MarginGate.bytecode, anybody)
    const construct = async (...values: unknown[]) => anybody.call(await factory.getDeployTransaction(...values))
    const [settlement, verifier] = [Settlement.address, MarginSufficiencyVerifier!.address]
    const ages = [MAX_ROOT_AGE, MAX_RISK_AGE]
    for (const ratio of [9_999n, 1n << 17n]) {
      const args = [ratio, 10_000n, (1n << 17n) - 1n]
      await reverts(construct(settlement, verifier, ratio, ...ages), 'RatioOutOfRange', args)
    }
    for (const ratio of [10_000n, (1n << 17n) - 1n]) await construct(settlement, verifier, ratio, ...ages)
    const missing = [anybody.address]
    await reverts(construct(anybody.address, verifier, RATIO_BPS, ...ages), 'ContractMissing', missing)
    await reverts(construct(settlement, anybody.address, RATIO_BPS, ...ages), 'ContractMissing', missing)
  })
})
