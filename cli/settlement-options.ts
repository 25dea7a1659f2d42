import type { Command } from 'commander'
import { BITS } from '../protocol/parameters.ts'
import { addressOf, integerBetween } from './options.ts'

/** Which venue. */
export interface SettlementOption {
  readonly settlement: string
}

/** Which venue, and which account of it. */
export interface AccountOptions extends SettlementOption {
  readonly account: bigint
}

export function addSettlementOption(command: Command): Command {
  return command.requiredOption('--settlement <address>', "the venue's Settlement", addressOf('--settlement'))
}

const LAST_ACCOUNT = (1n << BigInt(BITS.account)) - 1n

/** Parses the index of an account. Throws INPUT_INVALID. */
export const accountOf = integerBetween('--account', 0n, LAST_ACCOUNT)

/** Gathers the accounts of an option that takes several. Throws INPUT_INVALID. */
export function accountsOf(option: string): (text: string, before?: readonly number[]) => readonly number[] {
  const parse = integerBetween(option, 0n, LAST_ACCOUNT)
  return (text, before = []) => [...before, Number(parse(text))]
}

/** Parses the place of an asset. Throws INPUT_INVALID. */
export const assetOf = integerBetween('--asset', 0n, (1n << BigInt(BITS.asset)) - 1n)

/** Parses a number of lots. Throws INPUT_INVALID. */
export const lotsOf = integerBetween('--lots', 1n, (1n << BigInt(BITS.collateral)) - 1n)
