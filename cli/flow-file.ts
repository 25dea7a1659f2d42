import { HOUSE } from '../protocol/cash-batch/cash-batch.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { State } from '../protocol/state.ts'
import { parseFlowCsv } from '../venue/csv.ts'
import type { Intent } from '../venue/intent.ts'
import { lobsterAccounts, parseLobster } from '../venue/lobster.ts'
import { named, readText } from './read-file.ts'

export const FLOW_FORMATS = ['csv', 'lobster'] as const
export type FlowFormat = (typeof FLOW_FORMATS)[number]

export interface FlowOptions {
  readonly flow: string
  readonly format: FlowFormat
  /** LOBSTER files name neither a market nor a day. */
  readonly market: bigint
  readonly startOfDay?: bigint
}

/** Throws INPUT_INVALID. */
export function parseFormat(name: string): FlowFormat {
  const format = FLOW_FORMATS.find((one) => one === name)
  if (format !== undefined) return format
  const message = `got ${JSON.stringify(name.slice(0, 64))}, need one of ${FLOW_FORMATS.join(', ')}`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--format' })
}

/** Reads order flow; LOBSTER's order ids become accounts of the state. Throws FILE_UNREADABLE, INPUT_INVALID, FLOW_INVALID. */
export async function readFlow(
  { flow, format, market, startOfDay }: FlowOptions,
  { accounts, shape: { markets } }: State,
): Promise<{ intents: readonly Intent[]; skipped?: Readonly<Record<string, number>>; ghosts?: number }> {
  const text = await readText(flow, 'flow')
  if (format === 'csv') return { intents: await named(flow, () => parseFlowCsv(text, { markets })) }
  if (startOfDay === undefined) {
    const message = 'is missing: LOBSTER counts seconds after midnight; say which one, in unix time'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--start-of-day' })
  }
  const roles = lobsterAccounts([...accounts.entries()].map(([index]) => index).filter((index) => index !== HOUSE))
  if (market >= markets) {
    const message = `got ${market}, but the venue's markets are 0 to ${markets - 1}`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--market' })
  }
  const options = { ...roles, market: Number(market), startOfDay }
  const { intents, skipped, ghosts } = await named(flow, () => parseLobster(text, options))
  return { intents, skipped, ghosts }
}
