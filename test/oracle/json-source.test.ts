import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { suite, test } from 'node:test'
import { jsonCommand, jsonFile, jsonUrl } from '../../oracle/index.ts'
import type { ZkclearError } from '../../protocol/errors.ts'
import { serverOf } from '../support/json-server.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const unavailable = (message: RegExp) => ({ code: 'SOURCE_UNAVAILABLE', message })
const LARGE = (1 << 20) + 1
const MODULE = JSON.stringify(new URL('../../oracle/index.ts', import.meta.url))

suite('a file', () => {
  test('is read each time', async () => {
    await using folder = await temporaryDirectory()
    const source = jsonFile(folder.file('a.json'))
    for (const text of ['{"a":1}', '[2]']) {
      await writeFile(folder.file('a.json'), text)
      assert.deepEqual(await source.read(), JSON.parse(text))
    }
  })

  test('that is missing, no JSON, too large or a folder is unavailable, and says why without what it holds', async () => {
    await using folder = await temporaryDirectory()
    const file = folder.file('a.json')
    await assert.rejects(jsonFile(file).read(), unavailable(/ENOENT/))
    await assert.rejects(jsonFile(folder.path).read(), unavailable(/EISDIR/))
    for (const [text, message] of [
      ['{"secret', /says something that is not JSON$/],
      ['{"a":1,"a":2}', /not JSON$/],
      [' '.repeat(LARGE), /more than 1048576 bytes/],
    ] as const) {
      await writeFile(file, text)
      await assert.rejects(jsonFile(file).read(), unavailable(message))
    }
  })

  test('that nobody writes to is given up after its time', async () => {
    await using folder = await temporaryDirectory()
    const pipe = folder.file('pipe')
    execFileSync('mkfifo', [pipe])
    await assert.rejects(jsonFile(pipe, 50).read(), unavailable(/gives nothing within 0.05 s/))
    // more often than there are threads that open files, and the process ends
    const script = `
      import { readFile } from 'node:fs/promises'
      import { jsonFile } from ${MODULE}
      for (let i = 0; i < 6; i++) await jsonFile('${pipe}', 50).read().catch(({ code }) => console.log(code))
      console.log((await readFile('/dev/null')).length)`
    const ended = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      ...{ encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' },
    })
    assert.equal(ended, `${'SOURCE_UNAVAILABLE\n'.repeat(6)}0\n`)
  })
})

suite('an address', () => {
  test('must be of http or https', () => {
    for (const url of ['ftp://a/b', 'file:///etc/passwd', 'nonsense']) {
      assert.throws(() => jsonUrl(url), { code: 'INPUT_INVALID', path: 'url' })
    }
  })

  test('may have neither user nor password, and no secret of it is repeated', () => {
    const secret = [
      'http://s3cret:s3cret@host/report',
      'http://s3cret@host/report?token=s3cret',
      'http://:s3cret@host/report#s3cret',
      'http://s3cret:s3/cret@host/report',
      'http://host:99999/?token=s3cret',
      's3cret:s3cret@host/report',
      's3cret@host?s3cret',
      'ftp://s3cret:s3cret@host/?s3cret',
    ]
    for (const url of secret) {
      const refused = (error: ZkclearError) => error.code === 'INPUT_INVALID' && !/s3/.test(error.message)
      assert.throws(() => jsonUrl(url), refused, url)
    }
    const message = 'url: got "http://host/report", need an address without user and password'
    assert.throws(() => jsonUrl(secret[0]!), { message })
  })

  test('is asked each time', async () => {
    let asked = 0
    await using server = await serverOf((_, response) => response.end(JSON.stringify({ asked: ++asked })))
    const source = jsonUrl(server.url)
    assert.deepEqual([await source.read(), await source.read()], [{ asked: 1 }, { asked: 2 }])
  })

  test('that refuses, redirects, says too much, breaks off or says nothing is unavailable; its path stays untold', async () => {
    const answers: [RegExp, Parameters<typeof serverOf>[0]][] = [
      [/answers with status 503/, (_, response) => response.writeHead(503).end('{}')],
      [/answers with status 302/, (_, response) => response.writeHead(302, { location: '/x' }).end()],
      [/more than 1048576 bytes/, (_, response) => response.end(' '.repeat(LARGE))],
      [
        /breaks off its answer/,
        (_, response) => {
          response.writeHead(200, { 'content-length': '9' }).write('{')
          setImmediate(() => response.destroy())
        },
      ],
      [/gives nothing within 0.2 s/, () => undefined],
    ]
    for (const [message, answer] of answers) {
      await using server = await serverOf(answer)
      const error: ZkclearError = await jsonUrl(`${server.url}?token=s3cret`, 200)
        .read()
        .then(
          () => assert.fail(),
          (thrown) => thrown,
        )
      assert.equal(error.code, 'SOURCE_UNAVAILABLE')
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /s3cret/)
    }
    const { url } = await (async () => {
      await using server = await serverOf(() => undefined)
      return server
    })()
    await assert.rejects(jsonUrl(url).read(), unavailable(/ECONNREFUSED/))
    // a port that fetch never asks
    await assert.rejects(jsonUrl('http://127.0.0.1:1/?s3cret').read(), unavailable(/^127.0.0.1:1 does not answer$/))
  })
})

