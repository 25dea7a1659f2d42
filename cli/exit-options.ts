import type { Command } from 'commander'
import { BITS } from '../protocol/parameters.ts'
import { addressOf, integerBetween } from './options.ts'
import { tableText } from './table.ts'

/** Which venue, and which account of it. */
export interface AccountOptions {
  readonly settlement: string
  readonly account: bigint
}

export function addSettlementOption(command: Command): Command {
  return command.requiredOption('--settlement <address>', "the venue's Settlement", addressOf('--settlement'))
}

/** Parses the index of an account. Throws INPUT_INVALID. */
export const accountOf = integerBetween('--account', 0n, (1n << BigInt(BITS.account)) - 1n)

/** Lots of each asset, a line for each name. */
export function lotsTable(rows: readonly (readonly [name: string, lots: readonly bigint[]])[]): string {
  const assets = rows[0]![1].map((_, asset) => `asset ${asset}`)
  return tableText(
    ['lots', ...assets],
    rows.map(([name, lots]) => [name, ...lots]),
  )
}
