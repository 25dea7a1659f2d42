import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildArtifacts } from '../../keys/build.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))

/** Runs the demo as a process of its own, which must succeed: what it printed, and its report. */
export async function runDemo(...options: readonly string[]): Promise<{ stdout: string; report: string }> {
  const profile = options.includes('standard') ? 'standard' : 'small'
  await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile })
  await using folder = await temporaryDirectory()
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO, '--out', folder.path, ...options], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return { stdout, report: await readFile(folder.file('report.html'), 'utf8') }
}
