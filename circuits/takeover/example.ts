import { type Account, ownerCommitment } from '../../protocol/account.ts'
import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { accountAt, genesisState, type State } from '../../protocol/state.ts'
import { heldBy, signBid } from '../../protocol/takeover/bid.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { EXAMPLE_TIME, exampleOwnerSecret, exampleRiskTable, exampleViewKey } from '../trade-batch/example.ts'

const MARKET = { maxLots: 1n << 30n, maxPrice: 1n << 33n }
const [VICTIM, BIDDER] = [1, 2]
const SIZES = { [HOUSE]: -30n, [VICTIM]: 50n, [BIDDER]: -20n }
/** Halfway through the auction, which opens 900 seconds after the flag for 1,800. */
const FLAGGED_AT = EXAMPLE_TIME - 1_800n

/** A bankrupt account is taken over by one that held lots against it, and the house pays. */
export function exampleTakeover(profile: ProfileName, domain: bigint): Takeover {
  const shape = venueShape(profile)
  const riskTable = exampleRiskTable(shape)
  const state = exampleState(shape, riskTable.markets[0]!.mark)
  const held = heldBy(accountAt(state, VICTIM)!)
  const bid = { victim: VICTIM, bidder: BIDDER, held, price: -2n * 10n ** 9n, nonce: 1n, expiry: EXAMPLE_TIME }
  const context = { timestamp: EXAMPLE_TIME, domain, riskTable, resumedAt: 0n }
  return applyTakeover(state, signBid(bid, domain, privateKey(BIDDER)), context)
}

/** The house, a victim that owes 10^9 quanta more than its position is worth, and a bidder. */
function exampleState(shape: VenueShape, mark: bigint): State {
  const accounts = [HOUSE, VICTIM, BIDDER].map((index) => ({
    index,
    tradingKey: tradingKey(privateKey(index)),
    ownerCommitment: ownerCommitment(exampleOwnerSecret(index)),
    viewKey: exampleViewKey(index),
    collateral: [10n ** 12n, ...new Array<bigint>(shape.collaterals - 1).fill(0n)],
    sizes: Array.from({ length: shape.markets }, (_, m) => (m === 0 ? SIZES[index]! : 0n)),
  }))
  const state = genesisState({ markets: new Array(shape.markets).fill(MARKET), accounts }, shape)
  const solvent = accountAt(state, VICTIM)!
  const owed = -SIZES[VICTIM]! * mark - 10n ** 9n
  const victim: Account = { ...solvent, flaggedAt: FLAGGED_AT, collateral: solvent.collateral.with(0, owed) }
  return { ...state, accounts: state.accounts.set(VICTIM, victim) }
}

function privateKey(account: number): Uint8Array {
  return new Uint8Array(32).fill(account + 1)
}
