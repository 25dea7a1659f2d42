import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nativeBuilder } from '../../support/native-addon.ts'

test('only x86-64 gets code for x86-64; every other architecture gets the portable path alone', async () => {
  const { levelsOf, units } = await nativeBuilder()
  assert.deepEqual(levelsOf('x64'), ['ifma', 'adx', 'portable'])
  for (const architecture of ['arm64', 'riscv64', 'ia32']) assert.deepEqual(levelsOf(architecture), ['portable'])
  const flags = units('portable').flatMap((unit) => unit.flags)
  assert.deepEqual([...new Set(flags)], ['-DZK_PATH=portable'])
  assert.ok(units('ifma').some((unit) => unit.flags.includes('-mavx512ifma')))
})
