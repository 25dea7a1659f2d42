import { TRADE_BATCH_SIZES } from '../circuits/trade-batch/index.ts'

/** Published for a trade of two signed orders by a rollup of trades: docs/benchmarks.md says whose numbers these are. */
const LOOPRING = '450 to 1,050'

/**
 * What a message of full standard trade batches costs that are settled together, as a Markdown table.
 *
 * @param gas Of each transaction by its name, as test/vectors/settlement-gas.json has it.
 */
export function settlingTable(gas: Readonly<Record<string, number>>): string {
  const { messages } = TRADE_BATCH_SIZES.standard
  const rows = Object.entries(gas).flatMap(([name, used]) => {
    const [, alone, count] =
      /^(?:(settle a)|settleMany of (\d+)) trade batch(?:es)? of \d+ words, verified/.exec(name) ?? []
    if (alone === undefined && count === undefined) return []
    const floor = gas[`announced floor of ${name.replace(/^settle a /, 'a ')}`]!
    const announced = Math.max(used, floor)
    const cells = [used, used / messages, floor, announced / messages].map((value) =>
      Math.round(value).toLocaleString('en-US'),
    )
    return [`| ${count ?? '1, by `settle`'} | ${cells.join(' | ')} |`]
  })
  return [
    '| batches in a transaction | gas a batch | gas a message | announced floor, a batch | announced, a message |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    `| Loopring, a trade | | ${LOOPRING} | | |`,
  ].join('\n')
}
