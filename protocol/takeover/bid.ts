import { sign } from '../crypto/eddsa.ts'
import { hashWords, poseidon } from '../hash.ts'
import type { Signature } from '../message.ts'
import { assertCanonical, assertUint, toField } from '../numbers.ts'
import { BITS } from '../parameters.ts'
import { type Portfolio, packPortfolio } from '../portfolio.ts'

/** What a bidder signs: to take over what the victim holds, and no other portfolio, for that price. */
export interface Bid {
  /** Account indices, 24 bits. */
  readonly victim: number
  readonly bidder: number
  /** {@link heldBy} of the portfolio that the FLAG published, or of what the victim holds since: once that is another, the bid is void. */
  readonly held: bigint
  /** Quanta, |price| < 2^80. What is below 0 the house pays to the bidder. */
  readonly price: bigint
  /** As in an order. */
  readonly nonce: bigint
  readonly expiry: bigint
}

export interface SignedBid {
  readonly bid: Bid
  readonly signature: Signature
}

/** Added to a price, so that it is not below 0 in a word. */
const PRICE_OFFSET = 1n << BigInt(BITS.collateral)

/** Fields of a bid's word, most significant first (protocol.md#bid). */
const BID_LAYOUT = [
  ['victim', BITS.account],
  ['bidder', BITS.account],
  ['price', BITS.collateral + 1],
  ['nonce', BITS.nonce],
  ['expiry', BITS.time],
] as const

/**
 * The digest of a portfolio as a bid names it (protocol.md#bid): sizes, collateral besides cash, and cash with the funding of all positions
 * counted from index 0. So it is the same before and after funding is realised, whatever happens to keys, nonce and open orders.
 */
export function heldBy({ collateral, positions }: Portfolio): bigint {
  const cash = positions.reduce((sum, { size, fundingIndex }) => sum + size * fundingIndex, collateral[0]!)
  const rest = packPortfolio({
    collateral: collateral.with(0, 0n),
    positions: positions.map(({ size }) => ({ size, fundingIndex: 0n })),
  })
  return hashWords('BID', [toField(cash), ...rest])
}

/** All of a bid but what is held as one word of 233 bits. Throws INPUT_INVALID, naming the field that does not fit. */
function packBid(bid: Bid): bigint {
  const fields = {
    victim: BigInt(bid.victim),
    bidder: BigInt(bid.bidder),
    price: bid.price + PRICE_OFFSET,
    nonce: bid.nonce,
    expiry: bid.expiry,
  }
  return BID_LAYOUT.reduce(
    (word, [name, bits]) => (word << BigInt(bits)) | assertUint(fields[name], bits, `bid.${name}`),
    0n,
  )
}

/** What the bidder signs: Poseidon(BID; domain, held, word). */
export function hashBid(bid: Bid, domain: bigint): bigint {
  return poseidon('BID', [domain, assertCanonical(bid.held, 'bid.held'), packBid(bid)])
}

/** EdDSA-Poseidon of a bid for one venue's domain, with the bidder's private key of 32 bytes. */
export function signBid(bid: Bid, domain: bigint, privateKey: Uint8Array): SignedBid {
  const { R8, S } = sign(privateKey, hashBid(bid, domain))
  return { bid, signature: { R8x: R8.x, R8y: R8.y, S } }
}
