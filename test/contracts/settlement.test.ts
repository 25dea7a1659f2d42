import assert from 'node:assert/strict'
import { FIELD } from '../../protocol/numbers.ts'
import { assertReverts, assertRevertsBare } from '../support/contracts/assert-reverts.ts'
import {
  createVenue,
  element,
  GENESIS_ROOT,
  proofArgument,
  prove,
  RISK_ROOT,
  type Statement,
  tradeBatchKey,
  type Venue,
} from '../support/contracts/venue.ts'
import { rerandomize } from '../support/forge.ts'

const NEXT_ROOT = element('next root')

describe('Settlement.settleTradeBatch', () => {
  let venue: Venue
  beforeEach(async () => {
    venue = await createVenue()
    await venue.publish()
  })

  /** Calls with the fields of `statement` that a caller chooses and with a valid proof of all of it. */
  const call = (statement: Statement, fields: Statement = {}) => {
    const { newStateRoot, timestamp } = { ...statement, ...fields }
    const proof = proofArgument(prove(tradeBatchKey, statement))
    return venue.settlement.settleTradeBatch.staticCall(proof, newStateRoot, timestamp)
  }

  it('moves the state root behind a proof from anybody', async () => {
    const { settlement, settle } = venue
    assert.equal(await settlement.stateRoot(), GENESIS_ROOT)
    const receipt = await settle(NEXT_ROOT)
    assert.equal(await settlement.stateRoot(), NEXT_ROOT)
    assert.equal(await settlement.batchCount(), 1n)
    const event = settlement.interface.parseLog(receipt!.logs[0]!)!
    const lastTimestamp = await settlement.lastTimestamp()
    assert.deepEqual(
      [event.name, ...event.args],
      ['BatchSettled', 1n, GENESIS_ROOT, NEXT_ROOT, RISK_ROOT, lastTimestamp],
    )
  })
})
