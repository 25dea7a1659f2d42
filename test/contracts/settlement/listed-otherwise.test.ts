import assert from 'node:assert/strict'
import { AbiCoder, id, keccak256 } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import { type Callable, createSettlement, type SettlementVenue } from '../../support/contracts/settlement.ts'

const PURPOSE = id('a loan')
const RATIO_BPS = 10_000n
/** Nobody is refused here for the age of anything. */
const MAX_AGE = 3_600n

describe('a margin proof at a table that lists something else than the state holds', () => {
  let venue: SettlementVenue
  let gate: Callable
  before(async () => {
    venue = await createSettlement()
  })
  beforeEach(async () => {
    await venue.reset()
    const verifier = await venue.deploy('StubMarginSufficiencyVerifier')
    gate = await venue.deploy('MarginGate', venue.settlement.target, verifier.target, RATIO_BPS, MAX_AGE, MAX_AGE)
  })

  const pass = () => venue.networkHelpers.time.increase(150n)
  const post = async (root: bigint, listings = 0n) => {
    await pass()
    await venue.postTable(root, undefined, undefined, listings)
  }
  const trade = async (riskRoot: bigint) => {
    await venue.settleTrade({ 2: riskRoot })
    return (await venue.settlement.stateRoot()) as bigint
  }
  const retire = (riskRoot: bigint) =>
    venue.settleCash([], [], { riskRoot, sweep: { market: 3, amount: 0n, retires: true, houseLeaf: 5n } })
  /** Retired and relisted is market 3. */
  const RELISTED = (8n << 16n) + 8n

  const ask = async (stateRoot: bigint, riskRoot: bigint, since = 0n) => {
    const signals = [await venue.settlement.domain(), stateRoot, riskRoot, RATIO_BPS, await gate.context(PURPOSE), 7n]
    const a = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(['uint256[6]'], [signals])))
    const proof = {
      a: [a, 0n],
      b: [
        [0n, 0n],
        [0n, 0n],
      ],
      c: [0n, 0n],
    }
    return gate.admit.staticCall(PURPOSE, stateRoot, since, riskRoot, 7n, proof)
  }
  const refuses = (asked: Promise<unknown>, args: readonly bigint[]) =>
    assertReverts(asked, gate.interface, 'ListedOtherwise', args)

  it('is refused where the state was made at a later table, at which a market may be new', async () => {
    await post(101n)
    await post(102n)
    const state = await trade(102n)
    await refuses(ask(state, 101n), [101n, 1n, 2n, 0n])
    await ask(state, 102n)
    await post(103n)
    await ask(state, 103n)
  })

  it('is taken at the table at which the state came about, after batches that left it as it was, but not across a relisting', async () => {
    await post(101n)
    const state = await trade(101n)
    await post(102n)
    await venue.settleTrade({ 2: 102n, 4: state })
    await ask(state, 101n)
    await retire(102n)
    const swept = (await venue.settlement.stateRoot()) as bigint
    await post(103n, RELISTED)
    await refuses(ask(swept, 103n), [103n, 3n, 2n, 3n])
    await venue.settleTrade({ 2: 103n, 4: swept })
    await ask(swept, 103n)
    await refuses(ask(swept, 102n), [102n, 2n, 3n, 0n])
  })

  it('is refused on either side of a relisting, and taken where table and state are on one', async () => {
    await post(101n)
    const old = await trade(101n)
    await retire(101n)
    const swept = (await venue.settlement.stateRoot()) as bigint
    await post(102n, RELISTED)
    for (const state of [old, swept]) {
      await refuses(ask(state, 102n), [102n, 2n, 1n, 2n])
      await ask(state, 101n)
    }
    const fresh = await trade(102n)
    await ask(fresh, 102n)
    await refuses(ask(fresh, 101n), [101n, 1n, 2n, 0n])
    await post(103n)
    await refuses(ask(old, 103n), [103n, 3n, 1n, 2n])
    await ask(fresh, 103n)
  })

  it('is refused across a relisting, also where another came after it', async () => {
    await post(101n)
    const old = await trade(101n)
    await retire(101n)
    await post(102n, RELISTED)
    await retire(102n)
    await post(103n, RELISTED)
    await refuses(ask(old, 102n), [102n, 2n, 1n, 2n])
    await refuses(ask(old, 103n), [103n, 3n, 1n, 3n])
    await ask(old, 101n)
  })

  it('is refused as well for a root that is kept by its time', async () => {
    const { settlement, networkHelpers, now } = venue
    await post(101n)
    await networkHelpers.time.setNextBlockTimestamp(((await now()) / 10n + 2n) * 10n)
    const old = await trade(101n)
    const since = await now()
    for (let i = 0; i < 64; i++) await trade(101n)
    assert.deepEqual([...(await settlement.rootAge(old))], [false, 0n, 0n])
    await retire(101n)
    await post(102n, RELISTED)
    await refuses(ask(old, 102n, since), [102n, 2n, 1n, 2n])
    await ask(old, 101n, since)
  })
})
