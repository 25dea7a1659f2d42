import type { TradingKey } from '../../protocol/account.ts'
import { oracleOf } from '../../protocol/risk/median.ts'
import { type ReportShape, reportValues, type SignedReport } from '../../protocol/risk/report.ts'
import { WINDOWS, windowsOf } from '../lib/fixed-base-windows.ts'
import type { InputShape, InputValue } from '../types.ts'

/** Shapes of the inputs that {@link reportsInput} makes, for n oracles. */
export function reportsShapes(n: number, { underlyings, markets }: ReportShape) {
  return {
    used: [n],
    timestamp: [n],
    values: [n, underlyings + 2 * markets],
    R8x: [n],
    R8y: [n],
    window: [n, WINDOWS + 1, 2],
  } satisfies Record<string, InputShape>
}

/** What Reports takes for reports that `medianReport` takes: each in the slot of its oracle; the other slots are not used. */
export function reportsInput(
  reports: readonly SignedReport[],
  oracles: readonly TradingKey[],
  { underlyings, markets }: ReportShape,
): Record<keyof ReturnType<typeof reportsShapes>, InputValue> {
  const slots = oracles.map((_, oracle) => reports.find(({ key }) => oracleOf(key, { oracles }) === oracle))
  const nothing = Array<bigint>(underlyings + 2 * markets).fill(0n)
  return {
    used: slots.map((signed) => (signed === undefined ? 0n : 1n)),
    timestamp: slots.map((signed) => signed?.report.timestamp ?? 0n),
    values: slots.map((signed) => (signed === undefined ? nothing : reportValues(signed.report))),
    R8x: slots.map((signed) => signed?.signature.R8x ?? 0n),
    R8y: slots.map((signed) => signed?.signature.R8y ?? 0n),
    // windows of any scalar do for a slot that is not used
    window: slots.map((signed) => windowsOf(signed?.signature.S ?? 1n)),
  }
}
