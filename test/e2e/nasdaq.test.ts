import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { groth16 } from 'snarkjs'
import { tradeBatch, tradeBatchStatement } from '../../circuits/index.ts'
import { readTerms } from '../../cli/terms-file.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { PRIVATE_KEY, SMALL } from '../../lab/instances/model.ts'
import { applyRiskUpdate } from '../../protocol/risk/update.ts'
import { venueShape } from '../../protocol/shape.ts'
import { signBundle } from '../../protocol/signature.ts'
import { stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { createProver } from '../../prover/index.ts'
import { Chain, refusalOf } from '../../scripts/demo/chain.ts'
import { sampleFile } from '../../scripts/demo/sample.ts'
import { DemoTables } from '../../scripts/demo/tables.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { sampleOracleKeys, samplePrices, sampleRiskParameters } from '../../venue/index.ts'
import type { ReplayedBatch } from '../../venue/replay.ts'
import { FlowReplay } from '../../venue/replay.ts'
import { proofToJson, publicSignalsToJson } from '../../verifier/index.ts'
import { nasdaqFlow, nasdaqVenue, START_OF_DAY, skipNasdaq } from '../support/nasdaq-flow.ts'
import { verifyWithNoble } from '../support/noble-verify.ts'

const ACCOUNTS = 64

/** The first few batches in a row of the real flow with at least ten trades, some of them by a carried order. */
function busyBatches(batches: readonly ReplayedBatch[]): readonly ReplayedBatch[] {
  for (let length = 2; length <= 8; length++) {
    for (let start = 0; start + length <= batches.length; start++) {
      const chosen = batches.slice(start, start + length)
      const trades = chosen.reduce((sum, batch) => sum + batch.trades.length, 0)
      if (trades >= 10 && chosen.some((batch, i) => i > 0 && tradesCarriedOrder(batch.transition))) return chosen
    }
  }
  throw new Error('the flow has no such batches')
}

/** Risk parameters under which a share is traded at the prices of that day, what oracles report in its first second, and the table. */
function provedVenue() {
  const { parameters: sample } = sampleRiskParameters(START_OF_DAY)
  const [perpetual, ...others] = sample.markets
  const share = { ...perpetual!, multiplier: 1_000_000n, maxPosition: 1n << 30n, bandBps: 1_000n }
  const parameters = { ...sample, maxAge: 86_400n, markets: [share, ...others] }
  const [price, plain] = [3_380_000_000n, samplePrices()]
  const prices = { ...plain, indices: plain.indices.with(0, price), forwards: plain.forwards.with(0, price) }
  const { table } = applyRiskUpdate(undefined, { asOf: START_OF_DAY, ...prices }, parameters, venueShape('small'))
  return { parameters, prices, riskTable: table }
}

/** Whether the order that was in hand when the batch began trades in it. */
function tradesCarriedOrder({ before, context, steps }: TradeBatch): boolean {
  return before.books.get(context.market)!.hand !== undefined && steps[0]!.trade !== undefined
}

after(async () => {
  await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate()
})

test('real order flow: batches with ten trades, one by a carried order, are proved and settled on a chain', {
  skip: skipNasdaq,
}, async () => {
  const { state } = nasdaqVenue(SMALL, ACCOUNTS)
  const { parameters, prices, riskTable } = provedVenue()
  const replay = new FlowReplay({ state, riskTable, domain: 0n, sizes: SMALL, tickSeconds: 86_400n })
  const batches = busyBatches([...replay.run(nasdaqFlow(ACCOUNTS).intents)].slice(0, 40))
  const first = batches[0]!.transition

  const artifacts = await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
  await using chain = await Chain.start({
    artifacts,
    terms: { ...(await readTerms(sampleFile('terms.json'))), riskParameters: parameters },
    genesisRoot: stateRoot(first.before),
    time: riskTable.asOf,
  })
  await using prover = await createProver({ profile: 'small', circuits: ['trade-batch'] })
  await using riskProver = await createProver({ profile: 'small', circuits: ['risk-update'] })
  const tables = new DemoTables({
    ...{ chain, parameters, oracleKeys: sampleOracleKeys() },
    prove: (statement, witness) => riskProver.prove('risk-update', statement, witness),
  })
  assert.deepEqual((await tables.bring({ news: 'the first', prices, timestamp: riskTable.asOf })).table, riskTable)
  const { domain } = chain.deployment

  // Matching does not depend on the domain, so what was replayed unsigned is signed for this chain's and applied again.
  const jobs = batches.map(({ transition }) => {
    const signed = transition.bundles.map(({ messages }) => signBundle(messages, domain, PRIVATE_KEY))
    const witness = applyTradeBatch(transition.before, signed, { ...transition.context, domain })
    assert.equal(stateRoot(witness.after), stateRoot(transition.after))
    return { circuit: 'trade-batch' as const, statement: tradeBatchStatement(witness), witness }
  })

  const vkey = JSON.parse(
    await readFile(artifacts.find(({ circuit }) => circuit === 'trade-batch')!.files.vkey, 'utf8'),
  )
  let settled = 0
  for await (const proved of prover.proveMany(jobs)) {
    const { proof, publicSignals, statement } = proved
    assert.deepEqual(publicSignals, tradeBatch.encodeStatement(statement))
    assert.ok(await groth16.verify(vkey, publicSignalsToJson(publicSignals), proofToJson(proof) as never), 'snarkjs')
    assert.ok(verifyWithNoble(vkey, proof, publicSignals), 'an independent pairing')
    await chain.settle(proved)
    assert.equal(await chain.stateRoot(), statement.newStateRoot)
    assert.equal(await refusalOf(chain.settle(proved)), 'StateRootNotCurrent')
    settled++
  }
  assert.equal(settled, batches.length)
  assert.equal(await chain.stateRoot(), stateRoot(batches.at(-1)!.transition.after))
})
