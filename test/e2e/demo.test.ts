import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runDemo } from '../support/run-demo.ts'

test('money comes in, is traded and withdrawn with the venue, and leaves without it: the demo finds all as it says', async () => {
  const { stdout, report } = await runDemo()
  for (const claim of [
    'the proof of the last batch, a second time: StateRootNotCurrent',
    'a batch from somebody else than the operator: NotByOperator',
    'freezing a second early: NothingOverdue',
    'it has fallen by 27 %, and one oracle says ten times all prices',
    'a flag of account 11 while it has its margin: MARGIN',
    'a flag of account 11 in the table that closes its market: SHELTERED',
    'to take over account 11 a second before its auction: AUCTION',
    'to take it over below the price of that second: PRICE',
    'account 1 took over all that account 11 held, for 450 USDC',
    "3500 lots of account 3's call paid 2,100 USDC",
    'From the chain alone, 13 accounts were recovered',
  ]) {
    assert.ok(stdout.includes(claim), claim)
  }
  assert.match(stdout, /73753\.000001 USDC came in, 400 were withdrawn, \d+\.\d+ paid at the end; \d quanta are left/)
  for (const title of [
    'The money, batch by batch',
    'The queue and its deadlines',
    'Where every quantum went',
    'Risk tables',
    'The call is paid out',
    'The margin of account 11 through the shock',
    'The auction of account 11',
    'Funding',
  ]) {
    assert.ok(report.includes(title), title)
  }
})
