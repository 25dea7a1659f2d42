import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { CASH_BATCH_SIZES, cashBatchStatement } from '../../circuits/cash-batch/index.ts'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { jsonText } from '../../cli/json-text.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { venueShape } from '../../protocol/shape.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { emptyState } from '../../protocol/state.ts'
import { createProver } from '../../prover/create-prover.ts'
import { proofDocument } from '../../verifier/proof-document.ts'
import { type CliOptions, documentOf, errorOf, zkclear } from '../support/cli.ts'
import { nodeStub } from '../support/node-stub.ts'
import { ALICE, HOUSE, startVenue } from '../support/node-venue.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ADDRESS = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const SHAPE = venueShape('small')

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

/** Proof files of two batches: one registers the house, one sets its view key. */
async function proveHouse(folder: { file(name: string): string }, { domain, time }: { domain: bigint; time: bigint }) {
  const context = { sizes: CASH_BATCH_SIZES.small, timestamp: time, domain, riskTable: undefined, vault: [0n, 0n] }
  const key = keyToRegister(tradingKey(HOUSE.privateKey))
  const register = { kind: 'REGISTER', account: 0, key, ownerCommitment: 1n } as const
  const first = applyCashBatch(emptyState(SHAPE), [register], context)
  const second = applyCashBatch(first.after, [{ kind: 'VIEW', account: 0, viewKey: HOUSE.viewKey }], context)
  await using prover = await createProver({ profile: 'small', circuits: ['cash-batch'] })
  const files: string[] = []
  for (const [i, batch] of [first, second].entries()) {
    const proved = await prover.prove('cash-batch', cashBatchStatement(batch), batch)
    files.push(folder.file(`proof-${i + 1}.json`))
    await writeFile(files[i]!, jsonText(proofDocument(proved, 'small')))
  }
  return files as [string, string]
}

describe('zkclear settle', () => {
  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  })

  it('settles proved batches in order, goes on where it was interrupted, says of other ones where they stand', async () => {
    await using folder = await temporaryDirectory()
    await using venue = await startVenue()
    const { rpcUrl, settlement, domain, status, ask } = venue
    const time = await venue.time()
    await writeFile(folder.file('key.txt'), `${ALICE.key}\n`)
    const [first, second] = await proveHouse(folder, { domain, time })
    const settle = (
      proofs: readonly string[],
      { args = [], interrupt }: { args?: string[]; interrupt?: CliOptions['interrupt'] } = {},
    ) =>
      zkclear(['settle', '--rpc', rpcUrl, '--settlement', settlement, ...args, '--proof', ...proofs], {
        env: { ZKCLEAR_PRIVATE_KEY: '' },
        ...(interrupt && { interrupt }),
      })

    const early = await settle([second], { args: ['--json'] })
    assert.equal(early.code, 1)
    assert.equal(errorOf(early).code, 'CONTRACT_REFUSED')
    assert.equal(errorOf(early).details!.standing, 'unknown')
    const stranger = await settle([first], { args: ['--json', '--private-key-file', folder.file('key.txt')] })
    assert.equal(stranger.code, 1)
    assert.equal(errorOf(stranger).details!.refusal, 'NotByOperator')
    assert.equal((await status()).batchCount, 0n)

    const result = await settle([first], { args: ['--json'] })
    assert.equal(result.code, 0, result.stderr)
    assert.equal(result.stderr, '')
    const after = await status()
    const { batches, ...document } = documentOf(result) as { batches: Record<string, unknown>[] }
    assert.deepEqual(document, { settlement, chainId: '31337' })
    const [{ transactionHash, gasUsed, ...batch }] = batches as [Record<string, unknown>]
    assert.match(String(transactionHash), /^0x[0-9a-f]{64}$/)
    assert.ok(Number(gasUsed) > 200_000)
    const { statement } = (await readJson(first)) as { statement: Record<string, string> }
    assert.deepEqual(batch, {
      proof: first,
      circuit: 'cash-batch',
      settled: 'now',
      together: 1,
      chainId: '31337',
      batch: '1',
      kind: 1,
      blockNumber: after.blockNumber,
      oldStateRoot: statement.oldStateRoot,
      newStateRoot: String(after.stateRoot),
      timestamp: String(time),
    })

    const snapshot = await ask('evm_snapshot')
    await ask('evm_setAutomine', false)
    const waiting = { on: 'wait for its block', signal: 'SIGINT' as const }
    const stopped = await settle([first, second], { args: ['--verbose'], interrupt: waiting })
    assert.equal(stopped.code, 130, stopped.stderr)
    const [hash] = /0x[0-9a-f]{64}(?=, which may still be included)/.exec(stopped.stderr) ?? []
    await ask('evm_mine')
    assert.equal((await ask('eth_getTransactionReceipt', hash)).status, '0x1')
    assert.equal((await status()).batchCount, 2n)
    await ask('evm_setAutomine', true)
    await ask('evm_revert', snapshot)

    const text = await settle([first, second])
    assert.equal(text.code, 0, text.stderr)
    const { stateRoot: root, batchCount, blockNumber } = await status()
    assert.equal(batchCount, 2n)
    assert.match(text.stdout, /proof-1.json .* cash-batch .* settled before/)
    assert.match(text.stdout, new RegExp(`cash-batch .* 2 .* 0x[0-9a-f]{64} .* ${blockNumber} `))
    assert.match(text.stdout, new RegExp(`state root ${root} on chain 31337`))

    const again = documentOf(await settle([first, second], { args: ['--json'] })) as { batches: { settled: string }[] }
    assert.deepEqual(
      again.batches.map(({ settled }) => settled),
      ['before', 'before'],
    )
    assert.equal((await status()).batchCount, 2n)
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
      /is "plonk", and contracts take groth16 \(in .*proof\.json\)$/,
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
