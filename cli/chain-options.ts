import process from 'node:process'
import type { Command, Option } from 'commander'
import { type Connection, connect } from '../settlement/connect.ts'
import { integerOption } from './options.ts'
import { readSecret } from './secret.ts'

/** Which node a command speaks to, and who pays there. */
export interface ChainOptions {
  readonly rpc: string
  readonly privateKeyFile?: string
}

/** Environment variable with the private key, if --private-key-file is not given. */
export const PRIVATE_KEY = 'ZKCLEAR_PRIVATE_KEY'

export const SENDER_HELP = `The sender is the private key in --private-key-file or in the environment variable ${PRIVATE_KEY}; without either, the
node's own first account, which development nodes have unlocked.`

export function addChainOptions(command: Command): Command {
  return command
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node')
    .option('--private-key-file <file>', "file with the sender's private key: 0x and 64 hex digits")
}

/** A connection to that node that signs as the sender. Throws as `connect` does, and FILE_UNREADABLE. */
export async function connectSender({ rpc, privateKeyFile }: ChainOptions): Promise<Connection> {
  const secret =
    privateKeyFile === undefined
      ? process.env[PRIVATE_KEY] && (await readSecret({ env: PRIVATE_KEY }))
      : await readSecret({ file: privateKeyFile })
  return connect({ rpcUrl: rpc, privateKey: secret || undefined })
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
