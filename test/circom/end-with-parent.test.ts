import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { compileCircuit } from '../../circom/compile.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const CHILD = fileURLToPath(new URL('../support/orphan-child.ts', import.meta.url))

/** The compiler never comes to the end of this function. */
const ENDLESS = `pragma circom 2.2.3;
function count() {
  var n = 0;
  while (n >= 0) n = (n + 1) % 2;
  return n;
}
template Endless() {
  signal input x;
  x === count();
}
`

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a compiler whose parent is killed', { timeout: 300_000 }, () => {
  it('ends, however busy it is', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('endless.circom'), ENDLESS)
    const child = spawn(process.execPath, [CHILD, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')])
    assert.equal(child.signalCode, 'SIGKILL')
    const compilers = printed.trim().split(' ').map(Number)
    assert.equal(compilers.length, 1)
    while (isRunning(compilers[0]!)) await setTimeout(200)
  })
})

describe('a compiler that somebody else ends', () => {
  it('is ABORTED, and says by what it was ended', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('endless.circom'), ENDLESS)
    const compiling = compileCircuit({
      definition: {
        ...{ name: 'endless', template: 'Endless', source: 'endless.circom' },
        ...{ publicSignals: ['x'], templateArguments: () => [] },
      },
      ...{ profile: 'small', directory: folder.file('out'), sourceRoots: [folder.path] },
      onProgress: () => setImmediate(endChildren),
    })
    await assert.rejects(compiling, { code: 'ABORTED', message: /^circom was ended by SIGKILL .*memory/ })
  })
})

function endChildren(): void {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ')) process.kill(Number(pid), 'SIGKILL')
}
