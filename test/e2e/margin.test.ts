import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { id } from 'ethers'
import { marginStatement, marginWitness } from '../../circuits/index.ts'
import { readTerms } from '../../cli/terms-file.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../lab/instances/model.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/index.ts'
import { Chain } from '../../scripts/demo/chain.ts'
import { Gate } from '../../scripts/demo/gate.ts'
import { sampleFile } from '../../scripts/demo/sample.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { verifyWithNoble } from '../support/noble-verify.ts'

const OWNER_SECRET = 123_456_789n
const TRADER = 9
const PURPOSE = id('a loan')

test('a trader proves margin to MarginGate: once for each purpose, and for no other purpose, root or table', async () => {
  // 100 lots at a mark of 1,000 that may fall by 200: maintenance asks for 20,000 quanta
  const account = { ...makeAccount(SMALL, { cash: -80_000n, positions: { 1: { size: 100n } } }) }
  const state = makeState(SMALL, { [TRADER]: { ...account, ownerCommitment: ownerCommitment(OWNER_SECRET) } })
  const riskTable = makeTable(SMALL)
  const artifacts = await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
  await using chain = await Chain.start({
    artifacts,
    terms: await readTerms(sampleFile('terms.json')),
    genesisRoot: stateRoot(state),
    time: riskTable.asOf,
  })
  const gate = new Gate(chain)
  await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'] })
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
  await chain.postRiskTable(riskTable)
  assert.equal(await gate.refusal(id('another loan'), proved), 'ProofRejected')
  await gate.admit(PURPOSE, proved)
  assert.equal(await gate.refusal(PURPOSE, proved), 'AlreadyAdmitted')
  await gate.admit(id('another loan'), await prove(state, gate.terms(id('another loan'))))

  const elsewhere = makeState(SMALL, { [TRADER]: state.accounts.get(TRADER)!, 10: makeAccount(SMALL) })
  const foreign = await prove(elsewhere, gate.terms(id('a third loan')))
  assert.equal(await gate.refusal(id('a third loan'), foreign), 'StateRootNotRecent')
  const lax = await prove(state, { ...gate.terms(id('a third loan')), ratioBps: 9_999n })
  assert.equal(await gate.refusal(id('a third loan'), lax), 'ProofRejected')

  // one quantum less and no witness exists
  const poorer = { ...state.accounts.get(TRADER)!, collateral: [-80_001n, 0n] }
  await assert.rejects(prove(makeState(SMALL, { [TRADER]: poorer }), gate.terms(PURPOSE)), {
    code: 'WITNESS_FAILED',
  })
})
