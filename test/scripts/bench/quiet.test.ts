import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { packageRoot } from '../../../circom/paths.ts'
import { BusyMachine, leastShare, probe, QuietWatch, quietText } from '../../../scripts/bench/quiet.ts'

/** Twice as many processes as processors compute until disposed of: nothing else gets half of the machine then. */
function busyMachine(): Disposable {
  const children = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  return {
    [Symbol.dispose]() {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}

describe('the share of the processors that a benchmark gets', () => {
  it('is the least that a probe got, in whole hundredths from below', () => {
    const quiet = { cpuMs: 1199, wallMs: 1200 }
    assert.equal(leastShare([quiet]), 0.99)
    assert.equal(leastShare([quiet, { cpuMs: 899, wallMs: 1000 }, quiet]), 0.89)
    assert.equal(leastShare([{ cpuMs: 1001, wallMs: 1000 }]), 1, 'clocks differ')
  })

  it('is said part by part', () => {
    assert.equal(
      quietText({ backends: 0.97, startup: 0.93, scaling: 0.1 }, ['backends', 'startup']),
      'Before, between and after, what computed on all processors got at least 93 % of them.',
    )
    assert.match(
      quietText({ backends: 0.97, startup: 0.89 }, ['backends', 'startup']),
      /^\*\*The machine was busy\*\*.*: startup \(.* got 89 % of them\)\.$/,
    )
    assert.match(quietText({ startup: 0.9 }, ['backends', 'startup']), /^\*\*Nobody looked.*: backends\. /)
  })
})

describe('on a machine that computes something else', () => {
  it('a probe gets less, and what is to be measured is not begun, unless that is forced', async () => {
    using _ = busyMachine()
    assert.ok(leastShare([await probe()]) < 0.9)
    const never = async () => assert.fail('measured')
    await assert.rejects(new QuietWatch({ force: false }).part({}, 'startup', never), (error: Error) => {
      assert.ok(error instanceof BusyMachine)
      return /busy: .* gets \d+ % of them.*--force/.test(error.message)
    })
    const shares: { startup?: number } = {}
    assert.equal(await new QuietWatch({ force: true }).part(shares, 'startup', async () => 'done'), 'done')
    assert.ok(shares.startup! < 0.9)
  })

  it('npm run bench ends with 1 and writes nothing', async () => {
    using _ = busyMachine()
    const root = packageRoot()
    const documents = () =>
      Promise.all(['measurements.json', 'benchmarks.md'].map((name) => readFile(join(root, 'docs', name), 'utf8')))
    const before = await documents()
    const child = spawn(process.execPath, [join(root, 'scripts', 'bench.ts'), '--startup'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [printed] = await Promise.all([text(child.stderr), once(child, 'close')])
    assert.equal(child.exitCode, 1)
    assert.match(printed, /this machine is busy.*This part was not written/)
    assert.deepEqual(await documents(), before)
  })
})
