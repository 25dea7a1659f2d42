import { Interface, JsonRpcProvider, Network } from 'ethers'
import { ABIS } from '../../../settlement/abi.ts'

export const SETTLEMENT = `0x${'5e'.repeat(20)}`
const AUTHORITY = `0x${'a0'.repeat(20)}`
const settlement = new Interface([...ABIS.Settlement])
const authority = new Interface([...ABIS.Authority])

interface Asked {
  readonly method: string
  readonly params: readonly [Record<string, string> & { readonly topics?: readonly string[] }]
}

const hex = (number: number) => `0x${number.toString(16)}`
const word = (number: number) => `0x${number.toString(16).padStart(64, '0')}`

/** A node of a chain with a Settlement at which nothing has happened yet, but for what it is to make up. */
export class ToldChain extends JsonRpcProvider {
  newest = 10
  /** What functions of the Settlement say, by their name, in the place of the truth. */
  madeUp: Readonly<Record<string, readonly unknown[]>> = {}
  /** The account of which it made up that its owner changed. */
  changed: number | undefined
  /** Called once something was asked that gets no answer, ever; undefined while all gets one. */
  onHanging: (() => void) | undefined
  /** Of which blocks on it was asked for events. */
  readonly read: number[] = []
  readonly #stateRoot: bigint

  constructor(stateRoot: bigint) {
    super('http://nowhere', Network.from(1), { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 })
    this.#stateRoot = stateRoot
  }

  override async _send(payload: unknown) {
    if (this.onHanging !== undefined) {
      this.onHanging()
      await new Promise<never>(() => undefined)
    }
    return [payload].flat().map((one) => {
      const { id, ...asked } = one as Asked & { id: number }
      return { id, ...this.#answer(asked) } as { id: number; result: unknown }
    })
  }

  #answer({ method, params: [first] }: Asked): object {
    if (method === 'eth_getCode') return { result: '0x01' }
    if (method === 'eth_chainId') return { result: hex(1) }
    if (method === 'eth_blockNumber') return { result: hex(this.newest) }
    if (method === 'eth_getBlockByNumber') return { result: this.#block(String(first)) }
    if (method === 'eth_getLogs') return { result: this.#logs(first) }
    if (method === 'eth_call') return this.#call(first)
    throw new Error(`the stub has no ${method}`)
  }

  #block(tag: string) {
    const number = tag.startsWith('0x') ? Number(tag) : this.newest
    return {
      ...{
        number: hex(number),
        hash: word(number),
        parentHash: word(number - 1),
        timestamp: hex(1_700_000_000 + number),
      },
      ...{ nonce: '0x0000000000000000', difficulty: '0x0', gasLimit: '0x1', gasUsed: '0x1', miner: SETTLEMENT },
      ...{ extraData: '0x', transactions: [] },
    }
  }

  #logs({ topics, fromBlock, toBlock }: Asked['params'][0]) {
    this.read.push(Number(fromBlock))
    if (this.changed === undefined || topics?.[0] !== settlement.getEvent('OwnerAccepted')!.topicHash) return []
    return [
      {
        ...settlement.encodeEventLog('OwnerAccepted', [this.changed, SETTLEMENT, 1]),
        ...{ address: SETTLEMENT, blockNumber: toBlock, blockHash: word(1), transactionHash: word(2) },
        ...{ transactionIndex: '0x0', logIndex: '0x0', removed: false },
      },
    ]
  }

  #call({ to, data }: Asked['params'][0]): object {
    const abi = to!.toLowerCase() === SETTLEMENT ? settlement : authority
    const { name, args } = abi.parseTransaction({ data: data! })!
    const result = (...values: readonly unknown[]) => ({ result: abi.encodeFunctionResult(name, values) })
    const madeUp = this.madeUp[name]
    if (madeUp !== undefined) return result(...madeUp)
    if (name === 'authority') return result(AUTHORITY)
    if (name === 'stateRoot') return result(this.#stateRoot)
    if (name === 'tableAt') return result([0, 0, 0, 0])
    if (name === 'ownerChangeOf') return result(`0x${'0'.repeat(40)}`, 0)
    // There is no account.
    if (name === 'ownerOf') {
      const reason = settlement.encodeErrorResult('AccountUnknown', [args[0], 0])
      return { error: { code: 3, message: 'execution reverted', data: reason } }
    }
    return result(0)
  }
}
