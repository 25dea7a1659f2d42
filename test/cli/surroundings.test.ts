import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { reportError } from '../../cli/report.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { marginArtifacts } from '../support/margin-artifacts.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** Runs a shell script in which `zkclear` is the command line. */
async function shell(script: string, env: Readonly<Record<string, string>> = {}) {
  const run = `zkclear() { '${process.execPath}' '${MAIN}' "$@"; }; ${script}`
  const child = spawn('sh', ['-c', run], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, stdout, stderr }
}

describe('what surrounds a command is no bug of it', () => {
  it('ends with 2 when standard output takes no more, and with 0 when only the reader has left', async () => {
    const full = await shell('zkclear --help > /dev/full')
    assert.equal(full.code, 2)
    assert.match(full.stderr, /^zkclear: standard output cannot be written \(ENOSPC\)/)
    const left = await shell('{ zkclear --help; echo "rc $?" >&2; } | true')
    assert.equal(left.stderr, 'rc 0\n')
  })

  it('ends with the code of its outcome when standard error takes no more', async () => {
    const { code } = await shell('zkclear inspect nothing --verbose 2> /dev/full')
    assert.equal(code, 2)
  })

  it('says that the working directory is gone', async () => {
    await using folder = await temporaryDirectory()
    const { code, stderr } = await shell(`mkdir "${folder.path}/gone" && cd "${folder.path}/gone" && rmdir ../gone
      zkclear inspect trade-batch --json`)
    assert.equal(code, 2)
    assert.match(JSON.parse(stderr).error.message, /working directory is gone/)
  })

  it('reports what went wrong first, and not that something could not be closed after it', (t) => {
    const write = t.mock.method(process.stderr, 'write', () => true)
    const error = new SuppressedError(new Error('not closed'), new ZkclearError('PROOF_INVALID', 'a false proof'))
    const code = reportError(new SuppressedError(new Error('nor this'), error), { json: true, verbose: false })
    const [text] = write.mock.calls[0]!.arguments as unknown as [string]
    write.mock.restore()
    assert.deepEqual([code, JSON.parse(text).error], [1, { code: 'PROOF_INVALID', message: 'a false proof' }])
  })

  it('says that Node is too old, and does nothing', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})`
    const result = await zkclear(['inspect', 'trade-batch', '--json'], { env: { NODE_OPTIONS: `--import "${old}"` } })
    assert.deepEqual([result.code, errorOf(result).code, result.stdout], [2, 'INPUT_INVALID', ''])
    assert.match(errorOf(result).message, /Node 24 or newer, and this is v20\.20\.2/)
  })

  /** Sends the signal at the moment when it is first heard. */
  const early = (signal: string) =>
    `--import "data:text/javascript,const on=process.on;process.on=function(name,...rest){const result=on.call(this,name,...rest);if(name==='${signal}')process.kill(process.pid,name);return%20result}"`

  it('ends with 130 when interrupted before the command is loaded, and says so', async () => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const result = await zkclear(['inspect', 'trade-batch', '--json'], { env: { NODE_OPTIONS: early(signal) } })
      assert.equal(result.code, 130)
      assert.equal(result.stdout, '')
      assert.equal(errorOf(result).code, 'ABORTED')
      assert.match(errorOf(result).message, new RegExp(signal))
    }
  })

  it('ends with 0, and says nothing, where an interrupt is how the command ends, also before it is loaded', async () => {
    const env = { NODE_OPTIONS: early('SIGTERM') }
    for (const line of ['serve', 'worker --json', 'watch --follow']) {
      assert.deepEqual(await zkclear(line.split(' '), { env }), { code: 0, stdout: '', stderr: '' }, line)
    }
  })

  it('refuses a build directory that takes no folder, at once', async () => {
    for (const directory of ['/proc/zkclear', '/dev/null/zkclear']) {
      const result = await zkclear(
        ['build', '--circuit', 'margin-sufficiency', '--build-directory', directory, '--json'],
        {
          env: { ZKCLEAR_NATIVE: 'off' },
        },
      )
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, 'OUTPUT_UNWRITABLE')
    }
  })

  it('ends with 2 when the disk takes no more while it builds, and leaves nothing behind', async () => {
    await using folder = await temporaryDirectory()
    // A limit of ten kilobytes for a file stands for the full disk.
    const { code, stderr } = await shell(
      `ulimit -f 20; zkclear build --circuit margin-sufficiency --build-directory "${folder.file('build')}" --json`,
      { ZKCLEAR_NATIVE: 'off' },
    )
    assert.equal(code, 2, stderr)
    assert.equal(JSON.parse(stderr).error.code, 'OUTPUT_UNWRITABLE')
    assert.match(JSON.parse(stderr).error.message, /EFBIG/)
    assert.deepEqual(await readdir(folder.file('build/margin-sufficiency-small')), [])
  })

  it('refuses to replace a device or a pipe by its output', async () => {
    await using folder = await temporaryDirectory()
    const pipe = folder.file('pipe')
    await shell(`mkfifo "${pipe}"`)
    for (const out of ['/dev/null', pipe]) {
      const result = await zkclear(['export', 'margin-sufficiency', '--out', out, '--json'])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).path, out)
      assert.match(errorOf(result).message, /a device, pipe or socket; name a file/)
    }
  })

  it('writes through a link to a file, which stays a link', async () => {
    await using folder = await temporaryDirectory()
    await marginArtifacts()
    await mkdir(folder.file('far'))
    await writeFile(folder.file('far/verifier.sol'), 'old')
    await symlink('far/verifier.sol', folder.file('link.sol'))
    const result = await zkclear(['export', 'margin-sufficiency', '--out', folder.file('link.sol')])
    assert.equal(result.code, 0, result.stderr)
    assert.equal(await readlink(folder.file('link.sol')), 'far/verifier.sol')
    assert.match(await readFile(folder.file('far/verifier.sol'), 'utf8'), /^\/\/ SPDX/)
  })

  it('calls what the system refuses no internal error: a directory where a file is read deep below', async () => {
    await using folder = await temporaryDirectory()
    const options = ['--dir', folder.file('ceremony'), '--ptau', folder.path, '--json']
    const result = await zkclear(['ceremony', 'init', '--circuit', 'margin-sufficiency', ...options])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).code, 'FILE_UNREADABLE')
    assert.match(errorOf(result).message, /EISDIR/)
  })

  it('refuses an empty path, which would be the working directory', async () => {
    const result = await zkclear(['inspect', 'trade-batch', '--build-directory', '', '--json'])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).path, '--build-directory')
  })
})
