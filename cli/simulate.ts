import { TRADE_BATCH_SIZES } from '../circuits/index.ts'
import { messagesOf } from '../protocol/bundle.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { stateRoot } from '../protocol/state.ts'
import {
  deriveBookSecret,
  encodeGenesis,
  encodeRiskTable,
  encodeTradeBatch,
  FlowReplay,
  stateText,
} from '../venue/index.ts'
import { FLOW_FORMATS, type FlowOptions, parseFormat, readFlow } from './flow-file.ts'
import { jsonText } from './json-text.ts'
import { addressOf, integerBetween, integerOption, profileOption } from './options.ts'
import { openOutputDirectory } from './output-directory.ts'
import { runReplay } from './run-replay.ts'
import { tableText } from './table.ts'
import { readKeys } from './venue-files.ts'
import { readStart, type StartOptions } from './venue-start.ts'
import { newVerb, type Verb } from './verb.ts'

interface SimulateOptions extends FlowOptions, StartOptions {
  readonly keys?: string
  readonly chainId: bigint
  readonly settlement: string
  readonly out: string
  readonly tickSeconds: bigint
  readonly closingFrom?: bigint
}

const DESCRIPTION = `Replays order flow: gives every message its nonce, signs every bundle, cuts the stream into batches that can be proved,
and applies them. Writes to --out: batches/, one file for each batch, ready for "zkclear prove"; state.json, the state after the
last one; genesis.json, if one was given, and risk.json as they were; summary.json. The directory appears complete or not at
all, and only its owner can read it: batches and states hold everybody's accounts and orders.`

const LAST_TIME = (1n << 40n) - 1n
const LAST_CHAIN = (1n << 256n) - 1n

export const verb: Verb = (run) =>
  newVerb('simulate', DESCRIPTION, [
    'zkclear simulate --flow flow.csv --genesis genesis.json --risk risk.json --chain-id 31337 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out run',
    'zkclear simulate --flow flow.csv --state cash/state.json --keys keys.json --risk risk.json --chain-id 31337 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out run',
    'zkclear simulate --flow messages.csv --format lobster --start-of-day 1618200000 --genesis genesis.json --risk risk.json --chain-id 31337 --settlement 0x... --out run',
  ])
    .requiredOption('--flow <file>', 'order flow')
    .option('--format <name>', `how the flow is written: ${FLOW_FORMATS.join(' or ')}`, parseFormat, 'csv')
    .option('--genesis <file>', 'what the venue starts from')
    .option('--state <file>', 'or a state to go on from, as this command and "zkclear venue cash" write it')
    .requiredOption('--risk <file>', 'risk table')
    .option('--keys <file>', 'private keys that sign (default: keys.json beside the genesis or state file)')
    .requiredOption('--chain-id <n>', 'chain that Settlement is on', integerBetween('--chain-id', 0n, LAST_CHAIN))
    .requiredOption(
      '--settlement <address>',
      "Settlement's address: messages are signed for it alone",
      addressOf('--settlement'),
    )
    .requiredOption('--out <dir>', 'a new or empty directory')
    .addOption(profileOption())
    .addOption(
      integerOption(
        '--tick-seconds <n>',
        "how long the venue's clock stands still: 1 begins new batches every second",
        {
          low: 1n,
          high: LAST_TIME,
          otherwise: 1n,
        },
      ),
    )
    .option(
      '--closing-from <unix>',
      'unix time from which on positions may only be closed, as Settlement says when the end of a venue was announced (default: never)',
      integerBetween('--closing-from', 0n, LAST_TIME),
    )
    .addOption(
      integerOption('--market <n>', 'LOBSTER: market that the flow is for', { low: 0n, high: 255n, otherwise: 0n }),
    )
    .option(
      '--start-of-day <unix>',
      "LOBSTER: the exchange's midnight, from which the file counts seconds, in unix time (required)",
      integerBetween('--start-of-day', 0n, LAST_TIME),
    )
    .action(
      run(async (session, options: SimulateOptions) => {
        const domain = settlementDomain(options.chainId, options.settlement)
        await using out = await openOutputDirectory(options.out, { secret: true })
        const { state, riskTable, genesis, ...start } = await readStart(options)
        const secrets = await readKeys(options.keys ?? start.keys)
        const keys = new Map([...secrets].map(([index, { privateKey }]) => [index, privateKey]))
        const { intents, ...imported } = await readFlow(options, state)
        const { tickSeconds, closingFrom } = options
        const sizes = TRADE_BATCH_SIZES[options.profile]
        const bookSecret = deriveBookSecret(secrets)
        const replay = new FlowReplay({
          ...{ state, riskTable, domain, sizes, keys, tickSeconds, bookSecret },
          ...(closingFrom !== undefined && { closingFrom }),
        })
        for await (const batch of runReplay(replay, intents, session)) {
          const name = `batches/${String(batch.number).padStart(6, '0')}.json`
          await out.write(name, jsonText(encodeTradeBatch(batch, options.profile)))
          session.log.info(
            { name, messages: messagesOf(batch.transition).length, trades: batch.trades.length },
            'batch',
          )
        }
        const summary = {
          profile: options.profile,
          chainId: options.chainId,
          settlement: options.settlement,
          domain,
          ...(genesis === undefined ? { startRoot: stateRoot(state) } : { genesisRoot: stateRoot(state) }),
          stateRoot: stateRoot(replay.state),
          ...replay.summary,
          ...imported,
        }
        if (genesis !== undefined) await out.write('genesis.json', jsonText(encodeGenesis(genesis, options.profile)))
        await out.write('risk.json', jsonText(encodeRiskTable(riskTable, options.profile)))
        await out.write('state.json', stateText(replay.state, options.profile))
        await out.write('summary.json', jsonText(summary))
        await out.commit()
        const rows = Object.entries(summary).map(([name, value]) => [
          name,
          typeof value === 'object' ? JSON.stringify(value) : value,
        ])
        return { document: { out: options.out, ...summary }, text: tableText(['summary', options.out], rows) }
      }),
    )
