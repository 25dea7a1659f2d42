import type { FetchRequest, JsonRpcProvider, Provider, Signer, Wallet } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'

export interface ConnectOptions {
  /** http or https address of a JSON-RPC node. */
  rpcUrl: string
  /** 32 bytes in hex. Default: the node's own first account, which only development nodes have unlocked. */
  privateKey?: string | undefined
}

/** A signer and what must be given back when it is no longer used. */
export interface Connection extends Disposable {
  readonly signer: Signer
  readonly chainId: bigint
}

/** A connection that only reads. */
export interface ReadConnection extends Disposable {
  readonly provider: Provider
  readonly chainId: bigint
}

const TIMEOUT_MS = 15_000

/**
 * Connects to a node and asks for its chain id. Throws INPUT_INVALID for a malformed address or private key (which it does
 * not repeat), CHAIN_UNREACHABLE if nothing that speaks JSON-RPC answers within 15 seconds or the node has no account.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * console.log(connection.chainId, await connection.signer.getAddress())
 */
export async function connect({ rpcUrl, privateKey }: ConnectOptions): Promise<Connection> {
  if (privateKey !== undefined && !/^0x[0-9a-fA-F]{64}$/.test(privateKey)) {
    throw new ZkclearError('INPUT_INVALID', 'need 32 bytes: 0x and 64 hex digits', { path: 'privateKey' })
  }
  const { provider, chainId } = await openNode(rpcUrl)
  const { Wallet } = await import('ethers')
  try {
    const signer = privateKey === undefined ? await provider.getSigner(0) : walletOf(Wallet, privateKey, provider)
    return { signer, chainId, [Symbol.dispose]: () => provider.destroy() }
  } catch (cause) {
    provider.destroy()
    if (cause instanceof ZkclearError) throw cause
    const message = `the node at ${origin(rpcUrl)} has no account of its own to send from; give a private key`
    throw new ZkclearError('CHAIN_UNREACHABLE', message, { cause })
  }
}

/** The same without anybody who could send: for what is only read. */
export async function connectReader({ rpcUrl }: Pick<ConnectOptions, 'rpcUrl'>): Promise<ReadConnection> {
  const { provider, chainId } = await openNode(rpcUrl)
  return { provider, chainId, [Symbol.dispose]: () => provider.destroy() }
}

async function openNode(rpcUrl: string): Promise<{ readonly provider: JsonRpcProvider; readonly chainId: bigint }> {
  if (!URL.canParse(rpcUrl) || !['http:', 'https:'].includes(new URL(rpcUrl).protocol)) {
    const message = `got ${JSON.stringify(rpcUrl)}, need the http(s) address of a JSON-RPC node, such as http://127.0.0.1:8545`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'rpcUrl' })
  }
  const ethers = await import('ethers')
  const request = new ethers.FetchRequest(rpcUrl)
  request.timeout = TIMEOUT_MS
  const chainId = await askChainId(request)
  // A provider that has to find its network out by itself retries for ever when nobody answers; and one that caches answers
  // gives the next transaction the nonce of the last.
  const staticNetwork = ethers.Network.from(chainId)
  const provider = new ethers.JsonRpcProvider(request, undefined, {
    staticNetwork,
    pollingInterval: 250,
    cacheTimeout: -1,
  })
  return { provider, chainId }
}

async function askChainId(request: FetchRequest): Promise<bigint> {
  const question = request.clone()
  question.body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }
  try {
    const response = await question.send()
    response.assertOk()
    return BigInt(response.bodyJson.result)
  } catch (cause) {
    const message = `no JSON-RPC node answers at ${origin(request.url)}; start one or correct the address`
    throw new ZkclearError('CHAIN_UNREACHABLE', message, { cause })
  }
}

function walletOf(EthersWallet: typeof Wallet, privateKey: string, provider: JsonRpcProvider): Wallet {
  try {
    return new EthersWallet(privateKey, provider)
  } catch {
    throw new ZkclearError('INPUT_INVALID', 'is not a valid secp256k1 private key', { path: 'privateKey' })
  }
}

/** Providers' addresses carry access keys in their paths; messages name the host only. */
function origin(rpcUrl: string): string {
  return new URL(rpcUrl).origin
}
