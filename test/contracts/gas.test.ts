import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { Contract, type ContractTransactionReceipt, type ContractTransactionResponse } from 'ethers'
import { describe, it } from 'mocha'
import { CASH_BATCH_KIND } from '../../circuits/cash-batch/statement.ts'
import { EXIT_KIND } from '../../circuits/exit/statement.ts'
import { CASH_BATCH_SIZES } from '../../circuits/index.ts'
import { statementOfWords } from '../../circuits/state/statement.ts'
import { packCashData } from '../../protocol/cash-batch/words.ts'
import { publicData } from '../../protocol/public-data.ts'
import { venueShape } from '../../protocol/shape.ts'
import type { DeployedContract } from '../../settlement/deployer.ts'
import {
  cashBatchKey,
  exitKey,
  marginSufficiencyKey,
  portfolioExposureKey,
  prove,
  type Statement,
  signalsOf,
} from '../support/contracts/dev-keys.ts'
import { createLender, type Lender } from '../support/contracts/lender.ts'
import { createVenue, element, PURPOSE, proofArgument, type Venue } from '../support/contracts/venue.ts'

const FILE = new URL('../vectors/gas.json', import.meta.url)

/** How far gas may be from the record, because calldata is priced by its zero bytes, which differ with keys and times. */
const TOLERANCE = 0.01

async function measure(): Promise<Record<string, number>> {
  const venue = await createVenue()
  const { deployment, publish, settle, margin, gate, now, networkHelpers } = venue
  const used = (receipt: ContractTransactionReceipt | null) => Number(receipt!.gasUsed)
  const confirmed = async (transaction: ContractTransactionResponse) => used(await transaction.wait())
  const gas: Record<string, number> = {}
  for (const [name, { gasUsed }] of Object.entries(deployment.contracts)) gas[`deploy ${name}`] = Number(gasUsed)
  gas['updateRisk, the first'] = used(await publish())
  gas.updateRisk = used(await publish(element('newer risk')))
  /** The next block is the first of ten seconds, whose root is kept besides, or follows at once. */
  const at = async (place: 'first' | 'next') => {
    const time = place === 'first' ? ((await now()) / 10n + 2n) * 10n : (await now()) + 1n
    await networkHelpers.time.setNextBlockTimestamp(time)
  }
  await at('first')
  gas['settle a trade batch, into a new slot of the ring'] = used(await settle(element('root 1')))
  const since = await now()
  for (let i = 2; i <= 63; i++) await settle(element(`root ${i}`))
  await at('first')
  await settle(element('root 64'))
  await at('next')
  gas['settle a trade batch'] = used(await settle(element('root 65')))
  const admit = async (account: string, changes: Statement = {}, since = 0n) => {
    const statement = await margin(account, changes)
    const proof = proofArgument(prove(marginSufficiencyKey, statement))
    return confirmed(
      await gate.admit(PURPOSE, statement.stateRoot, since, statement.riskRoot, statement.nullifier, proof),
    )
  }
  gas['admit, on the newest root'] = await admit('alice')
  gas['admit, on the oldest of the recent roots'] = await admit('bob', { stateRoot: element('root 2') })
  gas['admit, on a root kept by its time'] = await admit('carol', { stateRoot: element('root 1') }, since)
  const lender = await createLender(venue)
  gas['deploy PortfolioExposureVerifier'] = lender.deployed.verifier
  gas['deploy HedgedLender'] = lender.deployed.lender
  gas['lend, on a bounded loss'] = await confirmed(await lendTo(venue, lender))
  await at('first')
  gas['settle a cash batch, the registration of the house'] = used(await settleRegistration(venue))
  gas['recordClaim, after the freeze'] = used(await leave(venue))
  return gas
}

/** A loan to an account that may lose a tenth of it. */
async function lendTo({ anybody }: Venue, lender: Lender): Promise<ContractTransactionResponse> {
  const [borrower, amount] = [anybody.address, 10_000n]
  const statement = await lender.exposure('dave', { borrower, amount })
  const { words, commitment } = lender.signals(statement)
  const proof = proofArgument(prove(portfolioExposureKey, lender.statement(statement)))
  return await lender.contract.getFunction('lend')(borrower, amount, 0n, words, commitment, proof)
}

/** Settles a cash batch that consumes the first entry of the queue, the registration of the house. */
async function settleRegistration({ settlement, batch, terms }: Venue) {
  const { key, ownerCommitment } = terms.house
  const unused = { kind: 'NONE', account: 0, counterAccount: 0, asset: 0, a: 0n, b: 0n, c: 0n, leaf: 0n } as const
  const shape = venueShape('small')
  const { data: _, ...head } = await batch(element('root of the first account'))
  const words = packCashData({
    ...head,
    newMarketsRoot: element('markets root'),
    slots: Array.from({ length: CASH_BATCH_SIZES.small.slots }, (_, i) => {
      const registration = { kind: 'REGISTER', a: key.x, b: key.y, c: ownerCommitment, leaf: element('leaf') } as const
      return { ...unused, ...(i === 0 && registration) }
    }),
    ...{ markets: shape.markets, collaterals: shape.collaterals },
    ...{ portfolio: undefined, sweep: undefined },
  })
  const statement = statementOfWords(words)
  const [commitment] = signalsOf(cashBatchKey, statement)
  const proof = proofArgument(prove(cashBatchKey, statement))
  const plain = { payers: [], anchor: `0x${'0'.repeat(64)}`, signature: '0x' }
  return (await settlement.settle(CASH_BATCH_KIND, { proof, commitment, words, ...plain })).wait()
}

/** Freezes the venue for a withdrawal that it does not serve, and records what the house is owed. */
async function leave({ deployment, networkHelpers, house, batch }: Venue) {
  const at = ({ address, abi }: DeployedContract) => new Contract(address, abi, house)
  const [settlement, exits] = [at(deployment.contracts.Settlement), at(deployment.contracts.Exits)]
  await settlement.getFunction('requestWithdrawal')(0, 0, 1n, { value: await settlement.getFunction('queueFee')() })
  await networkHelpers.time.increaseTo(await settlement.getFunction('firstDeadline')())
  await settlement.getFunction('freeze')()
  const { domain, oldStateRoot } = await batch(0n)
  const words = [domain, oldStateRoot, await settlement.getFunction('riskRootUsed')(), 0n, 5n, 7n]
  const data = publicData(domain, EXIT_KIND, words)
  const statement = { dataCommitment: data.commitment, dataChallenge: data.challenge, dataValue: data.value }
  return (
    await exits.getFunction('recordClaim')(words, data.commitment, proofArgument(prove(exitKey, statement)))
  ).wait()
}

describe('gas', () => {
  it('is within 1 % of the record in test/vectors/gas.json (write it anew with UPDATE_GAS=1)', async () => {
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
