import assert from 'node:assert/strict'
import { type EventLog, Interface, id, type Signer, Wallet } from 'ethers'
import { network } from 'hardhat'
import { before, beforeEach, describe, it } from 'mocha'
import type { MarginStatement } from '../../circuits/margin-sufficiency/index.ts'
import type { RiskUpdateStatement } from '../../circuits/risk-update/index.ts'
import type { StateMoveStatement } from '../../circuits/state/statement.ts'
import { marginContext, settlementDomain } from '../../protocol/domain.ts'
import type { ZkclearError } from '../../protocol/errors.ts'
import { ABIS } from '../../settlement/abi.ts'
import { admit } from '../../settlement/admit.ts'
import type { StateProof } from '../../settlement/batch-arguments.ts'
import { connect } from '../../settlement/connect.ts'
import { contractAt } from '../../settlement/contract-at.ts'
import { readSettlement } from '../../settlement/read-settlement.ts'
import { REFUSALS } from '../../settlement/refusal-sentences.ts'
import { updateRisk } from '../../settlement/risk/update-risk.ts'
import { settle } from '../../settlement/settle.ts'
import { settleInOrder } from '../../settlement/settle-in-order.ts'
import { settleMany } from '../../settlement/settle-many.ts'
import { signBatch } from '../../settlement/sign-batch.ts'
import type { TransactionOptions } from '../../settlement/transact.ts'
import {
  marginSufficiencyKey,
  prove,
  riskUpdateKey,
  type Statement,
  tradeBatchKey,
} from '../support/contracts/dev-keys.ts'
import {
  createVenue,
  element,
  GENESIS_ROOT,
  MAX_ROOT_AGE,
  PURPOSE,
  RISK_ROOT,
  settleArguments,
  type Venue,
} from '../support/contracts/venue.ts'
import { rerandomize } from '../support/forge.ts'
import { nodeOf } from '../support/node-stub.ts'

const NEXT_ROOT = element('next root')
const OTHER_ROOT = element('other root')

