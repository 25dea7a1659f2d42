import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { id } from 'ethers'
import { marginStatement, marginWitness } from '../../circuits/index.ts'
import { readTerms } from '../../cli/terms-file.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { makeAccount, makeState, SMALL } from '../../lab/instances/model.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { excesses } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/index.ts'
import { Chain } from '../../scripts/demo/chain.ts'
import { Gate } from '../../scripts/demo/gate.ts'
import { sampleFile } from '../../scripts/demo/sample.ts'
import { DemoTables } from '../../scripts/demo/tables.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { sampleOracleKeys, samplePrices, sampleProvedTable, sampleRiskParameters } from '../../venue/index.ts'
import { verifyWithNoble } from '../support/noble-verify.ts'

const OWNER_SECRET = 123_456_789n
const TRADER = 9
const PURPOSE = id('a loan')

test('a trader proves margin to MarginGate: once for each purpose, and for no other purpose, root or table', async () => {
  const asOf = 1_750_000_000n
  const riskTable = sampleProvedTable(asOf)
  // 100 lots of the future, and as much cash as its maintenance margin asks for.
  const owing = (cash: bigint) => {
    const account = makeAccount(SMALL, { cash, positions: { 1: { size: 100n } } })
    return { ...account, ownerCommitment: ownerCommitment(OWNER_SECRET) }
  }
  const excess = excesses(owing(0n), riskTable, BASIS_POINTS).reduce(min)
  const cash = -excess / BASIS_POINTS
  const state = makeState(SMALL, { [TRADER]: owing(cash) })
  const artifacts = await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
  await using chain = await Chain.start({
    artifacts,
    terms: await readTerms(sampleFile('terms.json')),
    genesisRoot: stateRoot(state),
    time: asOf,
  })
  const gate = new Gate(chain)
  await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency', 'risk-update'] })
  const prove = (of: typeof state, terms: Parameters<typeof marginStatement>[2]) => {
    const witness = marginWitness(of, TRADER, OWNER_SECRET, riskTable)
    return prover.prove('margin-sufficiency', marginStatement(of, witness, terms), witness)
  }

  const proved = await prove(state, gate.terms(PURPOSE))
  const vkey = JSON.parse(
    await readFile(artifacts.find(({ circuit }) => circuit === 'margin-sufficiency')!.files.vkey, 'utf8'),
  )
  assert.ok(verifyWithNoble(vkey, proved.proof, proved.publicSignals))
  assert.equal(await gate.refusal(PURPOSE, proved), 'RiskTableNotRecent')
  const tables = new DemoTables({
    ...{ chain, parameters: sampleRiskParameters(asOf).parameters, oracleKeys: sampleOracleKeys() },
    prove: (statement, witness) => prover.prove('risk-update', statement, witness),
  })
  assert.deepEqual(
    (await tables.bring({ news: 'the first', prices: samplePrices(), timestamp: asOf })).table,
    riskTable,
  )
  assert.equal(await gate.refusal(id('another loan'), proved), 'ProofRejected')
  await gate.admit(PURPOSE, proved)
  assert.equal(await gate.refusal(PURPOSE, proved), 'NullifierUsed')
  await gate.admit(id('another loan'), await prove(state, gate.terms(id('another loan'))))

  const elsewhere = makeState(SMALL, { [TRADER]: state.accounts.get(TRADER)!, 10: makeAccount(SMALL) })
  const foreign = await prove(elsewhere, gate.terms(id('a third loan')))
  assert.equal(await gate.refusal(id('a third loan'), foreign), 'StateRootNotRecent')
  const lax = await prove(state, { ...gate.terms(id('a third loan')), ratioBps: 9_999n })
  assert.equal(await gate.refusal(id('a third loan'), lax), 'ProofRejected')

  // one quantum less and no witness exists
  await assert.rejects(prove(makeState(SMALL, { [TRADER]: owing(cash - 1n) }), gate.terms(PURPOSE)), {
    code: 'WITNESS_FAILED',
  })
})
