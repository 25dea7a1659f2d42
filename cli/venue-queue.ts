import { connectReader, readCash } from '../settlement/index.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { durationText, timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Shows what waits in the queue of a Settlement, from the front, and until when each entry must be served: from the deadline
of the first one on anybody may freeze the venue.`

const FOR_NOTHING = 'what waits is never served; "zkclear exit refund" has deposits credited to who paid them'

export const venueQueueCommand: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('queue', DESCRIPTION, [
        'zkclear venue queue --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
        'zkclear venue queue --rpc https://... --settlement 0x... --from-block 21000000 --json',
      ]),
    ),
  ).action(
    run(async (_, { rpc, settlement, fromBlock }: ReaderOptions & SettlementOption) => {
      using connection = await connectReader({ rpcUrl: rpc })
      const { provider, chainId } = connection
      const { time, frozenAt, ...chain } = await readCash({ provider, settlement, fromBlock: Number(fromBlock) })
      const entries = chain.entries.map((entry) => ({ ...entry, overdue: entry.deadline <= time }))
      const overdue = entries.filter((entry) => entry.overdue).length
      const rows = entries.map(({ index, kind, account, asset, a, deadline, ...entry }) => [
        ...[index, kind, account],
        ...(kind === 'DEPOSIT' || kind === 'FORCED' ? [asset, a] : ['', '']),
        ...[timeText(deadline), frozenAt !== 0n ? 'NEVER' : entry.overdue ? 'OVERDUE' : durationText(deadline - time)],
      ])
      const table = tableText(['entry', 'kind', 'account', 'asset', 'lots', 'deadline', 'left'], rows)
      const waits = `${entries.length} ${entries.length === 1 ? 'entry waits' : 'entries wait'}`
      const late = overdue === 0 ? waits : `${waits}, ${overdue} overdue: anybody may freeze the venue now`
      const text = frozenAt === 0n ? late : `the venue was frozen at ${timeText(frozenAt)}: ${FOR_NOTHING}`
      return {
        document: { settlement, chainId, time, frozenAt, waiting: entries.length, overdue, entries },
        text: entries.length === 0 ? 'nothing waits' : `${table}\n${text}`,
      }
    }),
  )
