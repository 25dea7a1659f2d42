import assert from 'node:assert/strict'
import type { ContractTransactionResponse } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { FIELD } from '../../../protocol/numbers.ts'
import { toldParameters } from '../../../settlement/constructor-arguments.ts'
import { sampleRiskParameters } from '../../../venue/index.ts'
import { assertReverts } from '../../support/contracts/assert-reverts.ts'
import {
  type Callable,
  createSettlement,
  ITEMS,
  PERIODS,
  type SettlementVenue,
} from '../../support/contracts/settlement.ts'

const SAMPLE = toldParameters(sampleRiskParameters(1_750_000_000n).parameters)
const OTHER = { root: FIELD - 1n, words: [FIELD - 5n, 2n] }

describe('the risk parameters that authority holds', () => {
  let venue: SettlementVenue
  let governor: Callable
  before(async () => {
    venue = await createSettlement({ parameters: SAMPLE })
    governor = venue.as(venue.signers.governor, venue.authority)
    venue = { ...venue, reset: (await venue.networkHelpers.takeSnapshot()).restore }
  })
  beforeEach(() => venue.reset())

  const reverts = (call: Promise<unknown>, name: string, args?: readonly unknown[]) =>
    assertReverts(call, venue.authority.interface, name, args)
  const told = async (sent: ContractTransactionResponse | null) => {
    const logs = (await sent!.wait())!.logs.map((log) => venue.authority.interface.parseLog(log)!)
    return logs.filter(({ name }) => name === 'ParametersTold').map(({ args }) => [args.root, [...args.words]])
  }

  it('are those of the terms, whose words are told with the deployment', async () => {
    assert.equal(await venue.authority.parametersRoot(), SAMPLE.root)
    assert.deepEqual(await told(venue.authority.deploymentTransaction()), [[SAMPLE.root, SAMPLE.words]])
  })

  it('may be none at first, of which nothing is told', async () => {
    const { authority } = await createSettlement()
    assert.equal(await authority.parametersRoot(), 0n)
    assert.equal((await authority.deploymentTransaction()!.wait())!.logs.length, 0)
  })

  it('change after the delay, whatever they say, and their words are told when they are proposed', async () => {
    const { networkHelpers, authority } = venue
    const sent = await governor.proposeParameters(OTHER.root, OTHER.words)
    assert.deepEqual(await told(sent), [[OTHER.root, OTHER.words]])
    const matures = (await venue.now()) + PERIODS.upgradeDelay
    await networkHelpers.time.setNextBlockTimestamp(matures - 1n)
    await reverts(governor.execute(ITEMS.PARAMETERS, 0n, { gasLimit: 500_000 }), 'ProposalNotRipe')
    assert.equal(await authority.parametersRoot(), SAMPLE.root)
    await governor.execute(ITEMS.PARAMETERS, 0n)
    assert.equal(await authority.parametersRoot(), OTHER.root)
  })

  it('are not proposed without their words, nor hurried by a second proposal', async () => {
    await reverts(governor.propose(ITEMS.PARAMETERS, 0n, venue.signers.bob.address, 5n), 'ParametersWithoutWords')
    await governor.proposeParameters(OTHER.root, OTHER.words)
    await reverts(governor.proposeParameters(SAMPLE.root, SAMPLE.words), 'ProposalWaits')
  })

  it('have a root that circuits can have: canonical, and not 0', async () => {
    await reverts(governor.proposeParameters(FIELD, []), 'NotCanonical', [FIELD, FIELD])
    await reverts(governor.proposeParameters((1n << 256n) - 1n, []), 'NotCanonical')
    await reverts(governor.proposeParameters(0n, []), 'TargetUnusable')
    await assert.rejects(createSettlement({ parameters: { root: FIELD, words: [] } }), /NotCanonical|revert/)
  })
})
