/**
 * The main job on a sample of order flow, from sources to a settled state: builds circuits and dev keys if they are missing,
 * starts a chain in this process, deploys, replays the flow into batches, proves each and settles it, and lets traders prove
 * margin. Prints a table, writes demo-output/report.html, and fails if anything is not as it says.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { packageRoot } from '../circom/paths.ts'
import { TRADE_BATCH_SIZES } from '../circuits/index.ts'
import { buildArtifacts } from '../keys/build.ts'
import { createProver } from '../prover/create-prover.ts'
import { describeBackend } from '../prover/select-backend.ts'
import { DEPLOYED_CIRCUITS } from '../settlement/index.ts'
import { FlowReplay } from '../venue/replay.ts'
import { deriveBookSecret } from '../venue/sample-venue.ts'
import { proveAndSettle } from './demo/batches.ts'
import { Chain } from './demo/chain.ts'
import { expect } from './demo/expect.ts'
import { checkFlow } from './demo/flow-check.ts'
import { proveMargin } from './demo/margin.ts'
import { Stages } from './demo/progress.ts'
import { demoReport } from './demo/report-content.ts'
import { readSample } from './demo/sample.ts'
import { BATCH_COLUMNS, batchRows, terminalTable } from './demo/table.ts'

const started = performance.now()
const stages = new Stages()
console.error('zkclear demo: orders matched, proved and settled')

const artifacts = await stages.run('Build circuits and dev keys', (report) =>
  buildArtifacts({
    circuits: DEPLOYED_CIRCUITS,
    profile: 'small',
    onProgress: ({ stage, fraction }) => report(fraction, stage),
  }),
)
const tradeBatch = artifacts.find(({ circuit }) => circuit === 'trade-batch')!

const sample = await stages.run('Read the sample flow', () => readSample())
await using chain = await stages.run('Start a chain, deploy contracts', (report) =>
  Chain.start({
    artifacts,
    terms: sample.terms,
    time: sample.riskTable.asOf,
    onProgress: ({ stage, fraction }) => report(fraction, stage),
  }),
)
const { domain } = chain.deployment

const keys = new Map([...sample.secrets].map(([account, { privateKey }]) => [account, privateKey]))
const replay = new FlowReplay({
  state: sample.state,
  riskTable: sample.riskTable,
  domain,
  sizes: TRADE_BATCH_SIZES.small,
  keys,
  bookSecret: deriveBookSecret(sample.secrets),
})
const batches = await stages.run('Sign messages, match, cut batches', async (report) => {
  const done = []
  for (const [i, intent] of sample.flow.entries()) {
    done.push(...replay.push(intent))
    report(i / sample.flow.length)
    await new Promise(setImmediate)
  }
  return [...done, ...replay.finish()]
})
checkFlow(batches, replay.summary)

await using prover = await stages.run('Load the prover', (report) =>
  createProver({ profile: 'small', onProgress: ({ stage, fraction }) => report(fraction, stage) }),
)
console.error(`  ${describeBackend(prover.backend)}`)
await chain.postRiskTable(sample.riskTable)
const settled = await stages.run(`Prove and settle ${batches.length} batches`, (report) =>
  proveAndSettle(batches, prover, chain, report),
)
const last = settled.at(-1)!
const refusals = await stages.run('Offer used and altered proofs', async () => {
  const again = await chain.settleRefusal(last.proved)
  expect(again === 'StateRootNotCurrent', 'Settlement refuses the proof of the last batch again')
  const { statement } = last.proved
  const { newStateRoot } = statement
  const roots = { oldStateRoot: newStateRoot, newStateRoot: newStateRoot - 1n }
  const altered = { ...last.proved, statement: { ...statement, ...roots } }
  const other = await chain.settleRefusal(altered)
  expect(other === 'ProofRejected', 'Settlement refuses a proof for other state roots')
  return [
    ['the proof of the last batch, a second time', again],
    ['a proof for other state roots', other],
  ] as const
})

const margin = await stages.run('Prove margin to MarginGate', () =>
  proveMargin(replay.state, sample.riskTable, sample.secrets, prover, chain),
)

const { constraints } = tradeBatch.manifest
const directory = join(packageRoot(), 'demo-output')
const path = await stages.run('Write the report', async () => {
  const html = demoReport({
    settled,
    summary: replay.summary,
    stages: stages.times,
    constraints: constraints.total,
    deployment: chain.deployment,
    margin,
    refusals,
  })
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'report.html'), html)
  return 'demo-output/report.html'
})

console.log(terminalTable(BATCH_COLUMNS, batchRows(settled, constraints.total)))
console.log('Witness times include waiting for a free worker: witnesses are calculated ahead of the proofs.')
const { account, proveMs, gas } = margin.admitted
console.log(`
Account ${account} has its margin: MarginGate admitted it on a proof that reveals nothing else (${Math.round(proveMs)} ms to
prove, ${gas} gas). Account ${margin.refused.account} lacks ${margin.refused.shortfall} quanta of maintenance margin. What it would have to prove
is false, so no witness exists and there is nothing to hand in; the prover says:
  ${margin.refused.message}`)
console.log('\nRefused, as they must be:')
for (const [attempt, error] of [...refusals, ...margin.refusals]) console.log(`  ${attempt}: ${error}`)
console.log(`\nReport: ${path}. All of it took ${((performance.now() - started) / 1000).toFixed(0)} s.`)
process.exitCode = 0