suite('a command', () => {
  test('is run each time by the shell, and what it prints is the document', async () => {
    const source = jsonCommand(`printf '{"a":%s}' $((1 + 1))`)
    assert.deepEqual([await source.read(), await source.read()], [{ a: 2 }, { a: 2 }])
  })

  test('that fails, is not there or prints something else is unavailable', async () => {
    await assert.rejects(jsonCommand('echo 1; exit 3').read(), unavailable(/ends with 3/))
    await assert.rejects(jsonCommand('no-such-command').read(), unavailable(/ends with 127/))
    await assert.rejects(jsonCommand('kill -TERM $$').read(), unavailable(/ends with SIGTERM/))
    await assert.rejects(jsonCommand('echo nothing').read(), unavailable(/not JSON/))
    await assert.rejects(jsonCommand(`head -c ${LARGE} /dev/zero`).read(), unavailable(/more than/))
  })

  test('is ended with its process group, when its time is over or it is no longer wanted', async () => {
    await using folder = await temporaryDirectory()
    const pids = folder.file('pids')
    const command = `sleep 600 & echo $! > ${pids}; wait`
    await assert.rejects(jsonCommand(command, 2_000).read(), unavailable(/gives nothing within 2 s/))
    await assert.rejects(readlinkOf(Number(await readFile(pids, 'utf8'))))
    const controller = new AbortController()
    const reading = jsonCommand('sleep 600').read(controller.signal)
    controller.abort(new Error('enough'))
    await assert.rejects(reading, { message: 'enough' })
  })

  test('that cannot be started, as no file can be opened any more, is unavailable', () => {
    const script = `
      import { openSync } from 'node:fs'
      import { jsonCommand } from ${MODULE}
      const source = jsonCommand('echo 1')
      console.log(await source.read())
      try { for (;;) openSync('/dev/null') } catch {}
      await source.read().catch(({ code, message }) => console.log(code, message))`
    const limited = ['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', script]
    const printed = execFileSync('sh', limited, { encoding: 'utf8' })
    assert.equal(printed, '1\nSOURCE_UNAVAILABLE the command cannot be run (EMFILE)\n')
  })

  test('sees the environment, but for what begins with ZKCLEAR_', async () => {
    process.env.ZKCLEAR_ORACLE_KEY = 'f00d'
    process.env.ORACLE_TEST = '7'
    const seen = await jsonCommand('echo "[\\"$ZKCLEAR_ORACLE_KEY\\", $ORACLE_TEST]"').read()
    assert.deepEqual(seen, ['', 7])
    delete process.env.ZKCLEAR_ORACLE_KEY
    delete process.env.ORACLE_TEST
  })
})

/** Rejects once a process is gone; one that was ended and not yet waited for by its parent is. */
async function readlinkOf(pid: number): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    if (/\) Z /.test(status)) throw new Error('ended')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
