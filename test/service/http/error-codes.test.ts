import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { it } from 'node:test'

const REFUSAL = /new Refusal\(\s*(\d{3}),\s*'([A-Z_]+)'/g

const sources = globSync('service/**/*.ts', { exclude: ['service/node_modules/**'] }).map((file) => {
  return readFileSync(file, 'utf8')
})
const [, , list = ''] = readFileSync('docs/service.md', 'utf8').split(/^(\*\*Errors\*\* have the status.*)$/m)
const rows = list
  .trimStart()
  .split(/\n(?!\|)/)[0]!
  .split('\n')
  .slice(2)
  .map((row) => {
    const [, statuses = '', codes = ''] = row.split('|')
    return { statuses: statuses.match(/\d{3}/g)!, codes: codes.match(/[A-Z]+(_[A-Z]+)*(?=[,; ])/g)! }
  })

it('every code that a route refuses by stands in docs/service.md, under its status', () => {
  const refusals = sources.flatMap((text) => [...text.matchAll(REFUSAL)].map(([, status, code]) => `${status} ${code}`))
  assert.ok(refusals.length > 30)
  const told = new Set(
    rows.flatMap(({ statuses, codes }) => statuses.flatMap((one) => codes.map((code) => `${one} ${code}`))),
  )
  assert.deepEqual(
    [...new Set(refusals)].filter((refusal) => !told.has(refusal)),
    [],
  )
})

it('every code that docs/service.md has is one of the service', () => {
  const unknown = rows
    .flatMap(({ codes }) => codes)
    .filter((code) => !sources.some((text) => new RegExp(`\\b${code}\\b`).test(text)))
  assert.deepEqual(unknown, [])
})
