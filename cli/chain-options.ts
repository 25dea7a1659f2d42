import type { Command, Option } from 'commander'
import { type Connection, connect } from '../settlement/connect.ts'
import { integerOption } from './options.ts'
import { PRIVATE_KEY, PRIVATE_KEY_FORM, readPrivateKey } from './private-key.ts'

/** Which node a command speaks to, and who pays there. */
export interface ChainOptions {
  readonly rpc: string
  readonly privateKeyFile?: string
}

export const SENDER_HELP = `The sender is the private key in --private-key-file or in the environment variable ${PRIVATE_KEY}; without either, the
node's own first account, which development nodes have unlocked.`

export function addChainOptions(command: Command): Command {
  return command
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node')
    .option('--private-key-file <file>', `file with the sender's private key: ${PRIVATE_KEY_FORM}`)
}

/** A connection to that node that signs as the sender. Throws as `connect` and `readPrivateKey` do. */
export async function connectSender({ rpc, privateKeyFile }: ChainOptions): Promise<Connection> {
  return connect({ rpcUrl: rpc, privateKey: await readPrivateKey(privateKeyFile) })
}

/** Which node a command asks that sends nothing. */
export interface ReaderOptions {
  readonly rpc: string
  readonly fromBlock: bigint
}

export function addReaderOptions(command: Command): Command {
  return command.requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node').addOption(fromBlockOption())
}

/** The block of the contracts' deployment, before which no event is looked for. */
export function fromBlockOption(): Option {
  const bounds = { low: 0n, high: BigInt(Number.MAX_SAFE_INTEGER), otherwise: 0n }
  return integerOption('--from-block <n>', "block of the contracts' deployment, where their events begin", bounds)
}
