import type { Account, Position } from './account.ts'
import { ZkclearError } from './errors.ts'
import { assertUint } from './numbers.ts'
import { BITS } from './parameters.ts'

/** All that a trade batch can change of an account (protocol.md#account-update): what it has after the batch in one market. */
export interface AccountUpdate {
  readonly market: number
  readonly nonce: bigint
  readonly cash: bigint
  readonly position: Position
}

/** Two field elements: an update packed, below 2^153 and 2^234, or encrypted. */
export type UpdateWords = readonly [bigint, bigint]

/** What each word packs, most significant first. A signed number of n bits is in [-2^n, 2^n) and packed as x + 2^n. */
const LAYOUT = [
  [
    { name: 'market', bits: BITS.market, signed: false },
    { name: 'nonce', bits: BITS.nonce, signed: false },
    { name: 'cash', bits: BITS.collateral, signed: true },
  ],
  [
    { name: 'size', bits: BITS.position, signed: true },
    { name: 'fundingIndex', bits: BITS.fundingIndex, signed: true },
    { name: 'openBuy', bits: BITS.position, signed: false },
    { name: 'openSell', bits: BITS.position, signed: false },
  ],
] as const

type Field = (typeof LAYOUT)[number][number]
type Values = Record<Field['name'], bigint>

const widthOf = ({ bits, signed }: Field) => BigInt(signed ? bits + 1 : bits)
const offsetOf = ({ bits, signed }: Field) => (signed ? 1n << BigInt(bits) : 0n)

/** The account's update in that market. */
export function updateOf({ nonce, collateral, positions }: Account, market: number): AccountUpdate {
  return { market, nonce, cash: collateral[0]!, position: positions[market]! }
}

/** The account as the update leaves it. */
export function applyUpdate(account: Account, { market, nonce, cash, position }: AccountUpdate): Account {
  const collateral = account.collateral.with(0, cash)
  return { ...account, nonce, collateral, positions: account.positions.with(market, position) }
}

/** Throws INPUT_INVALID, without the number, for one that no state holds. */
export function packUpdate({ market, nonce, cash, position }: AccountUpdate): UpdateWords {
  const values: Values = { market: BigInt(market), nonce, cash, ...position }
  const pack = (fields: readonly Field[]) =>
    fields.reduce((word, field) => (word << widthOf(field)) + shifted(values[field.name], field), 0n)
  return [pack(LAYOUT[0]), pack(LAYOUT[1])]
}

/** The one update that packs to these words; undefined if one of them is too large for any. */
export function unpackUpdate(words: UpdateWords): AccountUpdate | undefined {
  const values = {} as Values
  for (const [i, fields] of LAYOUT.entries()) {
    let rest = words[i]!
    for (const field of fields.toReversed()) {
      values[field.name] = (rest & ((1n << widthOf(field)) - 1n)) - offsetOf(field)
      rest >>= widthOf(field)
    }
    if (rest !== 0n) return undefined
  }
  const { market, nonce, cash, ...position } = values
  return { market: Number(market), nonce, cash, position }
}

/** A number as its field holds it. */
function shifted(value: bigint, field: Field): bigint {
  const { name, bits, signed } = field
  if (!signed) return assertUint(value, bits, name)
  const moved = value + offsetOf(field)
  if (moved < 0n || moved >> widthOf(field) !== 0n) {
    throw new ZkclearError('INPUT_INVALID', `must be in [-2^${bits}, 2^${bits})`, { path: name })
  }
  return moved
}
