import { setTimeout } from 'node:timers/promises'
import type { Alert } from '../client/wire/alerts.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type AlertChange, Alerts } from '../service/alerts/alerts.ts'
import { Webhook } from '../service/alerts/webhook.ts'
import { Outside } from '../service/outside/outside.ts'
import type { OutsideFacts } from '../service/outside/outside-rules.ts'
import { connectReader } from '../settlement/connect.ts'
import { type AlertWebhookOptions, readWebhook, webhookOption, webhookSecretOption } from './alert-webhook.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { EXIT } from './exit-codes.ts'
import { readLogKey } from './log-files.ts'
import { integerOption } from './options.ts'
import type { Session } from './session.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'
import { alertText, watchText } from './watch-text.ts'

interface WatchOptions extends ReaderOptions, SettlementOption, AlertWebhookOptions {
  readonly venue: string
  readonly keyFile?: string
  readonly follow?: boolean
  readonly every: bigint
}

const DESCRIPTION = `Looks at a venue from outside, as anybody can, without a token: whether its contract has what it owes, how long the first entry of the queue
has waited, how old the risk table and the last settlement are, whether the venue answers and its journal grows, and whether its log goes
on from what settlements carry. Ends with 1 if anything needs a person. With --follow it goes on, and tells what begins and ends.`

/** So many looks in a row something has to be silent, with --follow, before that is told. */
const PATIENCE = 2

export const verb: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('watch', DESCRIPTION, [
        'zkclear watch --venue https://venue.example --rpc https://... --settlement 0x... --from-block 21000000',
        'zkclear watch --venue https://venue.example --rpc https://... --settlement 0x... --follow --alert-webhook https://...',
      ]),
    ),
  )
    .requiredOption('--venue <url>', 'where the venue takes orders')
    .option('--key-file <file>', "file with the log's public key (default: the one that the venue shows)")
    .option('--follow', 'go on until interrupted')
    .addOption(
      integerOption('--every <s>', 'seconds from one look to the next, with --follow', {
        ...{ low: 1n, high: 3600n, otherwise: 15n },
      }),
    )
    .addOption(webhookOption())
    .addOption(webhookSecretOption())
    .action(
      run(async (session, options: WatchOptions) => {
        const { signal } = session
        const { venue: url, settlement, follow = false } = options
        const [hook, key] = await Promise.all([readWebhook(options), keyOf(options)])
        await using open = new AsyncDisposableStack()
        const warn = (message: string) => session.tell('warn', message)
        const webhook = hook && open.use(new Webhook({ ...hook, settlement, warn }))
        const { provider, chainId } = open.use(await connectReader({ rpcUrl: options.rpc }))
        const fromBlock = Number(options.fromBlock)
        const patience = follow ? PATIENCE : 1
        const outside = new Outside({ url, provider, chainId, settlement, fromBlock, key, signal, patience })
        let isShown = false
        const alerts = new Alerts((change) => {
          webhook?.send(change)
          if (isShown) tellChange(session, change)
        })
        const { facts, findings } = await outside.look()
        alerts.setAll(findings)
        isShown = true
        const { list } = alerts
        const shown = { document: documentOf(options, facts, list), text: watchText(facts, list) }
        if (!follow) return { ...shown, code: list.length === 0 ? EXIT.success : EXIT.false }
        const kept = open.move()
        return {
          ...shown,
          async lasting() {
            await using _ = kept
            await followOn(outside, alerts, { everyMs: Number(options.every) * 1000, signal })
          },
        }
      }),
    )

async function keyOf({ keyFile }: WatchOptions): Promise<string | undefined> {
  return keyFile === undefined ? undefined : (await readLogKey(keyFile)).text
}

/** Until the signal fires. */
async function followOn(
  outside: Outside,
  alerts: Alerts,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  for (let failures = 0; ; ) {
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      const { findings } = await outside.look()
      failures = 0
      alerts.setAll({ ...findings, CHAIN_FAILING: undefined })
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof ZkclearError)) throw error
      if (++failures >= PATIENCE) alerts.set('CHAIN_FAILING', { cause: error.message })
    }
  }
}

function tellChange({ tell }: Session, { kind, alert }: AlertChange): void {
  const now = BigInt(Math.floor(Date.now() / 1000))
  const facts = { alert: alert.code, kind }
  if (kind === 'raised') tell('warn', `ALERT ${alertText(alert, now)}`, facts)
  else tell('info', `${alert.code} has ended`, facts)
}

function documentOf(
  { settlement, venue: url }: WatchOptions,
  { chain, venue, log }: OutsideFacts,
  alerts: readonly Alert[],
) {
  const { time, holdings, waiting, front, table, batches, lastBatchAt, frozenAt, pausedUntil, closingFrom, block } =
    chain
  const { status, silence } = venue
  return {
    ...{ venue: url, settlement, block, time, alerts },
    chain: { batches, lastBatchAt, frozenAt, pausedUntil, closingFrom, table, assets: holdings },
    queue: { waiting, first: front?.number, askedAt: front?.askedAt, deadline: front?.deadline },
    status: status && { records: status.records, clock: status.clock, batches: status.batches, alerts: status.alerts },
    silence,
    log: log && { size: log.size, anchors: log.anchors, faults: log.faults, silence: log.silence },
  }
}
