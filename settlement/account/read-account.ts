import type { Provider } from 'ethers'
import { ABIS } from '../abi.ts'
import { chainError } from '../chain-error.ts'
import { type ContractAt, contractOf } from '../contract-at.ts'
import { readLogs } from '../logs.ts'
import { parseLog } from '../parse-log.ts'
import { type QueueEntry, waitingEntries } from '../queue.ts'
import { view } from '../view.ts'
import { type Credit, creditOf } from './credit.ts'
import { type Asset, assetOf, requireAccount } from './input.ts'

export interface ReadAccountOptions {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  /** Index of the account. */
  readonly account: number
  /** The first block to read: that of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
}

/** What a Settlement says of an account; what the account holds in the venue, only its view key shows. */
export interface AccountOnChain {
  readonly account: number
  /** The address that is paid, and that may ask the queue for something. */
  readonly owner: string
  /** To whom the owner offers the account. */
  readonly offered: string | undefined
  /** Who becomes the owner, and when in unix seconds. */
  readonly next: { readonly owner: string; readonly from: bigint } | undefined
  /** Poseidon(VIEW; view key). */
  readonly viewCommitment: bigint
  /** What of the account waits in the queue, in its order. */
  readonly waiting: readonly QueueEntry[]
  /** What the owner may claim, asset by asset, from whatever account it comes. */
  readonly credits: readonly (Asset & Credit)[]
  /** Wei that an entry of the queue costs now, and what a registration costs besides. */
  readonly fees: { readonly queue: bigint; readonly registration: bigint }
}

/**
 * Reads what the chain has of an account. Throws CONTRACT_REFUSED if there is no such account, INPUT_INVALID if there is no
 * Settlement at the address or the node lacks some of its events; CHAIN_UNREACHABLE, TRANSACTION_FAILED.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const provider = connection.signer.provider!
 * const settlement = '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0'
 * const { owner, credits } = await readAccount({ provider, settlement, account: 7 })
 */
export async function readAccount(options: ReadAccountOptions): Promise<AccountOnChain> {
  const { provider, settlement, account, fromBlock = 0 } = options
  requireAccount(account)
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const owner = await view<string>(at, 'ownerOf', account)
  const assets = Array.from({ length: Number(await view(at, 'assetCount')) }, (_, asset) => asset)
  const [viewCommitment, queue, registration, entries, change, credits] = await Promise.all([
    view(at, 'viewCommitmentOf', account),
    view(at, 'queueFee'),
    view(at, 'registrationFee'),
    waitingEntries(at, fromBlock, Number.POSITIVE_INFINITY),
    changeOf(at, account, fromBlock),
    Promise.all(
      assets.map(async (asset) => ({ ...(await assetOf(at, asset)), ...(await creditOf(at, owner, asset)) })),
    ),
  ])
  const waiting = entries.filter((entry) => entry.account === account)
  return { account, owner, ...change, viewCommitment, waiting, credits, fees: { queue, registration } }
}

/** What the last offer or acceptance says: each one puts an end to what was before it. */
async function changeOf(
  { address, contract }: ContractAt,
  account: number,
  fromBlock: number,
): Promise<Pick<AccountOnChain, 'offered' | 'next'>> {
  const provider = contract.runner!.provider!
  const { Interface, toBeHex, ZeroAddress } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const [offeredTopic, acceptedTopic] = ['OwnerOffered', 'OwnerAccepted'].map((name) => abi.getEvent(name)!.topicHash)
  let change: Pick<AccountOnChain, 'offered' | 'next'> = { offered: undefined, next: undefined }
  const topics = [[offeredTopic!, acceptedTopic!], toBeHex(account, 32)]
  for await (const log of readLogs(provider, address, topics, { fromBlock })) {
    const { name, args } = parseLog(abi, log)
    if (name === 'OwnerAccepted') change = { offered: undefined, next: { owner: args.owner, from: args.from } }
    else change = { offered: args.to === ZeroAddress ? undefined : args.to, next: undefined }
  }
  if (change.next === undefined) return change
  const block = await provider.getBlock('latest').catch((cause) => {
    throw chainError(cause, 'the newest block cannot be read')
  })
  return change.next.from <= block!.timestamp ? { ...change, next: undefined } : change
}
