import assert from 'node:assert/strict'
import { ContractFactory } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { settlementDomain } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { assertReverts, assertRevertsBare } from '../support/contracts/assert-reverts.ts'
import { prove, type Statement, tradeBatchKey } from '../support/contracts/dev-keys.ts'
import {
  createVenue,
  element,
  GENESIS_ROOT,
  proofArgument,
  RISK_ROOT,
  TRADE_BATCH,
  type Venue,
} from '../support/contracts/venue.ts'
import { rerandomize } from '../support/forge.ts'

const NEXT_ROOT = element('next root')
const OTHER_ROOT = element('other root')
const SKEW = 900n

describe('Settlement', () => {
  let venue: Venue
  before(async () => {
    venue = await createVenue()
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.settlement.interface, name, args)

  /** Asks for a settlement with a valid proof of `proved`, but with the given fields in the call. */
  const ask = (proved: Statement, call: Statement = {}) => {
    const { newStateRoot, timestamp } = { ...proved, ...call }
    const proof = proofArgument(prove(tradeBatchKey, proved))
    return venue.settlement.settle.staticCall(TRADE_BATCH, proof, newStateRoot, timestamp)
  }

  describe('settle', () => {
    beforeEach(() => venue.publish())

    it('moves the state root behind a proof from anybody', async () => {
      const { settlement, settle } = venue
      const receipt = await settle(NEXT_ROOT)
      assert.equal(await settlement.stateRoot(), NEXT_ROOT)
      assert.equal(await settlement.batchCount(), 1n)
      const { name, args } = settlement.interface.parseLog(receipt!.logs[0]!)!
      const timestamp = await settlement.lastTimestamp()
      assert.deepEqual([name, ...args], ['Settled', 1n, GENESIS_ROOT, NEXT_ROOT, TRADE_BATCH, RISK_ROOT, timestamp])
    })

    it('settles batch after batch, two of them at the same second', async () => {
      const first = await venue.batch(NEXT_ROOT)
      const call = async (statement: Statement) =>
        venue.settlement.settle(
          TRADE_BATCH,
          proofArgument(prove(tradeBatchKey, statement)),
          statement.newStateRoot,
          statement.timestamp,
        )
      await call(first)
      await call({ ...first, oldStateRoot: NEXT_ROOT, newStateRoot: OTHER_ROOT })
      assert.equal(await venue.settlement.stateRoot(), OTHER_ROOT)
    })

    it('refuses a settled batch a second time', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      await venue.settle(NEXT_ROOT)
      await reverts(ask(statement), 'StateRootUnchanged', [NEXT_ROOT])
      await venue.settle(OTHER_ROOT)
      await reverts(ask(statement), 'TimestampBeforeLast')
      const timestamp = await venue.now()
      await reverts(ask(statement, { timestamp }), 'ProofRejected')
    })

    it('refuses a re-randomised copy of a used proof, which verifies but starts from a root that has passed', async () => {
      const { settlement, tradeBatchVerifier, batch } = venue
      const statement = await batch(NEXT_ROOT)
      const proof = prove(tradeBatchKey, statement)
      await (await settlement.settle(TRADE_BATCH, proofArgument(proof), NEXT_ROOT, statement.timestamp)).wait()
      await venue.settle(OTHER_ROOT)
      const copy = proofArgument(rerandomize(proof))
      assert.notDeepEqual(copy.a, proofArgument(proof).a)
      assert.equal(await tradeBatchVerifier.verifyProof(copy.a, copy.b, copy.c, Object.values(statement)), true)
      await reverts(settlement.settle.staticCall(TRADE_BATCH, copy, NEXT_ROOT, await venue.now()), 'ProofRejected')
    })

    it('refuses a proof that starts from another state root', async () => {
      await reverts(ask(await venue.batch(NEXT_ROOT, { oldStateRoot: OTHER_ROOT })), 'ProofRejected')
    })

    it('refuses a proof that leads to another state root than the call says', async () => {
      await reverts(ask(await venue.batch(NEXT_ROOT), { newStateRoot: OTHER_ROOT }), 'ProofRejected')
    })

    it('refuses a proof at another risk table', async () => {
      await reverts(ask(await venue.batch(NEXT_ROOT, { riskRoot: element('other risk') })), 'ProofRejected')
    })

    it('refuses a proof for another time than the call says, by one second', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      await reverts(ask(statement, { timestamp: statement.timestamp! - 1n }), 'ProofRejected')
    })

    it('names the whole statement it could not verify', async () => {
      const { domain, timestamp, riskRoot } = await venue.batch(NEXT_ROOT)
      const call = ask(await venue.batch(OTHER_ROOT), { newStateRoot: NEXT_ROOT, timestamp })
      await reverts(call, 'ProofRejected', [TRADE_BATCH, domain, timestamp, riskRoot, GENESIS_ROOT, NEXT_ROOT])
    })

    it('refuses a proof for the contract at the same address on another chain', async () => {
      const other = await createVenue({ chainId: 1337 })
      await other.publish()
      assert.equal(await other.settlement.getAddress(), await venue.settlement.getAddress())
      const { domain } = other.deployment
      assert.notEqual(domain, venue.deployment.domain)
      await reverts(ask(await venue.batch(NEXT_ROOT, { domain })), 'ProofRejected')
    })

    it('refuses a proof for another Settlement on the same chain', async () => {
      const domain = settlementDomain(31337n, venue.anybody.address)
      await reverts(ask(await venue.batch(NEXT_ROOT, { domain })), 'ProofRejected')
    })

    it('lets whoever has a proof overtake the venue, whose own batch is then refused: a stated limit', async () => {
      const own = await venue.batch(NEXT_ROOT)
      await venue.settle(OTHER_ROOT)
      await reverts(ask(own, { timestamp: await venue.now() }), 'ProofRejected')
    })

    it('refuses a kind that no circuit has', async () => {
      const { settlement, tradeBatchVerifier, batch } = venue
      assert.equal(await settlement.kinds(), 1n)
      assert.equal(await settlement.verifiers(TRADE_BATCH), tradeBatchVerifier.target)
      const statement = await batch(NEXT_ROOT)
      const proof = proofArgument(prove(tradeBatchKey, statement))
      for (const kind of [1n, 2n ** 256n - 1n]) {
        const call = settlement.settle.staticCall(kind, proof, NEXT_ROOT, statement.timestamp)
        await reverts(call, 'KindUnknown', [kind, 1n])
      }
    })

    it('refuses a batch that changes nothing', async () => {
      await reverts(ask(await venue.batch(GENESIS_ROOT)), 'StateRootUnchanged', [GENESIS_ROOT])
    })

    it('refuses newStateRoot + r, which stands for the same field element', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      const alias = NEXT_ROOT + FIELD
      await reverts(ask(statement, { newStateRoot: alias }), 'NotCanonical', [alias, FIELD])
    })

    it('refuses r itself and the zero root', async () => {
      await reverts(ask(await venue.batch(NEXT_ROOT), { newStateRoot: FIELD }), 'NotCanonical', [FIELD, FIELD])
      await reverts(ask(await venue.batch(0n)), 'ZeroRoot', [])
    })

    it('takes a time 900 seconds before or after the block, and refuses 901', async () => {
      const { ethers, settlement, batch, now } = venue
      const blockTag = await ethers.provider.getBlockNumber()
      for (const sign of [1n, -1n]) {
        for (const [offset, refused] of [
          [SKEW, false],
          [SKEW + 1n, true],
        ] as const) {
          const statement = await batch(NEXT_ROOT, { timestamp: (await now()) + sign * offset })
          const proof = proofArgument(prove(tradeBatchKey, statement))
          const call = settlement.settle.staticCall(TRADE_BATCH, proof, NEXT_ROOT, statement.timestamp, { blockTag })
          if (!refused) await call
          else await reverts(call, 'TimestampOffBlockTime', [statement.timestamp, await now(), SKEW])
        }
      }
    })

    it('refuses a time before that of the last batch', async () => {
      await venue.settle(NEXT_ROOT)
      const lastTimestamp = await venue.settlement.lastTimestamp()
      const timestamp = lastTimestamp - 1n
      const statement = await venue.batch(OTHER_ROOT, { timestamp })
      await reverts(ask(statement), 'TimestampBeforeLast', [timestamp, lastTimestamp])
    })

    it('refuses calldata that is one word short', async () => {
      const { settlement, anybody, batch } = venue
      const { timestamp, ...rest } = await batch(NEXT_ROOT)
      const proof = proofArgument(prove(tradeBatchKey, { timestamp, ...rest }))
      const data = settlement.interface.encodeFunctionData('settle', [TRADE_BATCH, proof, NEXT_ROOT, timestamp])
      await assertRevertsBare(anybody.call({ to: settlement.target, data: data.slice(0, -64) }))
    })

    it('refuses a timestamp of 2^40, which no circuit can have proved', async () => {
      const { settlement, anybody, batch } = venue
      const statement = await batch(NEXT_ROOT)
      const proof = proofArgument(prove(tradeBatchKey, statement))
      const data = settlement.interface.encodeFunctionData('settle', [TRADE_BATCH, proof, NEXT_ROOT, 0n])
      const tooLate = data.slice(0, -64) + (1n << 40n).toString(16).padStart(64, '0')
      await assertRevertsBare(anybody.call({ to: settlement.target, data: tooLate }))
    })

    it('keeps exactly the last 64 roots, the current one included', async () => {
      const { settlement, settle } = venue
      assert.equal(await settlement.RECENT_ROOTS(), 64n)
      const roots = [GENESIS_ROOT, ...Array.from({ length: 65 }, (_, i) => element(`root ${i}`))]
      for (const root of roots.slice(1, 64)) await settle(root)
      const isRecent = async (root: bigint) => (await settlement.rootAge(root))[0]
      assert.equal(await isRecent(GENESIS_ROOT), true)
      for (const root of roots.slice(64)) await settle(root)
      const recent = await Promise.all(roots.map(isRecent))
      assert.deepEqual(recent, [false, false, ...Array(64).fill(true)])
      assert.deepEqual([...(await settlement.rootAge(0n))], [false, 0n])
    })

    it("counts a root's age from the block in which another took its place, and that of the current one as 0", async () => {
      const { settlement, settle, networkHelpers, now } = venue
      const ages = async (...roots: bigint[]) =>
        Promise.all(roots.map(async (root) => [...(await settlement.rootAge(root))]))
      const settledAt: bigint[] = []
      for (const root of [NEXT_ROOT, OTHER_ROOT]) {
        await networkHelpers.time.increase(1_000)
        await settle(root)
        settledAt.push(await now())
      }
      await networkHelpers.time.increase(50)
      const [first, second] = settledAt
      const time = await now()
      assert.ok(time - second! >= 50n && second! - first! >= 1_000n)
      assert.deepEqual(await ages(GENESIS_ROOT, NEXT_ROOT, OTHER_ROOT), [
        [true, time - first!],
        [true, time - second!],
        [true, 0n],
      ])
    })

    it('gives a root that the state came back to the age of its last time', async () => {
      const { settlement, settle, networkHelpers } = venue
      await settle(NEXT_ROOT)
      await networkHelpers.time.increase(1_000)
      await settle(GENESIS_ROOT)
      assert.deepEqual([...(await settlement.rootAge(GENESIS_ROOT))], [true, 0n])
    })

    it("counts by the blocks' clock, whatever time a batch gives itself", async () => {
      const { settlement, now } = venue
      const timestamp = (await now()) - SKEW + 10n
      const statement = await venue.batch(NEXT_ROOT, { timestamp })
      await (
        await settlement.settle(TRADE_BATCH, proofArgument(prove(tradeBatchKey, statement)), NEXT_ROOT, timestamp)
      ).wait()
      assert.deepEqual([...(await settlement.rootAge(GENESIS_ROOT))], [true, 0n])
    })
  })

  describe('postRiskRoot', () => {
    it('is needed before the first batch', async () => {
      await reverts(ask(await venue.batch(NEXT_ROOT)), 'RiskRootMissing', [])
    })

    it('sets the risk table for the publisher', async () => {
      const { settlement, publish, now } = venue
      const asOf = await now()
      const receipt = await publish(RISK_ROOT, asOf)
      assert.deepEqual([await settlement.riskRoot(), await settlement.riskAsOf()], [RISK_ROOT, asOf])
      const { name, args } = settlement.interface.parseLog(receipt!.logs[0]!)!
      assert.deepEqual([name, ...args], ['RiskRootPosted', RISK_ROOT, asOf])
    })

    it('refuses every other address, the deployer too', async () => {
      const { settlementAs, anybody, deployer, riskPublisher, now } = venue
      for (const signer of [anybody, deployer]) {
        const call = settlementAs(signer).postRiskRoot.staticCall(RISK_ROOT, await now())
        await reverts(call, 'NotRiskPublisher', [signer.address, riskPublisher.address])
      }
    })

    it('refuses an older table, and another one of the same second', async () => {
      const { asPublisher, publish, now } = venue
      const asOf = await now()
      await publish(RISK_ROOT, asOf)
      for (const given of [asOf - 1n, asOf]) {
        await reverts(asPublisher.postRiskRoot.staticCall(OTHER_ROOT, given), 'RiskNotNewer', [given, asOf])
      }
    })

    it('takes a table 900 seconds ahead of the block and refuses 901', async () => {
      const { ethers, asPublisher, now } = venue
      const blockTag = await ethers.provider.getBlockNumber()
      await asPublisher.postRiskRoot.staticCall(RISK_ROOT, (await now()) + SKEW, { blockTag })
      const asOf = (await now()) + SKEW + 1n
      const call = asPublisher.postRiskRoot.staticCall(RISK_ROOT, asOf, { blockTag })
      await reverts(call, 'RiskFromFuture', [asOf, await now(), SKEW])
    })

    it('takes a root of no table, which stops settlement until another is posted: a stated limit', async () => {
      const { publish, settle, batch } = venue
      await publish(RISK_ROOT)
      const statement = await batch(NEXT_ROOT)
      await publish(element('no table'))
      await reverts(ask(statement), 'ProofRejected')
      await publish(RISK_ROOT)
      await settle(NEXT_ROOT)
    })

    it('refuses the zero root, r and a root + r', async () => {
      const { asPublisher, now } = venue
      const asOf = await now()
      await reverts(asPublisher.postRiskRoot.staticCall(0n, asOf), 'ZeroRoot', [])
      for (const root of [FIELD, RISK_ROOT + FIELD]) {
        await reverts(asPublisher.postRiskRoot.staticCall(root, asOf), 'NotCanonical', [root, FIELD])
      }
    })
  })

  describe('constructor', () => {
    const construct = (...values: unknown[]) => {
      const { abi, bytecode } = venue.deployment.contracts.Settlement
      return new ContractFactory(abi, bytecode, venue.anybody).getDeployTransaction(...values)
    }
    const refuses = async (name: string, args: unknown[], ...values: unknown[]) =>
      reverts(venue.anybody.call(await construct(...values)), name, args)

    it('refuses a genesis root that is zero or not canonical', async () => {
      const [publisher, verifier] = [venue.riskPublisher.address, venue.tradeBatchVerifier.target]
      await refuses('ZeroRoot', [], 0n, publisher, [verifier])
      await refuses('NotCanonical', [FIELD, FIELD], FIELD, publisher, [verifier])
    })

    it('refuses a missing publisher, a verifier without code and none at all', async () => {
      const { anybody, tradeBatchVerifier, riskPublisher } = venue
      const zero = `0x${'00'.repeat(20)}`
      const publisher = riskPublisher.address
      await refuses('RiskPublisherMissing', [], GENESIS_ROOT, zero, [tradeBatchVerifier.target])
      const second = [tradeBatchVerifier.target, anybody.address]
      await refuses('VerifierMissing', [1n, anybody.address], GENESIS_ROOT, publisher, second)
      await refuses('VerifierMissing', [0n, zero], GENESIS_ROOT, publisher, [])
    })
  })

  it('gives nobody any other right: the ABI has two functions that write', async () => {
    const { settlement } = venue
    const writing = settlement.interface.fragments.flatMap((fragment) =>
      fragment.type === 'function' && !('constant' in fragment && fragment.constant) ? [fragment.format()] : [],
    )
    assert.deepEqual(writing, [
      'postRiskRoot(uint256,uint40)',
      'settle(uint256,(uint256[2],uint256[2][2],uint256[2]),uint256,uint40)',
    ])
  })
})
