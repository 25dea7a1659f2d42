import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JsonRpcProvider, Wallet } from 'ethers'
import { network } from 'hardhat'
import { describe, it } from 'mocha'
import { answerOf } from '../../settlement/answer.ts'
import { connect } from '../../settlement/connect.ts'
import { deploy } from '../../settlement/deploy.ts'
import { deployedKeys } from '../support/contracts/dev-keys.ts'
import { termsOf } from '../support/contracts/venue.ts'

/** The key of the second account that every Hardhat chain is born with. */
const PRIVATE_KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('connect', () => {
  it('deploys over JSON-RPC from the account of a private key, or from the first account of the node', async () => {
    const chain = await network.createServer(undefined, '127.0.0.1', 0)
    try {
      const { address, port } = await chain.listen()
      for (const privateKey of [PRIVATE_KEY, undefined]) {
        using connection = await connect({ rpcUrl: `http://${address}:${port}`, privateKey })
        const { signer, chainId } = connection
        assert.equal(chainId, 31337n)
        if (privateKey !== undefined) assert.equal(await signer.getAddress(), new Wallet(privateKey).address)
        const own = await signer.getAddress()
        const terms = termsOf({ governor: own, operator: own, house: own })
        const { contracts } = await deploy({ signer, keys: deployedKeys, terms })
        assert.notEqual(await signer.provider!.getCode(contracts.MarginGate.address), '0x')
      }
    } finally {
      await chain.close()
    }
  })

  it('is not waited for once the node is gone', async () => {
    const chain = await network.createServer(undefined, '127.0.0.1', 0)
    const { address, port } = await chain.listen()
    using connection = await connect({ rpcUrl: `http://${address}:${port}` })
    const { signer } = connection
    const provider = signer.provider as JsonRpcProvider
    await provider.send('evm_setAutomine', [false])
    const response = await signer.sendTransaction({ to: await signer.getAddress() })
    await chain.close()
    const waiting = answerOf(response.wait(), provider, undefined, { mostMs: 200, intervalMs: 50 })
    await assert.rejects(waiting, { code: 'ECONNREFUSED' })
  })

  it('says that nobody answers, without waiting', async () => {
    const server = createServer()
    const rpcUrl = await listen(server)
    server.close()
    await assert.rejects(connect({ rpcUrl }), { name: 'ZkclearError', code: 'CHAIN_UNREACHABLE' })
  })

  it('says that what answers is not a node, without repeating a path that may be an access key', async () => {
    const server = createServer((_request, response) => response.end('<html></html>'))
    try {
      const rpcUrl = `${await listen(server)}secret-access-key`
      await assert.rejects(connect({ rpcUrl }), (error: { code: string; message: string }) => {
        assert.equal(error.code, 'CHAIN_UNREACHABLE')
        assert.doesNotMatch(error.message, /secret/)
        return true
      })
    } finally {
      server.close()
    }
  })

  it('refuses addresses that are not http(s)', async () => {
    for (const rpcUrl of ['', '127.0.0.1:8545', 'ftp://127.0.0.1', 'file:///etc/hosts']) {
      await assert.rejects(connect({ rpcUrl }), { code: 'INPUT_INVALID', path: 'rpcUrl' })
    }
  })

  it('refuses a malformed private key without repeating it', async () => {
    const chain = await network.createServer(undefined, '127.0.0.1', 0)
    try {
      const { address, port } = await chain.listen()
      for (const privateKey of ['', PRIVATE_KEY.slice(0, -1), `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`]) {
        const refused = connect({ rpcUrl: `http://${address}:${port}`, privateKey })
        await assert.rejects(refused, (error: { code: string; path: string; message: string }) => {
          assert.deepEqual([error.code, error.path], ['INPUT_INVALID', 'privateKey'])
          assert.ok(privateKey === '' || !error.message.includes(privateKey))
          return true
        })
      }
    } finally {
      await chain.close()
    }
  })
})