describe('transactions', () => {
  let venue: Venue
  before(async () => {
    venue = await createVenue()
  })
  beforeEach(() => venue.reset())

  const proofOf = (statement: StateMoveStatement): StateProof => ({
    circuit: 'trade-batch',
    proof: prove(tradeBatchKey, statement),
    statement,
  })
  const settlementOf = (signer: Signer = venue.operator) => {
    return { signer, settlement: venue.deployment.contracts.Settlement.address }
  }
  const tryToSettle = (proved: StateProof, options: TransactionOptions & { signer?: Signer } = {}) =>
    settle({ ...settlementOf(options.signer), ...options, proved })
  const transactionsOf = (signer: Signer) => signer.getNonce('pending')

  /** The call is refused with such details and words, and nothing is sent. */
  const refuses = async (call: () => Promise<unknown>, code: string, details: object, words = /./) => {
    const before = await Promise.all([venue.operator, venue.anybody].map(transactionsOf))
    await assert.rejects(call(), (error: { code: string; message: string; details: object }) => {
      assert.deepEqual({ code: error.code, ...pick(error.details, details) }, { code, ...details })
      assert.match(error.message, words)
      assert.doesNotMatch(error.message, /undefined|\[object/)
      return true
    })
    assert.deepEqual(await Promise.all([venue.operator, venue.anybody].map(transactionsOf)), before)
  }

  it('say in words every error that a call can end with, its numbers among them', () => {
    const constructors = [
      ...['AssetCountWrong', 'AssetUnusable', 'BoundAlready', 'ClaimPeriodOutOfRange', 'ContractMissing'],
      ...['ClosingNoticeOutOfRange'],
      ...['DelayOutOfRange', 'HouseMissing', 'LevelsOutOfRange', 'OutflowMaxOutOfRange', 'PauseTooLong'],
      ...['PartsDoNotFit', 'PeriodsWrong', 'RatioOutOfRange', 'WindowOutOfRange'],
    ]
    const told = ['ProofRejected', 'ExitRejected']
    for (const [contract, abi] of Object.entries(ABIS) as [keyof typeof ABIS, readonly string[]][]) {
      const errors: string[] = []
      new Interface([...abi]).forEachError(({ name, inputs }) => {
        if (constructors.includes(name) || told.includes(name)) return
        errors.push(name)
        const args = Object.fromEntries(inputs.map((input, i) => [input.name, BigInt(1000 + i)]))
        assert.doesNotMatch(REFUSALS[contract][name]!(args), /undefined/, name)
      })
      assert.deepEqual(Object.keys(REFUSALS[contract]).sort(), errors.sort())
    }
  })

  describe('settle', () => {
    beforeEach(() => venue.publish())

    it('moves the state root, and says by which transaction of which block, as which batch', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      const stages: string[] = []
      const settled = await tryToSettle(proofOf(statement), { onProgress: ({ stage }) => stages.push(stage) })
      const receipt = await venue.ethers.provider.getTransactionReceipt(settled.transactionHash)
      const { blockNumber, gasUsed } = receipt!
      const { transactionHash } = settled
      assert.deepEqual(settled, { chainId: 31337n, batch: 1n, kind: 0, transactionHash, blockNumber, gasUsed })
      assert.deepEqual(stages, ['simulate', 'send', 'wait for its block', 'included'])
      assert.deepEqual(await readSettlement(settlementOf()), {
        chainId: 31337n,
        blockNumber,
        domain: venue.deployment.domain,
        stateRoot: NEXT_ROOT,
        batchCount: 1n,
        lastTimestamp: statement.timestamp,
        riskRoot: RISK_ROOT,
        riskAsOf: await venue.settlement.riskAsOf(),
        frozenAt: 0n,
      })
    })

    it('says of a batch that is settled that it is, of the last one, also by a proof made anew from its own, and of an older one, and sends nothing', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      await tryToSettle(proved)
      const standing = { standing: 'settled', refusal: 'StateRootNotCurrent', stateRoot: `${NEXT_ROOT}` }
      await refuses(
        () => tryToSettle(proved),
        'CONTRACT_REFUSED',
        standing,
        /settled already; there is nothing left to do/,
      )
      const anew = { ...proved, proof: rerandomize(proved.proof) }
      await refuses(() => tryToSettle(anew), 'CONTRACT_REFUSED', standing)
      await tryToSettle(proofOf(await venue.batch(OTHER_ROOT, { timestamp: proved.statement.timestamp })))
      const older = { standing: 'settled', refusal: 'StateRootNotCurrent', stateRoot: `${OTHER_ROOT}` }
      await refuses(() => tryToSettle(proved), 'CONTRACT_REFUSED', older, /settled already/)
    })

    it('settles in order a batch that does what one before it did, and passes over what is settled', async () => {
      const settleAll = async (proofs: readonly StateProof[]) => {
        const outcomes: string[] = []
        for await (const { settled } of settleInOrder({ ...settlementOf(), proofs })) outcomes.push(settled)
        return outcomes
      }
      // As a request that pays nothing does, asked again and again.
      const first = proofOf(await venue.batch(GENESIS_ROOT))
      assert.deepEqual(await settleAll([first]), ['now'])
      const second = proofOf(await venue.batch(GENESIS_ROOT))
      assert.notEqual(second.statement.timestamp, first.statement.timestamp)
      assert.deepEqual(await settleAll([second]), ['now'])
      assert.deepEqual(await settleAll([first, second]), ['before', 'before'])
      assert.equal(await venue.settlement.batchCount(), 2n)
    })

    it('settles several by one transaction, all of them or none, and says which proof is false', async () => {
      const first = await venue.batch(NEXT_ROOT)
      const second = await venue.batch(OTHER_ROOT, { oldStateRoot: NEXT_ROOT })
      const third = await venue.batch(element('third root'), { oldStateRoot: OTHER_ROOT })
      const proofs = [first, second, third].map(proofOf)
      const bad = proofs.with(1, { ...proofs[1]!, proof: proofs[2]!.proof })
      const wrong = { refusal: 'ProofsRejected', index: 1 }
      await refuses(() => settleMany({ ...settlementOf(), proofs: bad }), 'CONTRACT_REFUSED', wrong, /at place 1 does/)
      const loose = () => settleMany({ ...settlementOf(), proofs: [proofs[0]!, proofs[2]!] })
      await refuses(loose, 'INPUT_INVALID', {}, /^proofs\[1\]: .* give them in order/)
      await refuses(() => settleMany({ ...settlementOf(), proofs: [] }), 'INPUT_INVALID', {}, /^proofs: need one/)
      const settled = await settleMany({ ...settlementOf(venue.anybody), proofs, operator: venue.operator })
      const { transactionHash } = settled
      const { blockNumber, gasUsed } = (await venue.ethers.provider.getTransactionReceipt(transactionHash))!
      const told = { chainId: 31337n, firstBatch: 1n, kinds: [0, 0, 0], transactionHash, blockNumber, gasUsed }
      assert.deepEqual(settled, told)
      assert.equal(await venue.settlement.stateRoot(), third.newStateRoot)
      const again = () => settleMany({ ...settlementOf(), proofs })
      await refuses(again, 'CONTRACT_REFUSED', { standing: 'settled' }, /settled already/)
      // Alone, one whose root was current between the batches of a transaction only, and never kept.
      const between = () => tryToSettle(proofs[1]!)
      await refuses(between, 'CONTRACT_REFUSED', { standing: 'settled' }, /settled already/)
      const other = proofOf(await venue.batch(element('another root'), { oldStateRoot: first.newStateRoot }))
      await refuses(() => tryToSettle(other), 'CONTRACT_REFUSED', { standing: 'superseded' })
    })

    it('says of several of which somebody settled the first alone that they are half settled', async () => {
      const first = await venue.batch(NEXT_ROOT)
      const proofs = [first, await venue.batch(OTHER_ROOT, { oldStateRoot: NEXT_ROOT })].map(proofOf)
      await tryToSettle(proofs[0]!)
      const half = () => settleMany({ ...settlementOf(), proofs })
      await refuses(half, 'CONTRACT_REFUSED', { standing: 'settled' }, /first of them are settled already, and not all/)
    })

    it('settles in order two at once, from where the chain is', async () => {
      const roots = Array.from({ length: 4 }, (_, i) => element(`row ${i}`))
      const statements = await Promise.all(
        roots.map((root, i) => venue.batch(root, i === 0 ? {} : { oldStateRoot: roots[i - 1]! })),
      )
      const proofs = statements.map(proofOf)
      await tryToSettle(proofs[0]!)
      const outcomes: unknown[] = []
      for await (const outcome of settleInOrder({ ...settlementOf(), proofs, atOnce: 2 })) {
        outcomes.push(outcome.settled === 'now' ? [outcome.index, outcome.batch, outcome.together] : outcome.index)
      }
      assert.deepEqual(outcomes, [0, [1, 2n, 2], [2, 3n, 2], [3, 4n, 1]])
      const none = settleInOrder({ ...settlementOf(), proofs, atOnce: 0 })
      await refuses(() => none.next(), 'INPUT_INVALID', {}, /^atOnce: got 0/)
    })

    it('says of a batch after one that is not settled that the one before it comes first', async () => {
      const second = await venue.batch(OTHER_ROOT, { oldStateRoot: NEXT_ROOT })
      const words = new RegExp(
        `starts from state root ${NEXT_ROOT}, and Settlement's is ${GENESIS_ROOT}.* before this one`,
      )
      await refuses(() => tryToSettle(proofOf(second)), 'CONTRACT_REFUSED', { standing: 'unknown' }, words)
    })

    it('says of a batch that another one came before that it never can be settled', async () => {
      const late = await venue.batch(NEXT_ROOT)
      await tryToSettle(proofOf(await venue.batch(OTHER_ROOT)))
      await refuses(() => tryToSettle(proofOf(late)), 'CONTRACT_REFUSED', { standing: 'superseded' }, /never can be/)
    })

    it('says that a proof is for another contract', async () => {
      const domain = settlementDomain(31337n, venue.anybody.address)
      const words = new RegExp(`made for domain ${domain}, and that of this Settlement .* ${venue.deployment.domain}`)
      const foreign = proofOf(await venue.batch(NEXT_ROOT, { domain }))
      await refuses(() => tryToSettle(foreign), 'CONTRACT_REFUSED', { refusal: 'DomainWrong' }, words)
    })

    it('settles a batch made at the table before the newest, and says when that is not in force any more', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      await venue.publish(element('next table'))
      await tryToSettle(proved)
      await venue.networkHelpers.time.increase(150)
      const late = { ...proved.statement, timestamp: await venue.now() }
      const older = { ...late, oldStateRoot: NEXT_ROOT, newStateRoot: OTHER_ROOT }
      const words = new RegExp(`made at risk table ${RISK_ROOT}, and only the newest serves now, number 2 `)
      await refuses(() => tryToSettle(proofOf(older)), 'CONTRACT_REFUSED', { refusal: 'RiskTableNotInForce' }, words)
    })

    it('takes the batch from another sender with the signature of the operator, and from nobody without', async () => {
      const { operator, anybody } = venue
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      const words = new RegExp(`${anybody.address} is not the operator, .* ${operator.address} for batch 1`)
      const stranger = () => tryToSettle(proved, { signer: anybody })
      await refuses(stranger, 'CONTRACT_REFUSED', { refusal: 'NotByOperator' }, words)
      const anchor = `0x${'ab'.repeat(32)}`
      await settle({ ...settlementOf(anybody), operator, anchor, proved })
      assert.equal(await venue.settlement.stateRoot(), NEXT_ROOT)
      const wrong = () => settle({ ...settlementOf(), anchor: '0x12', proved })
      await refuses(wrong, 'INPUT_INVALID', {}, /^anchor: need 32 bytes/)
    })

    it('says of a false proof that the verifier does not take it', async () => {
      const statement = await venue.batch(NEXT_ROOT)
      const proved = { ...proofOf(statement), proof: prove(tradeBatchKey, { ...statement, newStateRoot: OTHER_ROOT }) }
      await refuses(
        () => tryToSettle(proved),
        'CONTRACT_REFUSED',
        { refusal: 'ProofRejected' },
        /the verifier that is in force now, 0x[0-9a-fA-F]{40}, does not take it/,
      )
    })

    it('says that the time of a batch is off, either way', async () => {
      const { batch, now } = venue
      for (const [offset, advice] of [
        [-1_000n, /within 900 seconds of the block's/],
        [1_000n, /within 900 seconds of the block's/],
      ] as const) {
        const proved = proofOf(await batch(NEXT_ROOT, { timestamp: (await now()) + offset }))
        await refuses(() => tryToSettle(proved), 'CONTRACT_REFUSED', { refusal: 'TimestampOutOfRange' }, advice)
      }
    })

    it('refuses a proof of a circuit that moves no state, and a name of none', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      const margin = () => tryToSettle({ ...proved, circuit: 'margin-sufficiency' })
      await refuses(
        margin,
        'INPUT_INVALID',
        {},
        /margin-sufficiency move no state, .* takes those of trade-batch, cash-batch, takeover, deleverage/,
      )
      await refuses(() => tryToSettle({ ...proved, circuit: '__proto__' }), 'CIRCUIT_UNKNOWN', {})
    })

    it('refuses an address without a contract, and says that another contract is no Settlement', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      const { operator, anybody, deployment } = venue
      const at = (settlement: string) => settle({ signer: operator, settlement, proved })
      await refuses(() => at(anybody.address), 'INPUT_INVALID', {}, /chain 31337 has no Settlement/)
      await refuses(() => at('0x1234'), 'INPUT_INVALID', {})
      const gate = deployment.contracts.MarginGate.address
      await refuses(() => at(gate), 'TRANSACTION_FAILED', {}, /is it a Settlement/)
      await refuses(
        () => readSettlement({ signer: anybody, settlement: gate }),
        'INPUT_INVALID',
        {},
        /has no Settlement/,
      )
    })

    it('refuses a statement and a proof that are none before it asks the chain', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      const early = { ...proved, statement: { ...proved.statement, timestamp: 1n << 40n } }
      await refuses(() => tryToSettle(early), 'STATEMENT_INVALID', {})
      await refuses(() => tryToSettle({ ...proved, proof: { ...proved.proof, a: [0n, -1n] } }), 'PROOF_INVALID', {})
      for (const none of [null, 7, []]) {
        await refuses(
          () => tryToSettle(none as never),
          'INPUT_INVALID',
          {},
          /^proved: must be a proof with its statement/,
        )
        await refuses(() => tryToSettle({ ...proved, proof: none as never }), 'INPUT_INVALID', {})
        await refuses(() => tryToSettle({ ...proved, statement: none as never }), 'STATEMENT_INVALID', {})
      }
    })

    it('says that the sender cannot pay', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      const poor = new Wallet(`0x${'11'.repeat(32)}`, venue.ethers.provider)
      const call = () => settle({ ...settlementOf(poor), operator: venue.operator, proved })
      await refuses(call, 'TRANSACTION_FAILED', {})
    })

    it('sends nothing once it is aborted, and names what was sent when the wait for its block is', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      await refuses(() => tryToSettle(proved, { signal: AbortSignal.abort() }), 'ABORTED', {})
      await withoutBlocks(async (mine) => {
        const controller = new AbortController()
        const onProgress = ({ stage }: { stage: string }) => stage.startsWith('wait') && controller.abort()
        const call = tryToSettle(proved, { signal: controller.signal, onProgress })
        const error = await failure(call)
        assert.equal(error.code, 'ABORTED')
        await mine()
        const receipt = await venue.ethers.provider.getTransactionReceipt(String(error.details.transactionHash))
        assert.equal(receipt!.status, 1)
      })
    })

    it('is not kept by a node that takes a transaction and does not know it afterwards', async () => {
      const proved = proofOf(await venue.batch(NEXT_ROOT))
      const answers: Record<string, unknown> = {
        eth_chainId: '0x7a69',
        eth_accounts: [await venue.operator.getAddress()],
        eth_getCode: '0x00',
        eth_call: '0x',
        eth_estimateGas: '0x5208',
        eth_sendTransaction: id('a transaction'),
      }
      await using node = await nodeOf((method) => answers[method] ?? null)
      using connection = await connect({ rpcUrl: node.url })
      const controller = new AbortController()
      const onProgress = ({ stage }: { stage: string }) => {
        if (stage === 'send') setImmediate(() => controller.abort())
      }
      const error = await failure(tryToSettle(proved, { ...connection, signal: controller.signal, onProgress }))
      assert.equal(error.code, 'ABORTED')
      assert.match(error.message, /may be included all the same/)
    })

    it('says what came first when a transaction that would have gone through was overtaken', async () => {
      const { batch, settlementAs, operator, anybody, ethers } = venue
      const [mine, theirs] = [proofOf(await batch(NEXT_ROOT)), await batch(OTHER_ROOT)]
      const [kind, called] = settleArguments(theirs)
      const at = await contractAt('Settlement', String(venue.settlement.target), operator, 'settlement')
      const signature = await signBatch(at, operator, {
        kind: Number(kind),
        words: called.words,
        anchor: called.anchor,
      })
      await withoutBlocks(async (mineBlock) => {
        const overtaking = async ({ stage }: { stage: string }) => {
          if (!stage.startsWith('wait')) return
          const price = { maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n, gasLimit: 1_000_000n }
          await settlementAs(anybody).settle(kind, { ...called, signature }, price)
          await mineBlock()
        }
        let overtaken: Promise<void> | undefined
        const onProgress = (progress: { stage: string }) => {
          overtaken = overtaking(progress)
        }
        const error = await failure(tryToSettle(mine, { onProgress }))
        await overtaken
        assert.equal(error.code, 'CONTRACT_REFUSED')
        assert.equal(error.details.standing, 'superseded')
        const receipt = await ethers.provider.getTransactionReceipt(String(error.details.transactionHash))
        assert.equal(receipt!.status, 0)
        assert.equal(await venue.settlement.stateRoot(), OTHER_ROOT)
      })
    })
  })

  describe('updateRisk', () => {
    const provedOf = (statement: RiskUpdateStatement) => ({ proof: prove(riskUpdateKey, statement), statement })
    const bring = async (root: bigint, changes: Partial<RiskUpdateStatement> = {}, signer: Signer = venue.anybody) =>
      updateRisk({ ...settlementOf(signer), proved: provedOf(await venue.riskUpdate(root, changes)) })

    it('brings a table as anybody may, and says which number it has', async () => {
      const { settlement, networkHelpers } = venue
      const first = await bring(5n)
      await networkHelpers.time.increase(150)
      const { number, riskRoot } = await bring(6n, {}, venue.operator)
      assert.deepEqual([first.number, number, riskRoot], [1n, 2n, 6n])
      assert.equal(await settlement.riskRoot(), 6n)
      const statement = await venue.riskUpdate(6n)
      const events = await settlement.queryFilter('RiskUpdated')
      assert.deepEqual([...(events[1] as EventLog).args.data], [0n, ...statement.medians])
    })

    it('says that a table is too early, too late, of other parameters, or of no circuit of ours', async () => {
      const { now, networkHelpers } = venue
      const refused = { refusal: 'RiskTimeOutOfRange' }
      await bring(5n)
      await refuses(() => bring(6n), 'CONTRACT_REFUSED', { refusal: 'RiskTooSoon' }, /may come from \d+ on/)
      await networkHelpers.time.increase(150)
      const soon = (await now()) - 149n
      await refuses(() => bring(6n, { asOf: soon }), 'CONTRACT_REFUSED', refused, /a time from \d+ to \d+ is allowed/)
      const ahead = (await now()) + 10_000n
      await refuses(
        () => bring(6n, { asOf: ahead }),
        'CONTRACT_REFUSED',
        refused,
        /make one from newer reports, or wait/,
      )
      const other = { parametersRoot: 7n }
      const words = /the venue has no risk parameters yet/
      await refuses(() => bring(6n, other), 'CONTRACT_REFUSED', { refusal: 'ParametersNotInForce' }, words)
      await refuses(() => bring(6n, { domain: 7n }), 'CONTRACT_REFUSED', { refusal: 'DomainWrong' })
      const statement = await venue.riskUpdate(6n)
      const { proof } = provedOf({ ...statement, newRiskRoot: 8n })
      const proved = { proof, statement }
      await refuses(() => updateRisk({ ...settlementOf(venue.anybody), proved }), 'CONTRACT_REFUSED', {
        refusal: 'ProofRejected',
      })
    })

    it('says of a table that came second whether it is there already, or another came first', async () => {
      const { networkHelpers } = venue
      const [own, rival] = [await venue.riskUpdate(5n), await venue.riskUpdate(6n)]
      const attempt = (statement: RiskUpdateStatement) => () =>
        updateRisk({ ...settlementOf(venue.anybody), proved: provedOf(statement) })
      await attempt(rival)()
      const superseded = { refusal: 'RiskRootNotNewest', standing: 'superseded' }
      await refuses(attempt(own), 'CONTRACT_REFUSED', superseded, /another table came before it/)
      const settled = { refusal: 'RiskRootNotNewest', standing: 'settled' }
      await refuses(attempt(rival), 'CONTRACT_REFUSED', settled, /there is nothing left to do/)
      await networkHelpers.time.increase(150)
      const unknown = { refusal: 'RiskRootNotNewest', standing: 'unknown' }
      await refuses(() => bring(7n, { oldRiskRoot: 99n }), 'CONTRACT_REFUSED', unknown, /none of the last ones/)
    })
  })

  describe('admit', () => {
    beforeEach(() => venue.publish())

    const admission = async (changes: Statement = {}, account = 'alice') => {
      const statement = await venue.margin(account, changes)
      return { proof: prove(marginSufficiencyKey, statement), statement: statement as unknown as MarginStatement }
    }
    const gate = () => ({ signer: venue.anybody, gate: venue.deployment.contracts.MarginGate.address })

    it('admits an account once, and says when it was admitted', async () => {
      const proved = await admission()
      const { transactionHash } = await admit({ ...gate(), purpose: PURPOSE, proved })
      const receipt = await venue.ethers.provider.getTransactionReceipt(transactionHash)
      assert.equal(receipt!.status, 1)
      const words = new RegExp(`admitted for this purpose at ${await venue.now()}`)
      const again = () => admit({ ...gate(), purpose: PURPOSE, proved })
      await refuses(again, 'CONTRACT_REFUSED', { refusal: 'NullifierUsed' }, words)
    })

    it('says that a proof is for another purpose, and refuses what is no purpose', async () => {
      const other = id('another purpose')
      const asked = marginContext(gate().gate, other)
      const words = new RegExp(`states context \\d+ where ${asked} is asked for`)
      const proved = await admission()
      const call = () => admit({ ...gate(), purpose: other, proved })
      await refuses(call, 'CONTRACT_REFUSED', { refusal: 'ProofRejected' }, words)
      await refuses(() => admit({ ...gate(), purpose: 'a loan', proved }), 'INPUT_INVALID', {})
      for (const none of [null, undefined, 7, []]) {
        await refuses(
          () => admit({ ...gate(), purpose: PURPOSE, proved: none as never }),
          'INPUT_INVALID',
          {},
          /^proved: /,
        )
      }
    })

    it('says that a state root is unknown, or was superseded too long ago', async () => {
      const { settle: move, networkHelpers } = venue
      const unknown = await admission({ stateRoot: OTHER_ROOT })
      const call = (proved: typeof unknown) => admit({ ...gate(), purpose: PURPOSE, proved })
      await refuses(() => call(unknown), 'CONTRACT_REFUSED', { refusal: 'StateRootNotRecent' }, /in the current state/)
      const old = await admission()
      await move(NEXT_ROOT)
      await networkHelpers.time.increase(MAX_ROOT_AGE + 10n)
      await refuses(() => call(old), 'CONTRACT_REFUSED', { refusal: 'StateRootTooOld' }, /at most 600/)
    })

    it('brings a root that is kept by its time, and says that a risk table is unknown', async () => {
      const { settle: move, now } = venue
      await move(NEXT_ROOT)
      const rootSince = await now()
      const proved = await admission()
      for (let i = 0; i < 64; i++) await move(element(`root ${i}`))
      const call = (changes: object) => admit({ ...gate(), purpose: PURPOSE, proved, ...changes })
      await refuses(() => call({}), 'CONTRACT_REFUSED', { refusal: 'StateRootNotRecent' }, /nor kept of the time 0 /)
      const unknown = await admission({ riskRoot: element('no table') })
      const told = /is not among the last ones of Settlement/
      await refuses(() => call({ proved: unknown }), 'CONTRACT_REFUSED', { refusal: 'RiskTableNotRecent' }, told)
      await call({ rootSince })
    })

    it('refuses an address that is no MarginGate', async () => {
      const { anybody, deployment } = venue
      const at = async (address: string) =>
        admit({ signer: anybody, gate: address, purpose: PURPOSE, proved: await admission() })
      await refuses(() => at(anybody.address), 'INPUT_INVALID', {}, /has no MarginGate/)
      await refuses(() => at(deployment.contracts.Settlement.address), 'TRANSACTION_FAILED', {}, /is it a MarginGate/)
    })
  })

  it('say that the node does not answer any more', async () => {
    await venue.publish()
    const proved = proofOf(await venue.batch(NEXT_ROOT))
    const { Settlement } = venue.deployment.contracts
    const chain = await network.createServer(undefined, '127.0.0.1', 0)
    const { address, port } = await chain.listen()
    using connection = await connect({ rpcUrl: `http://${address}:${port}` })
    await chain.close()
    const call = () => settle({ signer: connection.signer, settlement: Settlement.address, proved })
    await refuses(call, 'CHAIN_UNREACHABLE', {}, /the node does not answer/)
  })

  /** Runs what sends transactions that wait for `mine` to be included. */
  async function withoutBlocks(run: (mine: () => Promise<void>) => Promise<void>): Promise<void> {
    const { ethers, networkHelpers } = venue
    await ethers.provider.send('evm_setAutomine', [false])
    try {
      await run(() => networkHelpers.mine())
    } finally {
      await ethers.provider.send('evm_setAutomine', [true])
    }
  }
})

async function failure(call: Promise<unknown>): Promise<ZkclearError> {
  return call.then(
    () => assert.fail('the call went through'),
    (reason) => reason,
  )
}

/** The fields of `from` that `like` has. */
function pick(from: object, like: object): object {
  return Object.fromEntries(Object.keys(like).map((name) => [name, (from as Record<string, unknown>)[name]]))
}
