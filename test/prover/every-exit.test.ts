import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exit } from '../../circuits/exit/index.ts'
import { exitStatementOf } from '../../circuits/exit/statement.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { SMALL } from '../../lab/instances/model.ts'
import { exitClaim } from '../../protocol/exit.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/create-prover.ts'
import { ACCOUNTS, CASH_DOMAIN, CashVenue, viewKeyOf } from '../support/cash-venue.ts'

const BATCHES = 200

describe('after 200 batches of both kinds in random order, from what they published and a view key alone', () => {
  const venue = new CashVenue(3n)
  let prover: Awaited<ReturnType<typeof createProver>>
  before(async () => {
    venue.reprice()
    while (venue.published.length < BATCHES) venue.step()
    await buildArtifacts({ circuits: [exit], profile: 'small' })
    prover = await createProver({ profile: 'small', circuits: ['exit'] })
  })
  after(() => prover[Symbol.asyncDispose]())

  it('every account has a proof of what it is owed, at the last root', async () => {
    const batches = venue.published.map((publish) => publish())
    assert.equal(new Set(batches.map(({ circuit }) => circuit)).size, 2)
    const riskTable = venue.table!
    for (let index = 0; index < ACCOUNTS; index++) {
      const recovery = new Recovery({
        ...{ shape: SMALL, domain: CASH_DOMAIN },
        account: { index, viewKey: viewKeyOf(index) },
      })
      recovery.takeAll(batches)
      const { account, children, marketsRoot, stateRoot: root } = recovery.recovered()
      assert.equal(root, stateRoot(venue.state))
      const witness = { account, children, marketsRoot, riskTable }
      const terms = { domain: CASH_DOMAIN, stateRoot: root, riskRoot: hashRiskTable(riskTable), index }
      const statement = exitStatementOf(witness, terms)
      assert.deepEqual(statement.claim, exitClaim(venue.state.accounts.get(index)!, riskTable))
      const { publicSignals } = await prover.prove('exit', statement, witness)
      assert.deepEqual(publicSignals.map(BigInt), exit.encodeStatement(statement))
    }
  })
})
