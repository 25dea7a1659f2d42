import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type FunctionFragment, Interface } from 'ethers'
import { STATE_CIRCUITS } from '../../../circuits/index.ts'
import type { PublishedBatch } from '../../../protocol/recovery/recovery.ts'
import { ABIS } from '../../../settlement/abi.ts'

export const SETTLEMENT = '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e'
export const CHAIN_ID = 31337n

const word = (value: number | bigint) => `0x${value.toString(16).padStart(64, '0')}`

/** The block before all events. */
export const FIRST_BLOCK = { number: 0, hash: word(1) }

interface Filter {
  readonly fromBlock: string
  readonly toBlock: string
}

/**
 * A node on this machine whose chain has one contract, which settled those batches, one a block, and is frozen. `views` are what
 * the contract's functions answer; those that are not named answer with zeros.
 */
export async function serveEvents(batches: readonly PublishedBatch[], views: Readonly<Record<string, bigint>>) {
  const settlement = new Interface([...ABIS.Settlement])
  const both = [settlement, new Interface([...ABIS.Exits])]
  const hex = (value: number | bigint) => `0x${value.toString(16)}`
  const blockOf = (number: number) => ({
    ...{
      number: hex(number),
      hash: word(number + 1),
      parentHash: word(number),
      timestamp: hex(1_800_000_000 + number),
    },
    ...{ nonce: '0x0000000000000000', difficulty: '0x0', gasLimit: '0x0', gasUsed: '0x0', baseFeePerGas: '0x0' },
    ...{ miner: SETTLEMENT, extraData: '0x', transactions: [] },
  })
  const logOf = ({ circuit, words }: PublishedBatch, i: number) => {
    const kind = STATE_CIRCUITS.findIndex(({ name }) => name === circuit)
    const [, timestamp, riskRoot, from, to, ...data] = words
    const values = [i + 1, from, to, kind, riskRoot, timestamp, word(0), data]
    const block = { blockNumber: hex(i + 1), blockHash: word(i + 2), transactionHash: word(i + 1) }
    const places = { logIndex: '0x0', transactionIndex: '0x0', removed: false }
    return { address: SETTLEMENT, ...settlement.encodeEventLog('Settled', values), ...block, ...places }
  }
  const zeroOf = ({ type }: { readonly type: string }) =>
    type === 'address' ? SETTLEMENT : type === 'bool' ? false : 0n
  const answerOf = (fragment: FunctionFragment) => {
    const given = views[fragment.name]
    return given === undefined ? fragment.outputs.map(zeroOf) : [given]
  }
  const call = (data: string) => {
    for (const abi of both) {
      const fragment = abi.getFunction(data.slice(0, 10))
      if (fragment !== null) return abi.encodeFunctionResult(fragment, answerOf(fragment))
    }
    return '0x'
  }
  const answer = (method: string, params: readonly unknown[]): unknown => {
    switch (method) {
      case 'eth_chainId':
        return hex(CHAIN_ID)
      case 'eth_blockNumber':
        return hex(batches.length)
      case 'eth_getCode':
        return '0x00'
      case 'eth_getBlockByNumber':
        return blockOf(String(params[0]).startsWith('0x') ? Number(params[0]) : batches.length)
      case 'eth_call':
        return call((params[0] as { readonly data: string }).data)
      case 'eth_getLogs': {
        const { fromBlock, toBlock } = params[0] as Filter
        const first = Math.max(1, Number(fromBlock)) - 1
        return batches.slice(first, Number(toBlock)).map((batch, i) => logOf(batch, first + i))
      }
      default:
        return null
    }
  }
  const server = createServer(async (request, response) => {
    const asked = (await json(request)) as { id: number; method: string; params: unknown[] }[]
    const told = [asked]
      .flat()
      .map(({ id, method, params }) => ({ jsonrpc: '2.0', id, result: answer(method, params) }))
    response.end(JSON.stringify(Array.isArray(asked) ? told : told[0]))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
