import { totals } from './acts/end.ts'
import type { MarginOutcome } from './margin.ts'
import { EXIT_COLUMNS, exitRows, FLOW_COLUMNS, flowRows } from './money-sections.ts'
import type { DemoResults } from './report-content.ts'
import { allRefusals } from './report-content.ts'
import { type RiskResults, riskRows, TABLE_COLUMNS } from './risk-sections.ts'
import { BATCH_COLUMNS, batchRows, CASH_COLUMNS, cashRows, count, terminalTable } from './table.ts'
import { usdc } from './tape.ts'

/** Prints what happened as tables for the terminal. */
export function printResults(results: DemoResults): void {
  const { venue, money, prices, constraints } = results
  console.log('Cash batches: what accounts asked for, and what the venue did with accounts.')
  console.log(terminalTable(CASH_COLUMNS, cashRows(venue.cash, constraints.cash)))
  console.log('Trade batches.')
  console.log(terminalTable(BATCH_COLUMNS, batchRows(venue.trades, constraints.trade)))
  console.log('Witness times include waiting for a free worker: witnesses are calculated ahead of the proofs.')
  if (prices !== undefined) {
    console.log(`Risk tables, each proved from what ${prices.sample.parameters.oracles.length} oracles signed.`)
    console.log(terminalTable(plain(TABLE_COLUMNS), riskRows(prices)))
    printMargin(prices.shock.margin)
    printOutcomes(prices)
  }
  console.log('\nRefused, as they must be:')
  for (const [attempt, error] of allRefusals(results)) console.log(`  ${attempt}: ${error}`)

  const { exits, left } = money
  console.log(
    `\nThe venue died. From the chain alone, ${exits.length} accounts were recovered, proved what they are owed, and were paid:`,
  )
  console.log(terminalTable(plain(EXIT_COLUMNS), exitRows(exits)))
  console.log('Where every quantum went (USDC):')
  console.log(terminalTable(FLOW_COLUMNS, flowRows(money)))
  const { brought, taken, paid } = totals(money)
  console.log(
    `\n${usdc(brought)} USDC came in, ${usdc(taken)} were withdrawn, ${usdc(paid)} paid at the end; ${left[0]} quanta are left by rounding.`,
  )
}

function printMargin({ admitted: { account, proveMs, gas }, refused }: MarginOutcome): void {
  console.log(`
Account ${account} has its margin: MarginGate admitted it on a proof that reveals nothing else (${Math.round(proveMs)} ms to
prove, ${gas} gas). Account ${refused.account} lacks ${refused.shortfall} quanta of maintenance margin. What it would have to prove
is false, so no witness exists and there is nothing to hand in; the prover says:
  ${refused.message}`)
}

function printOutcomes({ auction, expiry }: RiskResults): void {
  const { victim, opens, taken, proveMs, gas } = auction
  const { account, lots, payout } = expiry.holders[0]!
  console.log(`
Account ${victim} was flagged, and nobody saved it: ${(taken.time - opens) / 60n} minutes after its auction opened, account ${taken.bidder} took over all that account ${victim} held, for ${count(usdc(taken.price))} USDC
(${Math.round(proveMs)} ms to prove, ${gas} gas). Weeks later ${lots} lots of account ${account}'s call paid ${count(usdc(payout))} USDC; whoever had sold it was flagged
before that, and saved by a deposit.`)
}

/** Columns as the terminal shows them. */
function plain(columns: readonly string[]): string[] {
  return columns.map((column) => column.replace(/^~/, ''))
}
