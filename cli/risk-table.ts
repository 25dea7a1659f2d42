import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { connectReader, readRiskStatus } from '../settlement/index.ts'
import { encodeRiskSnapshot, encodeRiskTable } from '../venue/index.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { jsonText } from './json-text.ts'
import { newestTable } from './newest-table.ts'
import { profileOption } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { readRiskSnapshot } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface RiskTableOptions extends ReaderOptions, SettlementOption {
  readonly after?: string
  readonly out: string
  readonly snapshotOut?: string
  readonly profile: ProfileName
}

const DESCRIPTION = `Computes a venue's newest risk table from the chain alone, and writes it: every table follows from the one before, the medians of
what oracles signed, and the risk parameters that were in force, all of which the contracts' events tell. Each has to have the root
that the contract holds. With --after, a snapshot that was written before, only what came after it is computed.`

export const riskTableCommand: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('table', DESCRIPTION, [
        'zkclear risk table --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out risk.json',
        'zkclear risk table --after table.json --snapshot-out table.json --rpc https://... --settlement 0x... --out risk.json',
      ]),
    ),
  )
    .requiredOption('--out <file>', "the risk table's file")
    .option('--after <file>', 'snapshot of an earlier table, to go on from')
    .option('--snapshot-out <file>', 'snapshot of the table, with what the next update needs')
    .addOption(profileOption())
    .action(
      run(async (session, { rpc, settlement, out, snapshotOut, profile, ...options }: RiskTableOptions) => {
        using connection = await connectReader({ rpcUrl: rpc })
        const { provider, chainId } = connection
        const { last } = await readRiskStatus({ provider, settlement })
        if (last.length === 0) {
          const message = 'has no risk table yet; "zkclear risk update" brings the first'
          throw new ZkclearError('INPUT_INVALID', message, { path: '--settlement' })
        }
        const { number, root: riskRoot } = last[0]!
        const snapshots = options.after === undefined ? [] : [await readRiskSnapshot(options.after, profile)]
        const place = { provider, settlement, profile, fromBlock: options.fromBlock }
        const newest = await newestTable(place, { riskRoot, snapshots }, session)
        const { table } = newest
        await using file = await openOutputFile(out)
        await file.commit(jsonText(encodeRiskTable(table, profile)))
        if (snapshotOut !== undefined) {
          await using kept = await openOutputFile(snapshotOut)
          await kept.commit(jsonText(encodeRiskSnapshot(newest, profile)))
        }
        const rows = table.markets.map(({ mark, fundingIndex, phase }, m) => [m, mark, fundingIndex, phase])
        return {
          document: { out, snapshotOut, chainId, settlement, number, riskRoot, asOf: table.asOf },
          text: `${tableText(['market', 'mark', 'funding index', 'phase'], rows)}
table ${number}, of ${timeText(table.asOf)}, risk root ${riskRoot}`,
        }
      }),
    )
