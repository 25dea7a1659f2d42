import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { packageRoot } from '../../circom/paths.ts'
import { installedSource } from '../../settlement/compile-cache.ts'

const IMPORT = '@openzeppelin/contracts/token/ERC20/IERC20.sol'
const { version } = createRequire(import.meta.url)('solc/package.json') as { version: string }
const CONTRACTS = { Some: { abi: [], bytecode: '0x00' } }

type Module = typeof import('../../settlement/compile-cache.ts')

/** The module as a process that has compiled nothing yet has it. */
const another = (): Promise<Module> =>
  import(`${new URL('../../settlement/compile-cache.ts', import.meta.url).href}?${randomUUID()}`)

describe('what was compiled', () => {
  let input: string
  let file: string
  let compiled: number
  beforeEach(() => {
    input = randomUUID()
    file = join(packageRoot(), 'cache', 'contracts', `${sha256(`${version}\n${input}`)}.json`)
    compiled = 0
  })
  afterEach(() => rm(file, { force: true }))

  const compile = () => {
    compiled++
    return { contracts: CONTRACTS, imports: new Map([[IMPORT, installedSource(IMPORT)]]) }
  }
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const contractsOf = async ({ compiledOnce }: Module, believed = true) => {
    assert.deepEqual(await compiledOnce(input, { believed }, compile), CONTRACTS)
    return compiled
  }

  it('is not compiled again, by the process that did and by others', async () => {
    const own = await another()
    assert.equal(await contractsOf(own), 1)
    assert.equal(await contractsOf(own, false), 1)
    assert.equal(await contractsOf(await another()), 1)
  })

  it('is compiled again by who believes no other process', async () => {
    await contractsOf(await another())
    assert.equal(await contractsOf(await another(), false), 2)
  })

  it('is compiled again if what is kept of it is cut off, empty or something else, and then kept whole', async () => {
    await contractsOf(await another())
    const text = await readFile(file, 'utf8')
    for (const [i, other] of [text.slice(0, -1), '', 'null', '{}', '{"imports":{}}'].entries()) {
      await writeFile(file, other)
      assert.equal(await contractsOf(await another()), i + 2, other)
      assert.equal(await readFile(file, 'utf8'), text)
    }
  })

  it('is compiled again if a source that it imported from a package has changed, or is gone', async () => {
    await contractsOf(await another())
    const text = await readFile(file, 'utf8')
    for (const [from, to] of [
      [sha256(installedSource(IMPORT)), sha256('another')],
      ['IERC20', 'IERC2020'],
    ]) {
      await writeFile(file, text.replace(from!, to!))
      compiled = 0
      assert.equal(await contractsOf(await another()), 1, to)
    }
  })
})
