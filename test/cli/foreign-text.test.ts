import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import { zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Clears the screen, overwrites a line, goes up in another form, and reads backwards. */
const TRICKS = ['\u001b[2J', 'a\rb', '\u009b1A', '\u202e', '\u0007']

async function servedBy(status: number, answer: object) {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

it('what a venue says does nothing to the terminal on which it is shown', async () => {
  await using folder = await temporaryDirectory()
  const file = folder.file('token.txt')
  await writeFile(file, `zkclear_${'1'.repeat(12)}_${'A'.repeat(43)}`, { mode: 0o600 })
  const said = TRICKS.join(' ')
  const acts = [{ number: 1, at: 0, act: `omit ${said}`, isRecorded: true, askedBy: said }]
  for (const [status, answer] of [
    [200, { acts }],
    [409, { error: { code: 'NO_MESSAGE', message: `no ${said}` } }],
  ] as const) {
    await using venue = await servedBy(status, answer)
    const shownWith = async (...more: string[]) => {
      const { stdout, stderr } = await zkclear(['line', 'acts', '--venue', venue.url, '--token-file', file, ...more])
      const shown = stdout + stderr
      for (const sign of TRICKS.join('').replaceAll(/[ -~]/g, '')) {
        assert.ok(!shown.includes(sign), JSON.stringify(sign))
      }
      return shown
    }
    assert.match(await shownWith(), /\ufffd\[2J a\ufffdb \ufffd1A \ufffd \ufffd/)
    const document = JSON.parse(await shownWith('--json'))
    assert.ok(
      [document.acts?.[0].askedBy, document.error?.message].some((text) => text?.includes(said)),
      'the same',
    )
    await shownWith('--verbose')
  }
})
