import assert from 'node:assert/strict'
import { ContractFactory } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import type { StateMoveStatement } from '../../circuits/state/statement.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { assertReverts, assertRevertsBare } from '../support/contracts/assert-reverts.ts'
import { prove, signalsOf, tradeBatchKey } from '../support/contracts/dev-keys.ts'
import {
  createVenue,
  DATA,
  element,
  GENESIS_ROOT,
  proofArgument,
  RISK_ROOT,
  settleArguments,
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
  const ask = (proved: StateMoveStatement, call: Partial<StateMoveStatement> = {}) =>
    venue.settlement.settle.staticCall(...settleArguments({ ...proved, ...call }, proved))

  describe('settle', () => {
    beforeEach(() => venue.publish())

    it('moves the state root behind a proof from anybody', async () => {
      const { settlement, settle } = venue
      const receipt = await settle(NEXT_ROOT)
      assert.equal(await settlement.stateRoot(), NEXT_ROOT)
      assert.equal(await settlement.batchCount(), 1n)
      const { name, args } = settlement.interface.parseLog(receipt!.logs[0]!)!
      const timestamp = await settlement.lastTimestamp()
      assert.deepEqual(
        [name, ...args.toArray(true)],
        [...['Settled', 1n, GENESIS_ROOT, NEXT_ROOT, TRADE_BATCH, RISK_ROOT, timestamp], DATA],
      )
    })

    it('settles batch after batch, two of them at the same second', async () => {
      const first = await venue.batch(NEXT_ROOT)
      const call = async (statement: StateMoveStatement) => venue.settlement.settle(...settleArguments(statement))
      await call(first)
      await call({ ...first, oldStateRoot: NEXT_ROOT, newStateRoot: OTHER_ROOT })
      assert.equal(await venue.settlement.stateRoot(), OTHER_ROOT)
    })

    it('refuses a settled batch a second time', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      await venue.settle(NEXT_ROOT)
      await reverts(ask(statement), 'StateRootNotCurrent', [GENESIS_ROOT, NEXT_ROOT])
      await venue.settle(OTHER_ROOT)
      await reverts(ask(statement), 'TimestampBeforeLast')
      const timestamp = await venue.now()
      await reverts(ask(statement, { timestamp }), 'StateRootNotCurrent', [GENESIS_ROOT, OTHER_ROOT])
      await reverts(ask(statement, { timestamp, oldStateRoot: OTHER_ROOT }), 'ProofRejected')
    })

    it('refuses a re-randomised copy of a used proof, which verifies but starts from a root that has passed', async () => {
      const { settlement, tradeBatchVerifier, batch } = venue
      const statement = await batch(NEXT_ROOT)
      const proof = prove(tradeBatchKey, statement)
      await (await settlement.settle(...settleArguments(statement, statement, proof))).wait()
      await venue.settle(OTHER_ROOT)
      const copy = rerandomize(proof)
      const { a, b, c } = proofArgument(copy)
      assert.notDeepEqual(a, proofArgument(proof).a)
      assert.equal(await tradeBatchVerifier.verifyProof(a, b, c, signalsOf(tradeBatchKey, statement)), true)
      const now = { ...statement, timestamp: await venue.now(), oldStateRoot: OTHER_ROOT }
      await reverts(settlement.settle.staticCall(...settleArguments(now, statement, copy)), 'ProofRejected')
    })

    it('refuses a batch that starts from another state root, or was made at another risk table', async () => {
      const other = element('other risk')
      await reverts(ask(await venue.batch(NEXT_ROOT, { oldStateRoot: OTHER_ROOT })), 'StateRootNotCurrent', [
        ...[OTHER_ROOT, GENESIS_ROOT],
      ])
      await reverts(ask(await venue.batch(NEXT_ROOT, { riskRoot: other })), 'RiskRootNotCurrent', [other, RISK_ROOT])
    })

    it('refuses a proof of any other words than the call has', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      const { domain, timestamp, data } = statement
      const others: Partial<StateMoveStatement>[] = [
        { domain: domain + 1n },
        { timestamp: timestamp - 1n },
        { riskRoot: element('other risk') },
        { oldStateRoot: OTHER_ROOT },
        { newStateRoot: OTHER_ROOT },
        ...data.map((_, i) => ({ data: data.with(i, 1n) })),
        { data: data.slice(1) },
        { data: [...data, 0n] },
      ]
      for (const proved of others) {
        await reverts(ask({ ...statement, ...proved }, statement), 'ProofRejected')
      }
    })

    it('names the kind and the commitment that it could not verify', async () => {
      const proved = await venue.batch(OTHER_ROOT)
      const [commitment] = signalsOf(tradeBatchKey, proved)
      await reverts(ask(proved, { newStateRoot: NEXT_ROOT }), 'ProofRejected', [TRADE_BATCH, commitment])
    })

    it('refuses words in another number, and such that are no field elements', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      const { data } = statement
      const needed = BigInt(5 + data.length)
      for (const other of [data.slice(1), [...data, 0n]]) {
        await reverts(ask(statement, { data: other }), 'WordCountWrong', [BigInt(5 + other.length), needed])
      }
      const { settlement } = venue
      const [kind, proof, commitment, words] = settleArguments(statement)
      const short = settlement.settle.staticCall(kind, proof, commitment, words.slice(0, 4))
      await reverts(short, 'WordCountWrong', [4n, needed])
      await reverts(ask(statement, { data: data.with(3, FIELD) }), 'WordNotCanonical', [8n, FIELD, FIELD])
    })

    it('refuses a commitment that is not canonical, or another one', async () => {
      const [kind, proof, commitment, words] = settleArguments(await venue.batch(NEXT_ROOT))
      const call = (other: bigint) => venue.settlement.settle.staticCall(kind, proof, other, words)
      await reverts(call(commitment! + FIELD), 'NotCanonical', [commitment! + FIELD, FIELD])
      await reverts(call(commitment! + 1n), 'ProofRejected', [TRADE_BATCH, commitment! + 1n])
    })

    it('refuses a proof for the contract at the same address on another chain', async () => {
      const other = await createVenue({ chainId: 1337 })
      await other.publish()
      assert.equal(await other.settlement.getAddress(), await venue.settlement.getAddress())
      const { domain } = other.deployment
      assert.notEqual(domain, venue.deployment.domain)
      const statement = await venue.batch(NEXT_ROOT, { domain })
      await reverts(ask(statement), 'DomainWrong', [domain, venue.deployment.domain])
      await reverts(ask(statement, { domain: venue.deployment.domain }), 'ProofRejected')
    })

    it('refuses a proof for another Settlement on the same chain', async () => {
      const domain = settlementDomain(31337n, venue.anybody.address)
      await reverts(ask(await venue.batch(NEXT_ROOT, { domain })), 'DomainWrong', [domain, venue.deployment.domain])
    })

    it('lets whoever has a proof overtake the venue, whose own batch is then refused: a stated limit', async () => {
      const own = await venue.batch(NEXT_ROOT)
      await venue.settle(OTHER_ROOT)
      await reverts(ask(own, { timestamp: await venue.now() }), 'StateRootNotCurrent', [GENESIS_ROOT, OTHER_ROOT])
    })

    it('refuses a kind that no circuit has', async () => {
      const { settlement, tradeBatchVerifier, batch } = venue
      assert.equal(await settlement.kinds(), 1n)
      const [verifier, wordCount] = await settlement.verifiers(TRADE_BATCH)
      assert.deepEqual([verifier, wordCount], [tradeBatchVerifier.target, BigInt(5 + DATA.length)])
      const [, ...rest] = settleArguments(await batch(NEXT_ROOT))
      for (const kind of [1n, 2n ** 256n - 1n]) {
        await reverts(settlement.settle.staticCall(kind, ...rest), 'KindUnknown', [kind, 1n])
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
          const call = settlement.settle.staticCall(...settleArguments(statement), { blockTag })
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
      const data = settlement.interface.encodeFunctionData('settle', [...settleArguments(await batch(NEXT_ROOT))])
      await assertRevertsBare(anybody.call({ to: settlement.target, data: data.slice(0, -64) }))
    })

    it('refuses a timestamp of 2^40 and more, which no circuit can have proved', async () => {
      for (const timestamp of [1n << 40n, (1n << 40n) + (await venue.now()), FIELD - 1n]) {
        await reverts(ask(await venue.batch(NEXT_ROOT, { timestamp })), 'TimestampOffBlockTime')
      }
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
      await (await settlement.settle(...settleArguments(statement))).wait()
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
      assert.deepEqual([name, ...args.toArray(true)], ['RiskRootPosted', RISK_ROOT, asOf])
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
      await reverts(ask(statement), 'RiskRootNotCurrent', [RISK_ROOT, element('no table')])
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
      const [publisher, verifier] = [venue.riskPublisher.address, [venue.tradeBatchVerifier.target, 25n]]
      await refuses('ZeroRoot', [], 0n, publisher, [verifier])
      await refuses('NotCanonical', [FIELD, FIELD], FIELD, publisher, [verifier])
    })

    it('refuses a missing publisher, a verifier without code and none at all', async () => {
      const { anybody, tradeBatchVerifier, riskPublisher } = venue
      const zero = `0x${'00'.repeat(20)}`
      const publisher = riskPublisher.address
      const first = [tradeBatchVerifier.target, 25n]
      await refuses('RiskPublisherMissing', [], GENESIS_ROOT, zero, [first])
      const second = [first, [anybody.address, 25n]]
      await refuses('VerifierMissing', [1n, anybody.address], GENESIS_ROOT, publisher, second)
      await refuses('VerifierMissing', [0n, zero], GENESIS_ROOT, publisher, [])
      await refuses('TooFewWords', [0n, 4n, 5n], GENESIS_ROOT, publisher, [[tradeBatchVerifier.target, 4n]])
    })
  })

  it('gives nobody any other right: the ABI has two functions that write', async () => {
    const { settlement } = venue
    const writing = settlement.interface.fragments.flatMap((fragment) =>
      fragment.type === 'function' && !('constant' in fragment && fragment.constant) ? [fragment.format()] : [],
    )
    assert.deepEqual(writing, [
      'postRiskRoot(uint256,uint40)',
      'settle(uint256,(uint256[2],uint256[2][2],uint256[2]),uint256,uint256[])',
    ])
  })
})
