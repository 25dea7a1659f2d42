import assert from 'node:assert/strict'
import process from 'node:process'
import { it, mock } from 'node:test'
import { openSession } from '../../cli/session.ts'

for (const json of [false, true]) {
  it(`a command that lasts tells alerts and acts without --verbose, ${json ? 'as JSON' : 'as text'}`, async () => {
    const lines: string[] = []
    await using session = await openSession({ json, verbose: false })
    const write = mock.method(process.stderr, 'write', (text: string) => lines.push(text) > 0)
    try {
      session.tell('warn', 'ALERT: look')
      session.tell('info', 'operator Ada: resume: done', { act: 'resume', by: 'Ada' })
    } finally {
      write.mock.restore()
    }
    if (!json) {
      assert.deepEqual(lines, ['zkclear: warning: ALERT: look\n', 'zkclear: operator Ada: resume: done\n'])
      return
    }
    const [alert, act] = lines.map((line) => JSON.parse(line))
    assert.deepEqual([alert.level, alert.msg], [40, 'ALERT: look'])
    assert.deepEqual([act.level, act.msg, act.act, act.by], [30, 'operator Ada: resume: done', 'resume', 'Ada'])
    assert.equal(new Date(act.time).toISOString(), act.time)
  })
}
