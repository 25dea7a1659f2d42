/**
 * The main job on a sample of order flow, from sources to the last payout. A venue begins without accounts on a chain of its
 * own: traders register and deposit, trade, withdraw, and prove margin; every batch is proved and settled. Then the venue dies,
 * and a process that has nothing of it gets everybody's money out. Prints tables, writes report.html into --out (demo-output),
 * and fails if anything is not as it says.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { packageRoot } from '../circom/paths.ts'
import { buildArtifacts } from '../keys/build.ts'
import { hashRiskTable } from '../protocol/risk-table.ts'
import { createProver } from '../prover/create-prover.ts'
import { describeBackend } from '../prover/select-backend.ts'
import { DEPLOYED_CIRCUITS } from '../settlement/index.ts'
import { sampleOracleKeys, samplePrices, sampleRiskParameters } from '../venue/index.ts'
import { Chain, refusalOf } from './demo/chain.ts'
import { claimInAnotherProcess, freezeWhenOverdue, payAndClaim } from './demo/death.ts'
import { expect } from './demo/expect.ts'
import { checkFlow } from './demo/flow-check.ts'
import { Gate } from './demo/gate.ts'
import { Cashier } from './demo/ledger.ts'
import { proveMargin } from './demo/margin.ts'
import { EXIT_COLUMNS, exitRows, FLOW_COLUMNS, flowRows } from './demo/money-sections.ts'
import { enterVenue, ownersOf } from './demo/owners.ts'
import { afterFall, tenfold, withPremium } from './demo/prices.ts'
import { Stages } from './demo/progress.ts'
import { queueHistory } from './demo/queue-history.ts'
import { demoReport } from './demo/report-content.ts'
import { riskRows, TABLE_COLUMNS } from './demo/risk-sections.ts'
import { openingTrade, readSample } from './demo/sample.ts'
import { BATCH_COLUMNS, batchRows, CASH_COLUMNS, cashRows, terminalTable } from './demo/table.ts'
import { DemoTables, isClosed, isSheltered } from './demo/tables.ts'
import { usdc } from './demo/tape.ts'
import { DemoVenue } from './demo/venue.ts'
import { askForMoney } from './demo/withdrawals.ts'

const { out } = parseArgs({ options: { out: { type: 'string', default: join(packageRoot(), 'demo-output') } } }).values
const started = performance.now()
const stages = new Stages()
console.error('zkclear demo: money in, orders matched, proved and settled, money out; with the venue and without it')

const artifacts = await stages.run('Build circuits and dev keys', (report) =>
  buildArtifacts({
    circuits: DEPLOYED_CIRCUITS,
    profile: 'small',
    onProgress: ({ stage, fraction }) => report(fraction, stage),
  }),
)
const constraints = (name: string) => artifacts.find(({ circuit }) => circuit === name)!.manifest.constraints.total

const sample = await stages.run('Read the sample flow', () => readSample())
await using chain = await stages.run('Start a chain, deploy contracts', (report) =>
  Chain.start({
    artifacts,
    terms: sample.terms,
    time: sample.riskTable.asOf - 3_600n,
    onProgress: ({ stage, fraction }) => report(fraction, stage),
  }),
)
const prover = await stages.run('Load the prover', (report) =>
  createProver({ profile: 'small', onProgress: ({ stage, fraction }) => report(fraction, stage) }),
)
console.error(`  ${describeBackend(prover.backend)}`)

// The venue lives.
const owners = await ownersOf(sample.state, sample.secrets, sample.riskTable, chain)
await stages.run(`Register and deposit: ${owners.length} traders, on chain`, (report) =>
  enterVenue(owners, chain, report),
)
const venue = new DemoVenue(chain, prover, sample.secrets)
const cashier = new Cashier(owners)
await stages.run('Let them in: prove and settle cash batches', (report) => venue.serve(report))

const tables = new DemoTables({
  chain,
  parameters: sample.terms.riskParameters!,
  oracleKeys: sampleOracleKeys(),
  prove: (statement, witness) => prover.prove('risk-update', statement, witness),
})
const opening = sample.riskTable.asOf
const firstTable = await stages.run('Oracles sign prices; prove the first risk table', () =>
  tables.bring({ news: 'the venue opens', prices: samplePrices(), timestamp: opening }),
)
expect(hashRiskTable(firstTable.table) === hashRiskTable(sample.riskTable), 'the table is the one in the sample')
venue.riskTable = firstTable.table
const { batches, summary } = await stages.run('Sign orders, match, cut batches', (report) =>
  venue.match([...openingTrade(sample), ...sample.flow], report),
)
checkFlow(batches, summary)
await stages.run(`Prove and settle ${batches.length} trade batches`, (report) => venue.settle(batches, report))
const refusals = await stages.run('Offer used and altered proofs', async () => {
  const { proved } = venue.trades.at(-1)!
  const again = await refusalOf(chain.settle(proved))
  expect(again === 'StateRootNotCurrent', 'Settlement refuses the proof of the last batch again')
  const { statement } = proved
  const { newStateRoot } = statement
  const roots = { oldStateRoot: newStateRoot, newStateRoot: newStateRoot - 1n }
  const other = await refusalOf(chain.settle({ ...proved, statement: { ...statement, ...roots } }))
  expect(other === 'ProofRejected', 'Settlement refuses a proof for other state roots')
  const stranger = await refusalOf(chain.settleAs(await chain.account(owners.length), proved))
  expect(stranger === 'NotByOperator', 'Settlement takes batches from the operator only')
  return [
    ['the proof of the last batch, a second time', again],
    ['a proof for other state roots', other],
    ['a batch from somebody else than the operator', stranger],
  ] as const
})
await stages.run('Withdraw: one trader signs, one forces it on chain', async (report) => {
  const messages = await askForMoney(owners, venue, chain)
  await venue.serve(report, { messages, sweep: true })
  await cashier.collect(chain)
})

const fallen = afterFall(samplePrices(), 27n)
const secondTable = await stages.run('Prices fall and one oracle lies; prove the next risk table', () => {
  const prices = withPremium(fallen, 30n)
  const news = 'one coin falls by 27 %, and one oracle says ten times all prices'
  return tables.bring({ news, prices, lie: tenfold(prices), timestamp: opening + 1_200n })
})
const [onFirstCoin, onSecondCoin] = [0, 3] as const
for (const holds of [isClosed, isSheltered]) {
  expect(holds(secondTable.table, onFirstCoin), 'the breaker closes the markets of the coin that fell')
  expect(!holds(secondTable.table, onSecondCoin), 'and those of no other')
}
venue.riskTable = secondTable.table
const margin = await stages.run('Prove margin to MarginGate', () =>
  proveMargin(venue.state, secondTable.table, sample.secrets, prover, new Gate(chain)),
)
await stages.run('The breaker opens; longs and shorts pay funding for three hours', async (report) => {
  const premiums = [30n, -20n, 60n]
  for (const [i, bps] of premiums.entries()) {
    const news = i === 0 ? 'the markets open again' : `perpetuals are ${bps < 0n ? 'below' : 'above'} their index`
    const { table } = await tables.bring({
      ...{ news, prices: withPremium(fallen, bps), timestamp: opening + 2_400n + 3_600n * BigInt(i) },
    })
    expect(!isClosed(table, onFirstCoin), 'the breaker opens when its time is over')
    venue.riskTable = table
    report((i + 1) / premiums.length, news)
  }
  const [first, ...later] = tables.brought.map(({ table }) => table.markets[onFirstCoin]!.fundingIndex)
  expect(
    first === 0n && later[1]! > 0n && later[2]! > later[1]! && later[3]! < later[2]!,
    'funding follows the premium',
  )
})
await stages.run('Withdraw once more, at the new prices', async (report) => {
  const messages = await askForMoney(owners, venue, chain)
  await venue.serve(report, { messages })
  await cashier.collect(chain)
})

// The venue dies: its prover is gone, and what it knew is used no more. One request waits that nobody serves.
await askForMoney(owners, venue, chain)
await prover[Symbol.asyncDispose]()
const frozen = await stages.run('The venue dies; freeze it when a request is overdue', () => freezeWhenOverdue(chain))
const viewKeys = new Map([...sample.secrets].map(([account, { viewKey }]) => [account, viewKey]))
const claims = await stages.run('Recover, prove and claim in another process', (report) =>
  claimInAnotherProcess(chain, viewKeys, report),
)
const exits = await stages.run('Pay the claims', (report) =>
  payAndClaim(chain, claims, [{ account: 0, signer: chain.settlement.signer }, ...owners], report),
)
const money = {
  points: venue.ledger.points,
  queue: await queueHistory(chain),
  accounts: cashier.accounts,
  exits,
  left: await chain.balances(),
}
const paid = exits.reduce((sum, exit) => sum + exit.paid[0]!, 0n)
const brought = cashier.accounts.reduce((sum, account) => sum + account.brought[0]!, 0n)
const taken = cashier.accounts.reduce((sum, account) => sum + account.taken[0]!, 0n)
expect(brought === taken + paid + money.left[0]!, 'every quantum that came in went out or is left')
expect(
  money.left.every((lots) => lots < BigInt(exits.length)),
  'less than a quantum an account is left',
)
expect(
  ['long', 'short'].every((side) => exits.some((exit) => exit.side === side)),
  'longs and shorts exit',
)

const path = await stages.run('Write the report', async () => {
  const html = demoReport({
    ...{ venue, summary, margin, refusals, money, frozen },
    risk: {
      tables: tables.brought,
      sample: sampleRiskParameters(opening),
      account: { index: margin.refused.account, account: margin.refused.position },
    },
    stages: stages.times,
    constraints: { trade: constraints('trade-batch'), cash: constraints('cash-batch') },
    deployment: chain.deployment,
  })
  await mkdir(out, { recursive: true })
  const file = join(out, 'report.html')
  await writeFile(file, html)
  return relative(process.cwd(), file)
})

console.log('Cash batches: registrations, view keys, deposits and withdrawals.')
console.log(terminalTable(CASH_COLUMNS, cashRows(venue.cash, constraints('cash-batch'))))
console.log('Trade batches.')
console.log(terminalTable(BATCH_COLUMNS, batchRows(venue.trades, constraints('trade-batch'))))
console.log(`Risk tables, each proved from what ${sampleOracleKeys().length} oracles signed.`)
console.log(
  terminalTable(plain(TABLE_COLUMNS), riskRows({ tables: tables.brought, sample: sampleRiskParameters(opening) })),
)
console.log('Witness times include waiting for a free worker: witnesses are calculated ahead of the proofs.')
const { account, proveMs, gas } = margin.admitted
console.log(`
Account ${account} has its margin: MarginGate admitted it on a proof that reveals nothing else (${Math.round(proveMs)} ms to
prove, ${gas} gas). Account ${margin.refused.account} lacks ${margin.refused.shortfall} quanta of maintenance margin. What it would have to prove
is false, so no witness exists and there is nothing to hand in; the prover says:
  ${margin.refused.message}`)
console.log('\nRefused, as they must be:')
for (const [attempt, error] of [...refusals, ...margin.refusals, ['freezing a second early', frozen.early] as const]) {
  console.log(`  ${attempt}: ${error}`)
}
console.log(
  `\nThe venue died. From the chain alone, ${exits.length} accounts were recovered, proved what they are owed, and were paid:`,
)
console.log(terminalTable(plain(EXIT_COLUMNS), exitRows(exits)))
console.log('Where every quantum went (USDC):')
console.log(terminalTable(FLOW_COLUMNS, flowRows(money)))
console.log(
  `\n${usdc(brought)} USDC came in, ${usdc(taken)} were withdrawn, ${usdc(paid)} paid at the end; ${money.left[0]} quanta are left by rounding.`,
)
console.log(`Report: ${path}. All of it took ${((performance.now() - started) / 1000).toFixed(0)} s.`)
process.exitCode = 0

/** Columns as the terminal shows them. */
function plain(columns: readonly string[]): string[] {
  return columns.map((column) => column.replace(/^~/, ''))
}
