import { serveReports, signPrices } from '../oracle/index.ts'
import type { ZkclearError } from '../protocol/errors.ts'
import { venueShape } from '../protocol/shape.ts'
import { tradingKey } from '../protocol/signature.ts'
import { integerBetween, integerOption } from './options.ts'
import { addOracleOptions, type OracleOptions, openOracle, SOURCE_HELP } from './oracle-source.ts'
import { newVerb, type Verb } from './verb.ts'

interface OracleServeOptions extends OracleOptions {
  readonly host: string
  readonly port: bigint
  readonly every?: bigint
}

const DESCRIPTION = `Signs price reports and serves the newest: GET /report answers with a report file as JSON, or with status 503 while none can be
made. Runs until it is interrupted, answers what was asked, and ends with 0. ${SOURCE_HELP}`

export const oracleServeCommand: Verb = (run) =>
  addOracleOptions(
    newVerb('serve', DESCRIPTION, [
      'zkclear oracle serve --prices prices.json --feed-set 1 --key-file oracle-key.txt',
      'zkclear oracle serve --command "node quote.js" --feed-set 1 --key-file oracle-key.txt --every 5 --port 9477',
    ]),
  )
    .option('--host <address>', 'address to listen at; others than this machine reach 0.0.0.0 or ::', '127.0.0.1')
    .addOption(
      integerOption('--port <n>', 'port to listen at, 0 for any', { low: 0n, high: 65_535n, otherwise: 9_477n }),
    )
    .option(
      '--every <s>',
      'seconds from one report to the next (default: one is made when it is asked for)',
      integerBetween('--every', 1n, 86_400n),
    )
    .action(
      run(async (session, { host, port, every, profile, feedSet, maxAge, ...options }: OracleServeOptions) => {
        const { signal, log, warn } = session
        await using open = new AsyncDisposableStack()
        const { source, privateKey } = open.use(await openOracle({ profile, feedSet, maxAge, ...options }))
        const shape = venueShape(profile)
        let failure: string | undefined
        const server = open.use(
          await serveReports({
            ...{ profile, host, port: Number(port), every: every === undefined ? undefined : Number(every) },
            sign: (ended, newest) => signPrices({ source, privateKey, feedSet, maxAge, shape, newest, signal: ended }),
            onSigned({ report: { timestamp } }) {
              log.info({ timestamp: `${timestamp}` }, 'signed')
              if (failure !== undefined) warn('reports are made again')
              failure = undefined
            },
            onFailure({ message }: ZkclearError) {
              if (message !== failure) warn(`no report: ${message}`)
              failure = message
            },
          }),
        )
        const kept = open.move()
        const { url } = server
        return {
          document: { url, feedSet, key: tradingKey(privateKey), every },
          text: `reports are at ${url}`,
          async lasting() {
            await using _ = kept
            const interrupted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
            if (!signal.aborted) await Promise.race([interrupted, server.failed])
          },
        }
      }),
    )
