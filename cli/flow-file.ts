import { ZkclearError } from '../protocol/errors.ts'
import type { Genesis } from '../protocol/state.ts'
import { parseFlowCsv } from '../venue/csv.ts'
import type { Intent } from '../venue/intent.ts'
import { lobsterAccounts, parseLobster } from '../venue/lobster.ts'
import { readText } from './read-file.ts'

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

/** Reads order flow; LOBSTER's order ids become accounts of the genesis. Throws FILE_UNREADABLE, INPUT_INVALID, FLOW_INVALID. */
export async function readFlow(
  { flow, format, market, startOfDay }: FlowOptions,
  { accounts }: Genesis,
): Promise<{ intents: readonly Intent[]; skipped?: Readonly<Record<string, number>>; ghosts?: number }> {
  if (format === 'csv') return { intents: parseFlowCsv(await readText(flow, 'flow')) }
  if (startOfDay === undefined) {
    const message = 'is missing: LOBSTER counts seconds after midnight; say which one, in unix time'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--start-of-day' })
  }
  const roles = lobsterAccounts(accounts.map(({ index }) => index))
  const { intents, skipped, ghosts } = parseLobster(await readText(flow, 'flow'), {
    ...roles,
    market: Number(market),
    startOfDay,
  })
  return { intents, skipped, ghosts }
}
