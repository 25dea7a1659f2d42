import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { type AuditReport, audit } from '../../audit/audit.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { cachedResult, keepResult } from '../../cli/audit-cache.ts'
import { smallSystem } from '../support/small-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const { r1cs } = smallSystem({ outputs: ['q'], inputs: ['n', 'd'], constraints: ['q * d = n'] })
const report = await audit({ r1cs, symbols: parseSymbols('') })

/** A cache with one result, and the one file that shows its finding. */
async function kept(changes: Partial<AuditReport> = {}) {
  const folder = await temporaryDirectory()
  const [cache, witness] = [folder.file('cache.json'), folder.file('wire 1.first.wtns')]
  await writeFile(witness, 'of this circuit')
  await keepResult(cache, 'key', { report: { ...report, ...changes }, files: { 'FORGED wire 1': [witness] } })
  return {
    witness,
    isKept: async (key = 'key') => (await cachedResult(cache, key)) !== undefined,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

describe('the result of an audit', () => {
  it('is kept under its key', async () => {
    await using folder = await kept()
    assert.ok(await folder.isKept())
    assert.ok(!(await folder.isKept('other')))
  })

  it('is not kept if the audit stopped, or a search of it ran out of time', async () => {
    for (const changes of [{ stopped: 'time' }, { stopped: 'memory' }, { ranOutOfTime: true }] as const) {
      await using folder = await kept(changes)
      assert.ok(!(await folder.isKept()), JSON.stringify(changes))
    }
  })

  it('is taken only as long as the files that show its findings are those that were written', async () => {
    await using folder = await kept()
    await writeFile(folder.witness, 'of another one!')
    assert.ok(!(await folder.isKept()))
    await writeFile(folder.witness, 'of this circuit')
    assert.ok(await folder.isKept())
    await rm(folder.witness)
    assert.ok(!(await folder.isKept()))
  })
})
