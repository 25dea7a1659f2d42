import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../../../circom/paths.ts'
import { SOLC_SETTINGS } from '../../../settlement/solc-settings.ts'

const require = createRequire(import.meta.url)

/** A change that would be a fault: in the source at this path, some text that stands there once, and what stands in its place. */
export interface SourceChange {
  readonly path: string
  readonly text: string
  readonly by: string
}

/** Creation code and interface of a contract of the source at `path`, of sources of which one is changed. */
export function compileChanged(path: string, name: string, change: SourceChange) {
  const sourceOf = (path: string) => {
    const source = readFileSync(join(packageRoot(), path), 'utf8')
    if (path !== change.path) return source
    assert.equal(source.split(change.text).length, 2, `${change.text} stands once in ${path}`)
    return source.replace(change.text, change.by)
  }
  const settings = { ...SOLC_SETTINGS, outputSelection: { [path]: { [name]: ['abi', 'evm.bytecode.object'] } } }
  const input = { language: 'Solidity', sources: { [path]: { content: sourceOf(path) } }, settings }
  const solc = require('solc')
  const found = (path: string) => ({ contents: sourceOf(path) })
  const { contracts, errors } = JSON.parse(solc.compile(JSON.stringify(input), { import: found }))
  const contract = contracts?.[path]?.[name]
  assert.ok(contract, JSON.stringify(errors))
  return { abi: contract.abi as object[], bytecode: `0x${contract.evm.bytecode.object}` }
}
