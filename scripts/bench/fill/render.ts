import { number, table } from '../markdown.ts'
import type { Fill } from './cut.ts'
import type { FillResult } from './measure.ts'
import { constraintsOf } from './prices.ts'

/** How full batches of several sizes get, and what a message costs in them. */
export function renderFill({ prices, flows, rows }: FillResult): string {
  const { each, fixed, check } = prices
  const off = (100 * (check.predicted - check.compiled)) / check.compiled
  const parts = [
    `### How full batches get

Flows replayed for trade batches of the standard shape in several sizes: messages + signatures + steps + accounts (full + light). Runs of up to 8
messages of one account are signed once; each market has a queue; no batch ends because its second is over.`,
    table(
      ['flow', 'messages', 'steps a message', 'messages a signature'],
      flows.map(({ name, messages, steps, bundles }) => {
        return [name, number(messages), (steps / messages).toFixed(2), (messages / bundles).toFixed(2)]
      }),
    ),
    `Messages in a batch, in brackets what ended most batches and how many of them, and constraints for each message:`,
    table(
      ['size', 'constraints', 'for each slot of a message', ...flows.flatMap(({ name }) => [name, 'constraints'])],
      rows.map(({ bounds, fills }) => {
        const constraints = Math.round(constraintsOf(bounds, prices))
        const { messages, signatures, steps, accounts, lightAccounts } = bounds
        return [
          `${messages} + ${signatures} + ${steps} + (${accounts} + ${lightAccounts})`,
          ...[number(constraints), number(Math.round(constraints / messages))],
          ...fills.flatMap((fill) => [
            fillText(fill),
            number(Math.round((constraints * fill.batches) / fill.messages)),
          ]),
        ]
      }),
    ),
    `Constraints are those of a line through small sizes of this shape, as they compile: ${number(Math.round(fixed))}, and
${Object.entries(each)
  .map(([bound, price]) => `${number(Math.round(price))} for each of ${bound}`)
  .join(', ')}.
A size beyond them has ${number(check.compiled)}, the line says ${number(check.predicted)} (${off.toFixed(1)} %).`,
  ]
  return parts.join('\n\n')
}

function fillText({ messages, batches, ended }: Fill): string {
  const [most, count] = Object.entries(ended).reduce((a, b) => (b[1] > a[1] ? b : a))
  return `${(messages / batches).toFixed(1)} (${most}: ${Math.round((100 * count) / batches)} %)`
}
