import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { network } from 'hardhat'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { venueShape } from '../../protocol/shape.ts'
import { genesisState, stateRoot } from '../../protocol/state.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { nodeStub } from '../support/node-stub.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { writeVenue } from '../support/venue-folder.ts'

const PUBLISHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const DEPLOY = ['deploy', '--json', '--risk-publisher', PUBLISHER, '--genesis-root']
/** The key of an account that every Hardhat chain is born with; and of one that has nothing there. */
const RICH = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
const POOR = `0x${'11'.repeat(32)}`

describe('zkclear deploy', () => {
  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  })

  it('deploys to a local chain, from the unlocked account or from a key in a file or the environment', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('key.txt'), `${RICH}\n`)
    const { genesis } = await writeVenue(folder.file('venue'))
    const root = String(stateRoot(genesisState(genesis, venueShape('small'))))
    const chain = await network.createServer(undefined, '127.0.0.1', 0)
    try {
      const { address, port } = await chain.listen()
      const rpc = ['--rpc', `http://${address}:${port}`]
      const results = [
        await zkclear([...DEPLOY, root, ...rpc]),
        await zkclear([...DEPLOY, root, ...rpc, '--private-key-file', folder.file('key.txt')]),
        await zkclear([...DEPLOY.slice(0, -1), '--genesis', folder.file('venue/genesis.json'), ...rpc], {
          env: { ZKCLEAR_PRIVATE_KEY: RICH },
        }),
      ]
      for (const result of results) {
        assert.equal(result.stderr, '')
        assert.equal(result.code, 0)
        const document = documentOf(result)
        const { Settlement } = document.contracts as Record<string, { address: string }>
        assert.equal(document.chainId, '31337')
        assert.equal(document.genesisRoot, root)
        assert.equal(document.domain, String(settlementDomain(31337n, Settlement!.address)))
      }
      const poor = await zkclear([...DEPLOY, '1234', ...rpc], { env: { ZKCLEAR_PRIVATE_KEY: POOR } })
      assert.equal(poor.code, 1)
      assert.equal(errorOf(poor).code, 'TRANSACTION_FAILED')
      assert.ok(!poor.stderr.includes(POOR.slice(2)))
    } finally {
      await chain.close()
    }
  })

  it('refuses dev keys on any other chain, and sends nothing', async () => {
    await using node = await nodeStub(11155111)
    const result = await zkclear([...DEPLOY, '1234', '--rpc', node.url])
    assert.equal(result.code, 2)
    assert.equal(result.stdout, '')
    assert.equal(errorOf(result).code, 'CHAIN_REFUSED')
    assert.match(errorOf(result).message, /chain 11155111 .* local chain \(31337 and 1337\)/)
    assert.deepEqual(new Set(node.asked), new Set(['eth_chainId', 'eth_accounts']))
  })

  it('says that no node answers', async () => {
    const unused = await nodeStub(1)
    await unused[Symbol.asyncDispose]()
    const result = await zkclear([...DEPLOY, '1234', '--rpc', unused.url])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).code, 'CHAIN_UNREACHABLE')
  })

  it('refuses malformed roots, addresses and keys, without repeating a key', async () => {
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
    for (const root of [`${FIELD}`, '0', '-1'])
      await refuses([...DEPLOY.slice(0, -1), `--genesis-root=${root}`, ...rpc], '--genesis-root')
    await refuses([...DEPLOY.slice(0, -1), ...rpc], '--genesis')
    await refuses([...DEPLOY, '1', ...rpc, '--genesis', folder.file('genesis.json')], '--genesis')
    for (const publisher of ['0x1234', PUBLISHER.slice(2), PUBLISHER.replace('C5', 'c5'), `0x${'00'.repeat(20)}`]) {
      await refuses([...DEPLOY, '1', ...rpc, '--risk-publisher', publisher], '--risk-publisher')
    }
    await refuses([...DEPLOY, '1', ...rpc, '--margin-ratio-bps', '9999'], '--margin-ratio-bps')
    await refuses([...DEPLOY, '1', ...rpc, '--private-key-file', folder.file('key.txt')], 'privateKey')
    await refuses([...DEPLOY, '1', '--rpc', 'ftp://127.0.0.1'], 'rpcUrl')
  })

  it('ends with 3 when nothing was built', async () => {
    await using folder = await temporaryDirectory()
    await using node = await nodeStub(31337)
    const result = await zkclear([...DEPLOY, '1', '--rpc', node.url, '--build-directory', folder.path])
    assert.equal(result.code, 3)
    assert.equal(errorOf(result).code, 'ARTIFACT_MISSING')
  })
})
