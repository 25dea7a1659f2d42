import assert from 'node:assert/strict'
import { it } from 'node:test'
import { tellFailures } from '../../../service/serve/tell-failures.ts'

it('of requests that fail one is told in a second, with how many others failed', () => {
  const lines: string[] = []
  let clock = 0
  const tell = tellFailures(
    (line) => lines.push(line),
    () => clock,
  )
  for (const name of ['one', 'two', 'three']) tell(new Error(name))
  clock = 1_000
  tell(new Error('four'))
  clock = 2_000
  tell(new Error('five'))
  assert.deepEqual(lines, [
    'a request failed: one',
    'a request failed: four, and 2 others since the last one that was told',
    'a request failed: five',
  ])
})
