import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import { network } from 'hardhat'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { encodeRiskParameters, sampleRiskParameters } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { nodeStub } from '../support/node-stub.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TERMS = new URL('../../samples/terms.json', import.meta.url).pathname
const DEPLOY = ['deploy', '--json', '--terms']
/** The key of an account that every Hardhat chain is born with; and of one that has nothing there. */
const RICH = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
const POOR = `0x${'11'.repeat(32)}`

describe('zkclear deploy', () => {
  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  })

  it('deploys to a local chain, from the unlocked account or from a key in a file, and not from one that has nothing', async () => {
    await using folder = await temporaryDirectory()
    // As many tools write it, without 0x.
    await writeFile(folder.file('key.txt'), `${RICH.slice(2)}\n`)
    const root = String(stateRoot(emptyState(venueShape('small'))))
    const chain = await network.createServer(undefined, '127.0.0.1', 0)
    try {
      const { address, port } = await chain.listen()
      const rpc = ['--rpc', `http://${address}:${port}`]
      // A guardian who may pause for two days may pause again four days later.
      const { parameters, ...sample } = sampleRiskParameters(1_750_000_000n)
      const slow = encodeRiskParameters({ ...sample, parameters: { ...parameters, grace: 4n * 86_400n } })
      await writeFile(folder.file('slow.json'), JSON.stringify(slow))
      const terms = { ...JSON.parse(await readFile(TERMS, 'utf8')), riskParameters: 'slow.json' }
      await writeFile(folder.file('terms.json'), JSON.stringify(terms))
      const results = [
        await zkclear([...DEPLOY, TERMS, ...rpc]),
        await zkclear([...DEPLOY, folder.file('terms.json'), ...rpc, '--private-key-file', folder.file('key.txt')]),
      ]
      const [none, [doubt]] = results.map((result) => documentOf(result).doubts as string[]) as [string[], string[]]
      assert.deepEqual(none, [])
      assert.match(doubt!, /^grace: the guardian may pause again 345600 s after a pause/)
      for (const result of results) {
        assert.equal(result.stderr, '')
        assert.equal(result.code, 0)
        const document = documentOf(result)
        const { Settlement } = document.contracts as Record<string, { address: string }>
        assert.equal(document.chainId, '31337')
        assert.equal(document.genesisRoot, root)
        assert.equal(document.domain, String(settlementDomain(31337n, Settlement!.address)))
      }
      const poor = await zkclear([...DEPLOY, TERMS, ...rpc], { env: { ZKCLEAR_PRIVATE_KEY: POOR } })
      assert.equal(poor.code, 1)
      assert.equal(errorOf(poor).code, 'TRANSACTION_FAILED')
      assert.ok(!poor.stderr.includes(POOR.slice(2)))
    } finally {
      await chain.close()
    }
  })

  it('refuses dev keys on any other chain, and sends nothing', async () => {
    await using folder = await temporaryDirectory()
    await using node = await nodeStub(11155111)
    const result = await zkclear([...DEPLOY, await namedTokens(folder), '--rpc', node.url])
    assert.equal(result.code, 2)
    assert.equal(result.stdout, '')
    assert.equal(errorOf(result).code, 'CHAIN_REFUSED')
    assert.match(errorOf(result).message, /chain 11155111 .* local chain \(31337 and 1337\)/)
    assert.deepEqual(new Set(node.asked), new Set(['eth_chainId', 'eth_accounts']))
  })

  it('says that no node answers', async () => {
    const unused = await nodeStub(1)
    await unused[Symbol.asyncDispose]()
    const result = await zkclear([...DEPLOY, TERMS, '--rpc', unused.url])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).code, 'CHAIN_UNREACHABLE')
  })

  it('refuses play tokens on any other chain', async () => {
    await using node = await nodeStub(11155111)
    const result = await zkclear([...DEPLOY, TERMS, '--rpc', node.url])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).code, 'CHAIN_REFUSED')
    assert.match(errorOf(result).message, /play tokens/)
  })

  it('refuses malformed terms and keys, without repeating a key', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('key.txt'), '0xdeadbeef')
    await using node = await nodeStub(31337)
    const rpc = ['--rpc', node.url]
    const refuses = async (args: readonly string[], path: string) => {
      const result = await zkclear(args)
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, 'INPUT_INVALID')
      assert.equal(errorOf(result).path, path)
      assert.doesNotMatch(result.stderr, /deadbeef/)
    }
    const terms = await sampleTerms()
    const { house } = terms
    for (const [changes, path] of [
      [{ version: 2 }, 'terms.version'],
      [{ owner: house.owner }, 'terms'],
      [{ governor: '0x1234' }, 'terms.governor'],
      [{ operator: house.owner.replace('6e51', '6E51') }, 'terms.operator'],
      [{ house: { ...house, viewCommitment: '-1' } }, 'terms.house.viewCommitment'],
      [{ assets: terms.assets.slice(1) }, 'terms.assets'],
      [{ assets: [{ ...terms.assets[0], lotScale: 7 }, terms.assets[1]] }, 'terms.assets[0].lotScale'],
      [{ periods: { forcePeriod: '86399' } }, 'terms.periods.forcePeriod'],
      [{ periods: { upgradeDelay: '100' } }, 'terms.periods.upgradeDelay'],
      [{ genesisRoot: '1234' }, 'terms.genesisRoot'],
      [{ riskParameters: 5 }, 'terms.riskParameters'],
    ] as const) {
      const file = folder.file('terms.json')
      await writeFile(file, JSON.stringify({ ...terms, ...changes }))
      await refuses([...DEPLOY, file, ...rpc], path)
    }
    await refuses([...DEPLOY, TERMS, ...rpc, '--private-key-file', folder.file('key.txt')], folder.file('key.txt'))
    await writeFile(folder.file('zero.txt'), '0'.repeat(64))
    await refuses([...DEPLOY, TERMS, ...rpc, '--private-key-file', folder.file('zero.txt')], folder.file('zero.txt'))
    await refuses([...DEPLOY, TERMS, '--rpc', 'ftp://127.0.0.1'], 'rpcUrl')
  })

  it('ends with 3 when nothing was built, and names all that is missing, with one command', async () => {
    await using folder = await temporaryDirectory()
    await using node = await nodeStub(31337)
    const result = await zkclear([...DEPLOY, TERMS, '--rpc', node.url, '--build-directory', folder.path])
    assert.equal(result.code, 3)
    const { code, message } = errorOf(result)
    assert.equal(code, 'ARTIFACT_MISSING')
    const names = DEPLOYED_CIRCUITS.map(({ name }) => name)
    assert.ok(message.startsWith(`${names.join(', ')} (small) are not built`), message)
    assert.ok(
      message.includes(`"zkclear build --circuit ${names.join(' ')} --build-directory ${folder.path}"`),
      message,
    )
  })
})

/** The terms in samples/, with the file of risk parameters named from anywhere. */
async function sampleTerms() {
  const terms = JSON.parse(await readFile(TERMS, 'utf8'))
  return { ...terms, riskParameters: join(dirname(TERMS), terms.riskParameters) }
}

/** The sample's terms with addresses of tokens, whether these are there or not. */
async function namedTokens(folder: { file(name: string): string }): Promise<string> {
  const terms = await sampleTerms()
  const assets = terms.assets.map((asset: object) => ({ ...asset, token: terms.governor }))
  await writeFile(folder.file('terms.json'), JSON.stringify({ ...terms, assets }))
  return folder.file('terms.json')
}
