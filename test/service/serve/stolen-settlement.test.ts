import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Contract, Interface, type JsonRpcPayload, JsonRpcProvider, Network, Wallet } from 'ethers'
import { NOW } from '../../../lab/instances/model.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { KeySigner } from '../../../service/keys/key-signer.ts'
import { statementOf } from '../../../service/sequencer/instance.ts'
import { batchAt, ledgerAt } from '../../../service/sequencer/state.ts'
import { Settler } from '../../../service/settler/settler.ts'
import { chainNews } from '../../../service/watcher/chain-records.ts'
import type { ChainView } from '../../../service/watcher/chain-view.ts'
import { ABIS } from '../../../settlement/abi.ts'
import { testKeys } from '../../support/service/test-keys.ts'
import { Desk, TABLE } from '../sequencer/desk.ts'

const SETTLEMENT = `0x${'5e'.repeat(20)}`
const CODEC = new Interface(ABIS.Settlement)
const REFUSAL = CODEC.encodeErrorResult('TimestampOutOfRange', [0, 0, 0, 0])
const ASKED = { eth_call: 'settle tried', eth_estimateGas: 'settle estimated' }

/** A batch of orders that a gas key pays for, and a node that refuses the settlement where that is asked; with what happened, in order. */
function venue(refusesAt: keyof typeof ASKED) {
  const desk = new Desk()
  desk.order(1, 1n, 'sell')
  desk.order(2, 1n, 'buy')
  desk.wait(500n)
  const root = desk.rootOf(1)
  desk.put({ kind: 'proved', index: 1, root })
  const told = {
    batchCount: 0n,
    queueFront: 0n,
    stateRoot: stateRoot(ledgerAt(desk.state, 0).state),
  }
  const happened: string[] = []
  const result = (method: string, { from, data }: { readonly from: string; readonly data: string }) => {
    const { name, args } = CODEC.parseTransaction({ data })!
    if (name in told) return CODEC.encodeFunctionResult(name, [told[name as keyof typeof told]])
    const who = from.toLowerCase() === operatorAddress ? 'the operator' : 'the gas key'
    const how = args[1].signature === '0x' ? 'unsigned' : 'signed'
    happened.push(`${ASKED[method as keyof typeof ASKED]} as ${who}, ${how}`)
    return method === refusesAt ? undefined : '0x'
  }
  class Node extends JsonRpcProvider {
    constructor() {
      super('http://127.0.0.1:1', Network.from(1), { staticNetwork: true, batchMaxCount: 1 })
    }
    override async _send(payload: JsonRpcPayload | JsonRpcPayload[]) {
      return [payload].flat().map(({ id, method, params }) => {
        if (method === 'eth_getTransactionCount') return { id, result: '0x0' }
        if (method === 'eth_chainId') return { id, result: '0x1' }
        const found = result(method, (params as never[])[0]!)
        if (found !== undefined) return { id, result: found }
        return { id, error: { code: 3, message: 'execution reverted', data: REFUSAL } }
      }) as never
    }
  }
  const provider = new Node()
  const keys = testKeys()
  const operatorAddress = keys.operators[0]!.toLowerCase()
  const wallet = new Wallet(`0x${'77'.repeat(32)}`, provider)
  const settler = new Settler({
    transactions: {
      inFlight: async () => [],
      unresolved: async () => [],
      store: async () => assert.fail('stored'),
    } as never,
    wallet,
    operator: new KeySigner(keys, keys.operators[0]!, provider),
    at: {
      name: 'Settlement',
      address: SETTLEMENT,
      chainId: 1n,
      contract: new Contract(SETTLEMENT, [...ABIS.Settlement], wallet),
    },
    fromBlock: 0,
    anchor: async () => `0x${'0'.repeat(64)}`,
  })
  const { work } = batchAt(desk.state, 1)!
  const proof = { a: [1n, 2n], b: [[1n, 2n], [3n, 4n]], c: [1n, 2n] } as const // biome-ignore format: a proof
  const turn = () =>
    settler.turn({
      ...{ line: [{ index: 1, root, isProved: true }], isRewindDue: false, isStopped: false, feeCap: 10n ** 12n },
      proofsOf: async () => [{ circuit: work.circuit, statement: statementOf(work), proof } as never],
      async beforeSending() {
        happened.push('sent is written')
        desk.put({ kind: 'sent', index: 1, root })
      },
    })
  return { desk, root, turn, happened }
}

it('a node that refuses what it is asked to try has no signature of the operator for it', async () => {
  const { desk, turn, happened } = venue('eth_call')
  const refused = await turn()
  assert.equal(refused.kind === 'refused' && refused.meaning, 'remake')
  assert.deepEqual(happened, ['settle tried as the operator, unsigned'])
  desk.put({ kind: 'rewind', to: 0, cause: 'AGE' })
  assert.deepEqual(desk.state.dropped, [])
})

it('a batch whose signed settlement a node kept for itself is known when the chain has it, though it was made anew', async () => {
  const { desk, root, turn, happened } = venue('eth_estimateGas')
  await assert.rejects(turn(), { code: 'TRANSACTION_FAILED' })
  assert.deepEqual(happened, [
    'settle tried as the operator, unsigned',
    'sent is written',
    'settle estimated as the gas key, signed',
  ])
  desk.wait(2_000n)
  desk.order(3, 1n, 'sell')
  desk.put({ kind: 'rewind', to: 0, cause: 'AGE' })
  assert.notEqual(desk.rootOf(1), root)
  const chain = {
    ...{ block: { number: 9, hash: '0x' }, time: NOW, pausedUntil: 0n, closingFrom: undefined, frozenAt: 0n, final: 0 },
    ...{ settled: { count: 1, root }, roots: new Map([[1, root]]), owners: new Map() },
    ...{ table: { table: TABLE, relisted: 0n, postedAt: NOW }, queue: { first: 0n, entries: [] } },
  } as unknown as ChainView
  const { records, diverged } = chainNews(desk.state, chain)
  assert.equal(diverged, undefined)
  for (const record of records) desk.put(record)
  assert.deepEqual([desk.state.settledIndex, desk.rootOf(1)], [1, root])
})
