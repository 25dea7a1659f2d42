import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openProgress } from '../../cli/progress.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { screenOf } from '../support/terminal-screen.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** The clock of `performance` runs a hundred times as fast: whatever takes 3 ms takes long enough for a bar. */
const FAST_CLOCK = 'data:text/javascript,const%20now=performance.now.bind(performance);performance.now=()=>100*now()'

const SUM = `pragma circom 2.2.3;
  template Sum() { signal input a; signal input b; signal output sum <== a + b; }`

/** Runs `zkclear audit` with standard output, standard error or both on a pseudo-terminal, which util-linux's script makes. */
async function onTerminal(redirection: '' | '> rest' | '2> rest', circuit = SUM) {
  await using folder = await temporaryDirectory()
  await writeFile(folder.file('sum.circom'), circuit)
  const command = `'${process.execPath}' '${MAIN}' audit sum.circom --template Sum --timeout 86400 ${redirection}`
  const { FORCE_COLOR: _, ...own } = process.env
  const env = { ...own, NODE_OPTIONS: `--import "${FAST_CLOCK}"`, SHELL: '/bin/sh' }
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    ...{ cwd: folder.path, env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  assert.equal(error, '')
  const rest = redirection === '' ? '' : await readFile(folder.file('rest'), 'utf8')
  return { code: child.exitCode, screen: screenOf(output), rest }
}

const BAR = /^[█░]+ \d+ % \| .+ \| compile$/

describe('progress on a terminal', () => {
  it('is shown on standard error, and gone in the end', async () => {
    const { code, screen, rest } = await onTerminal('> rest')
    assert.equal(code, 0)
    assert.ok([...screen.seen].some((line) => BAR.test(line)))
    assert.deepEqual([screen.lines, screen.isCursorShown], [[], true])
    assert.match(rest, /PROVEN/)
    assert.ok(!/[█░]/.test(rest) && !rest.includes('\x1b'))
  })

  it('leaves the report alone where both are on the terminal', async () => {
    const { code, screen } = await onTerminal('')
    assert.equal(code, 0)
    assert.ok([...screen.seen].some((line) => BAR.test(line)))
    assert.ok(screen.lines.some((line) => /PROVEN/.test(line)))
    assert.ok(screen.lines.every((line) => !/[█░]/.test(line)))
  })

  it('is gone before an error is told', async () => {
    const { code, screen } = await onTerminal('> rest', SUM.replace('a + b', 'a + c'))
    assert.equal(code, 2)
    assert.ok([...screen.seen].some((line) => BAR.test(line)))
    assert.match(screen.lines[0]!, /^zkclear: /)
    assert.ok(screen.isCursorShown && screen.lines.every((line) => !/[█░]/.test(line)))
  })

  it('shows a stage that begins at once and lasts', async (t) => {
    const drawn = Promise.withResolvers<void>()
    t.mock.method(process.stderr, 'write', (text: string) => {
      if (text.includes('load the service')) drawn.resolve()
      return true
    })
    const { isTTY } = process.stderr
    process.stderr.isTTY = true
    try {
      const progress = await openProgress(true)
      progress.show({ stage: 'load the service', fraction: 0 })
      await drawn.promise
      progress.end()
    } finally {
      process.stderr.isTTY = isTTY
    }
  })

  it('is not written where standard error is no terminal, though standard output is one', async () => {
    const { code, screen, rest } = await onTerminal('2> rest')
    assert.deepEqual([code, rest], [0, ''])
    assert.ok([...screen.seen].every((line) => !/[█░]/.test(line)))
  })
})
