import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { checkFileSimplification } from '../../audit/simplification.ts'
import { CONSISTENT, CONTRADICTION, SUM_CONTRADICTION } from '../support/contradictions.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function check(source: string, options = {}) {
  await using folder = await temporaryDirectory()
  await writeFile(folder.file('circuit.circom'), source)
  return await checkFileSimplification(folder.file('circuit.circom'), options)
}

describe('what the compiler simplifies', () => {
  it('is found out where it drops constraints that contradict each other', async () => {
    const checks = await check(CONTRADICTION)
    assert.deepEqual(
      checks.map(({ level, equivalent, constraints }) => [level, equivalent, constraints.full, constraints.simplified]),
      [
        ['O1', false, 3, 1],
        ['O2', false, 3, 0],
      ],
    )
    for (const { restricting } of checks) {
      assert.ok(restricting.count > 0)
      assert.ok(restricting.first.some(({ signals }) => signals.includes('main.x')))
    }
    // -O1 leaves sums as they are.
    const sums = await check(SUM_CONTRADICTION)
    assert.deepEqual(
      sums.map(({ equivalent }) => equivalent),
      [true, false],
    )
  })

  it('is equivalent where nothing was lost, with progress that grows', async () => {
    const fractions: number[] = []
    const onProgress = ({ fraction }: { fraction: number }) => fractions.push(fraction)
    for (const { equivalent } of await check(CONSISTENT, { onProgress })) assert.equal(equivalent, true)
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    )
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction <= 1))
  })

  it('is not compared after an abort, and not for a file that does not compile', async () => {
    await assert.rejects(check(CONSISTENT, { signal: AbortSignal.abort() }), { code: 'ABORTED' })
    await assert.rejects(check('template {'), { code: 'INPUT_INVALID' })
  })
})
