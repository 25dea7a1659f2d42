import { signPrices } from '../oracle/index.ts'
import { hashReport } from '../protocol/risk/report.ts'
import { venueShape } from '../protocol/shape.ts'
import { encodeReport } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { addOracleOptions, type OracleOptions, openOracle, SOURCE_HELP } from './oracle-source.ts'
import { openOutputFile } from './output-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface OracleSignOptions extends OracleOptions {
  readonly out?: string
}

const DESCRIPTION = `Signs one price report, which is printed or written to a file. ${SOURCE_HELP}`

export const oracleSignCommand: Verb = (run) =>
  addOracleOptions(
    newVerb('sign', DESCRIPTION, [
      'zkclear oracle sign --prices prices.json --feed-set 1 --key-file oracle-key.txt --out report.json',
      'zkclear oracle sign --command "node quote.js" --feed-set 1 --key-file oracle-key.txt',
      'zkclear oracle sign --feeds feeds.json --rpc http://127.0.0.1:8545 --feed-set 1 --key-file oracle-key.txt',
    ]),
  )
    .option('--out <file>', 'report file (default: it is printed)')
    .action(
      run(async ({ signal }, { out, profile, feedSet, maxAge, ...options }: OracleSignOptions) => {
        await using file = out === undefined ? undefined : await openOutputFile(out)
        using job = await openOracle({ profile, feedSet, maxAge, ...options })
        const { source, privateKey } = job
        const signed = await signPrices({ source, privateKey, feedSet, maxAge, shape: venueShape(profile), signal })
        const document = encodeReport(signed, profile) as Readonly<Record<string, unknown>>
        if (file === undefined) return { document, text: jsonText(document).trimEnd() }
        await file.commit(jsonText(document))
        const { timestamp } = signed.report
        return {
          document: { out, feedSet, timestamp, digest: hashReport(signed.report), key: signed.key },
          text: `a report of second ${timestamp} is in ${out}`,
        }
      }),
    )
