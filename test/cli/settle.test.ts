import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import type { JsonRpcProvider } from 'ethers'
import { network } from 'hardhat'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { jsonText } from '../../cli/json-text.ts'
import { proofDocument } from '../../cli/proof-file.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { venueShape } from '../../protocol/shape.ts'
import { genesisState, stateRoot } from '../../protocol/state.ts'
import {
  connect,
  DEPLOYED_CIRCUITS,
  deploy,
  postRiskTable,
  readSettlement,
  readVerifierKey,
} from '../../settlement/index.ts'
import { type CliOptions, documentOf, errorOf, zkclear } from '../support/cli.ts'
import { nodeStub } from '../support/node-stub.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { AS_OF, writeVenue } from '../support/venue-folder.ts'

/** The key of the second account that every Hardhat chain is born with, which publishes no risk table. */
const STRANGER = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
const ADDRESS = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

/** A chain in its own server at the venue's time, with the contracts of a venue and its risk table. */
async function startVenue(folder: string) {
  const { genesis, riskTable } = await writeVenue(folder)
  const override = { initialDate: new Date(Number(AS_OF + 10n) * 1000), allowBlocksWithSameTimestamp: true }
  const server = await network.createServer({ override }, '127.0.0.1', 0)
  const { address, port } = await server.listen()
  const rpcUrl = `http://${address}:${port}`
  using connection = await connect({ rpcUrl })
  const { signer } = connection
  const keys = await Promise.all(
    DEPLOYED_CIRCUITS.map(async (circuit) => readVerifierKey(await loadArtifacts(circuit, 'small'))),
  )
  const genesisRoot = stateRoot(genesisState(genesis, venueShape('small')))
  const { contracts } = await deploy({ signer, keys, genesisRoot, riskPublisher: await signer.getAddress() })
  const settlement = contracts.Settlement.address
  await postRiskTable({ signer, settlement, table: riskTable })
  return {
    rpcUrl,
    settlement,
    async status() {
      using connection = await connect({ rpcUrl })
      return await readSettlement({ signer: connection.signer, settlement })
    },
    /** Asks the node for what only development nodes do. */
    async ask(method: string, ...values: unknown[]) {
      using connection = await connect({ rpcUrl })
      return await (connection.signer.provider as JsonRpcProvider).send(method, values)
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

describe('zkclear settle', () => {
  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  })

  it('settles what simulate and prove wrote, batch after batch; says of other ones where they stand, and what was sent if interrupted', async () => {
    await using folder = await temporaryDirectory()
    await using venue = await startVenue(folder.file('venue'))
    const { rpcUrl, settlement, status, ask } = venue
    await writeFile(folder.file('key.txt'), `${STRANGER}\n`)
    const files = ['flow.csv', 'genesis.json', 'risk.json'].map((name) => folder.file(`venue/${name}`))
    const where = ['--chain-id', '31337', '--settlement', settlement, '--out', folder.file('run')]
    const options = ['--flow', files[0]!, '--genesis', files[1]!, '--risk', files[2]!]
    const run = await zkclear(['simulate', '--json', ...options, ...where])
    assert.equal(run.code, 0, run.stderr)
    const [first, second] = ['000001', '000002'].map((name) => folder.file(`run/batches/${name}.json`))
    const proving = ['prove', 'trade-batch', '--json', '--input', first!, second!, '--out', folder.file('proofs')]
    assert.equal((await zkclear(proving)).code, 0)
    const settle = (
      name: string,
      { args = [], interrupt }: { args?: string[]; interrupt?: CliOptions['interrupt'] } = {},
    ) =>
      zkclear(
        [
          ...['settle', '--proof', folder.file(`proofs/${name}.proof.json`)],
          ...['--rpc', rpcUrl, '--settlement', settlement, ...args],
        ],
        { env: { ZKCLEAR_PRIVATE_KEY: '' }, ...(interrupt && { interrupt }) },
      )

    const early = await settle('000002', { args: ['--json'] })
    assert.equal(early.code, 1)
    assert.equal(errorOf(early).code, 'CONTRACT_REFUSED')
    assert.equal(errorOf(early).details!.standing, 'unknown')
    assert.equal((await status()).batchCount, 0n)

    const result = await settle('000001', { args: ['--json', '--private-key-file', folder.file('key.txt')] })
    assert.equal(result.code, 0, result.stderr)
    assert.equal(result.stderr, '')
    const after = await status()
    const { transactionHash, gasUsed, ...document } = documentOf(result)
    assert.match(String(transactionHash), /^0x[0-9a-f]{64}$/)
    assert.ok(Number(gasUsed) > 200_000)
    const { statement } = (await readJson(folder.file('proofs/000001.proof.json'))) as {
      statement: Record<string, string>
    }
    assert.deepEqual(document, {
      circuit: 'trade-batch',
      settlement,
      chainId: '31337',
      batch: '1',
      kind: 0,
      blockNumber: after.blockNumber,
      oldStateRoot: statement.oldStateRoot,
      newStateRoot: String(after.stateRoot),
      timestamp: String(AS_OF + 10n),
    })

    const again = await settle('000001', { args: ['--json'] })
    assert.equal(again.code, 1)
    assert.equal(errorOf(again).details!.standing, 'settled')
    assert.match(errorOf(again).message, /settled already/)

    const snapshot = await ask('evm_snapshot')
    await ask('evm_setAutomine', false)
    const waiting = { on: 'wait for its block', signal: 'SIGINT' as const }
    const stopped = await settle('000002', { args: ['--verbose'], interrupt: waiting })
    assert.equal(stopped.code, 130, stopped.stderr)
    const [hash] = /0x[0-9a-f]{64}(?=, which may still be included)/.exec(stopped.stderr) ?? []
    await ask('evm_mine')
    assert.equal((await ask('eth_getTransactionReceipt', hash)).status, '0x1')
    assert.equal((await status()).batchCount, 2n)
    await ask('evm_setAutomine', true)
    await ask('evm_revert', snapshot)

    const text = await settle('000002')
    assert.equal(text.code, 0, text.stderr)
    const { stateRoot: root, batchCount, blockNumber } = await status()
    assert.equal(batchCount, 2n)
    assert.match(text.stdout, new RegExp(`│ 2 .* trade-batch .* 0x[0-9a-f]{64} .* ${blockNumber} `))
    assert.match(text.stdout, new RegExp(`state root ${root} on chain 31337`))
  })

  /** A proof file of the example of a circuit, whose proof is what the caller makes of it. */
  async function writeProof(path: string, circuit: 'trade-batch' | 'margin-sufficiency', changes: object = {}) {
    const { statement } = requireCircuit(circuit).example('small')
    const proof = { a: [1n, 2n], b: G2, c: [1n, 2n] } as never
    const document = proofDocument({ circuit, proof, statement } as never, 'small')
    await writeFile(path, jsonText({ ...document, ...changes }))
    return ['settle', '--json', '--proof', path, '--settlement', ADDRESS]
  }

  it('asks no node about a false proof, and none about a proof that moves no state', async () => {
    await using folder = await temporaryDirectory()
    await using node = await nodeStub(31337)
    const rpc = ['--rpc', node.url]
    const wrong = await zkclear([...(await writeProof(folder.file('false.json'), 'trade-batch')), ...rpc])
    assert.equal(wrong.code, 1)
    assert.equal(errorOf(wrong).code, 'PROOF_INVALID')
    assert.match(errorOf(wrong).message, /nothing was sent/)
    const margin = await zkclear([...(await writeProof(folder.file('margin.json'), 'margin-sufficiency')), ...rpc])
    assert.equal(margin.code, 2)
    assert.equal(errorOf(margin).code, 'INPUT_INVALID')
    assert.match(errorOf(margin).message, /proofs of margin-sufficiency move no state/)
    assert.deepEqual(node.asked, [])
  })

  it('refuses files that do not say what they are a proof of, and addresses that are none', async () => {
    await using folder = await temporaryDirectory()
    await using node = await nodeStub(31337)
    const refuses = async (args: readonly string[], code: string, path: string | undefined, exit = 2) => {
      const result = await zkclear([...args, '--rpc', node.url])
      assert.deepEqual([result.code, errorOf(result).code, errorOf(result).path], [exit, code, path])
    }
    const file = folder.file('proof.json')
    const args = await writeProof(file, 'trade-batch')
    const { proof, statement } = (await readJson(file)) as Record<string, object>
    await refuses([...args, '--settlement', ADDRESS.slice(2)], 'INPUT_INVALID', '--settlement')
    await refuses([...args, '--build-directory', folder.file('nothing')], 'ARTIFACT_MISSING', undefined, 3)
    const missing = folder.file('none.json')
    await refuses([...args, '--proof', missing], 'FILE_UNREADABLE', missing)
    await writeFile(file, JSON.stringify(proof))
    await refuses(args, 'INPUT_INVALID', 'proof file')
    await writeProof(file, 'trade-batch', { circuit: '__proto__' })
    await refuses(args, 'CIRCUIT_UNKNOWN', undefined)
    await writeProof(file, 'trade-batch', { profile: 'huge' })
    await refuses(args, 'PROFILE_UNKNOWN', undefined)
    await writeProof(file, 'trade-batch', { proof: { ...proof, protocol: 'plonk' } })
    await refuses(args, 'INPUT_INVALID', 'proof file.proof.protocol')
    assert.match(
      errorOf(await zkclear([...args, '--rpc', node.url])).message,
      /is "plonk", and contracts take groth16$/,
    )
    await writeProof(file, 'trade-batch', { statement: { ...statement, newStateRoot: '-1' } })
    await refuses(args, 'INPUT_INVALID', 'statement.newStateRoot')
    assert.deepEqual(node.asked, [])
  })
})

/** The generator of G2: on the curve, and part of no proof. */
const G2 = [
  [
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  ],
  [
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  ],
]
