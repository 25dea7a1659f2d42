import type { Command } from 'commander'
import {
  decodeFeeds,
  feedPrices,
  type JsonSource,
  jsonCommand,
  jsonFile,
  jsonPrices,
  type PriceSource,
  publisherPrices,
} from '../oracle/index.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { BITS } from '../protocol/parameters.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { connectReader } from '../settlement/connect.ts'
import { addressOf, integerBetween, integerOption, profileOption } from './options.ts'
import { KEY_HELP, readOracleKey } from './oracle-key.ts'
import { readDocument } from './venue-files.ts'

/** Where prices come from, and how reports of them are signed. */
export interface OracleOptions {
  readonly prices?: string
  readonly command?: string
  readonly feeds?: string
  readonly rpc?: string
  readonly publisher?: string
  readonly feedSet: bigint
  readonly maxAge: bigint
  readonly keyFile?: string
  readonly profile: ProfileName
}

export const SOURCE_HELP = `Prices come from a prices file (docs/cli.md#prices-file), from a command that prints one, or from feeds on a chain; exactly
one of --prices, --command and --feeds says so. With --publisher, file or command give prices that this address signed. ${KEY_HELP}`

export function addOracleOptions(command: Command): Command {
  const day = { low: 0n, high: 86_400n, otherwise: 30n }
  return command
    .option('--prices <file>', 'prices file, read for each report')
    .option('--command <command>', 'command of the shell that prints a prices file, run for each report')
    .option('--feeds <file>', 'feeds file: contracts with prices, on the chain of --rpc')
    .option('--rpc <url>', 'http or https address of a JSON-RPC node')
    .option('--publisher <address>', 'whose signature the prices must have', addressOf('--publisher'))
    .requiredOption(
      '--feed-set <n>',
      'number of the feed set: what the values are, and in which scale',
      integerBetween('--feed-set', 0n, (1n << BigInt(BITS.feedSet)) - 1n),
    )
    .addOption(integerOption('--max-age <s>', "seconds by which prices' own time may differ from the clock's", day))
    .option('--key-file <file>', "file with the oracle's private key")
    .addOption(profileOption())
}

/** What signing reports takes; disposing it lets go of the node. */
export interface OracleJob extends Disposable {
  readonly source: PriceSource
  readonly privateKey: Uint8Array
}

/** Throws INPUT_INVALID, FILE_UNREADABLE, CHAIN_UNREACHABLE. */
export async function openOracle(options: OracleOptions): Promise<OracleJob> {
  requireOne(options)
  const privateKey = await readOracleKey(options.keyFile)
  if (options.feeds === undefined) return { source: jsonSource(options), privateKey, [Symbol.dispose]: () => undefined }
  const { profile } = options
  const feeds = await readDocument(options.feeds, (json) => decodeFeeds(json, profile))
  const connection = await connectReader({ rpcUrl: options.rpc! })
  const source = feedPrices(connection.provider, feeds, venueShape(profile))
  return { source, privateKey, [Symbol.dispose]: () => connection[Symbol.dispose]() }
}

function jsonSource({ prices, command, publisher, feedSet, profile }: OracleOptions): PriceSource {
  const source: JsonSource = prices === undefined ? jsonCommand(command!) : jsonFile(prices)
  return publisher === undefined
    ? jsonPrices(source, profile)
    : publisherPrices(source, { publisher, feedSet, profile })
}

function requireOne({ prices, command, feeds, rpc, publisher }: OracleOptions): void {
  const refuse = (message: string, path: string) => new ZkclearError('INPUT_INVALID', message, { path })
  const given = [prices, command, feeds].filter((source) => source !== undefined).length
  if (given !== 1) throw refuse(`got ${given} sources, need one of --prices, --command and --feeds`, '--prices')
  if ((feeds === undefined) !== (rpc === undefined)) {
    throw refuse('the chain of --feeds is that of --rpc; give both, or neither', '--rpc')
  }
  if (feeds !== undefined && publisher !== undefined) {
    throw refuse('feeds on a chain are not signed; leave it out, or give --prices or --command', '--publisher')
  }
}
