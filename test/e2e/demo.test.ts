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
    'From the chain alone, 13 accounts were recovered',
  ]) {
    assert.ok(stdout.includes(claim), claim)
  }
  assert.match(stdout, /74253\.000001 USDC came in, 400 were withdrawn, \d+\.\d+ paid at the end; \d quanta are left/)
  for (const title of [
    'The money, batch by batch',
    'The queue and its deadlines',
    'Where every quantum went',
    'Risk tables',
    'The call is paid out',
    'The margin of account 11 through the shock',
    'Funding',
  ]) {
    assert.ok(report.includes(title), title)
  }
})
