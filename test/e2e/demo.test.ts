import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildArtifacts } from '../../keys/build.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))

test('money comes in, is traded and withdrawn with the venue, and leaves without it: the demo finds all as it says', async () => {
  await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
  await using folder = await temporaryDirectory()
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO, '--out', folder.path], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  for (const claim of [
    'the proof of the last batch, a second time: StateRootNotCurrent',
    'a batch from somebody else than the operator: NotByOperator',
    'freezing a second early: NothingOverdue',
    'one coin falls by 27 %, and one oracle says ten times all prices',
    'From the chain alone, 13 accounts were recovered',
  ]) {
    assert.ok(stdout.includes(claim), claim)
  }
  assert.match(stdout, /72253\.000001 USDC came in, 400 were withdrawn, \d+\.\d+ paid at the end; \d quanta are left/)
  const report = await readFile(folder.file('report.html'), 'utf8')
  for (const title of [
    'The money, batch by batch',
    'The queue and its deadlines',
    'Where every quantum went',
    'Risk tables',
    'Funding',
  ]) {
    assert.ok(report.includes(title), title)
  }
})
