import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { it } from 'node:test'
import { documentOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

it('a worker that cannot reach its venue says so once it has begun, with --json as a line of JSON, and waits', async () => {
  await using folder = await temporaryDirectory()
  const token = folder.file('token.txt')
  await writeFile(token, `zkclear_0123456789ab_${'A'.repeat(43)}\n`, { mode: 0o600 })
  // Nothing listens there.
  const venue = 'http://127.0.0.1:1'
  const args = ['worker', '--venue', venue, '--token-file', token, '--circuit', 'margin-sufficiency', '--json']
  const result = await zkclear(args, { interrupt: { on: 'cannot be reached', signal: 'SIGTERM' } })
  assert.equal(result.code, 0, result.stderr)
  assert.equal(documentOf(result).venue, venue)
  const { level, msg } = JSON.parse(result.stderr)
  assert.equal(level, 40)
  assert.match(msg, /^http:\/\/127\.0\.0\.1:1 cannot be reached/)
})
