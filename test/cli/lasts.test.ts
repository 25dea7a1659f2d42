import assert from 'node:assert/strict'
import { it } from 'node:test'
import { lasts } from '../../cli/lasts.ts'

const LASTING = [
  'serve --standby',
  'worker --venue http://v',
  'oracle serve',
  'backup --out b --follow',
  'watch --follow',
]
const ENDING = [
  '',
  'prove trade-batch',
  'oracle sign',
  'backup --out b',
  'watch',
  'build --follow',
  'token create serve',
]

it('knows which commands go on until they are interrupted', () => {
  const lasting = [...LASTING, ...ENDING].filter((line) => lasts(line.split(' ')))
  assert.deepEqual(lasting, LASTING)
})
