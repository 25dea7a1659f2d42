import { accountInput, ownTree, unusedAccount } from '../../circuits/state/account-input.ts'
import { shapeArgument } from '../../circuits/state/shape.ts'
import { takeoverInput, takeoverShapes } from '../../circuits/takeover/input.ts'
import { takeoverStatement } from '../../circuits/takeover/statement.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { PHASES } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { openInterestOf } from '../../protocol/state.ts'
import { leastPrice } from '../../protocol/takeover/auction.ts'
import { type Bid, heldBy, signBid } from '../../protocol/takeover/bid.ts'
import { passPortfolio, type Takeover } from '../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import type { TestCircuit } from '../circuits/harness.ts'
import {
  type AccountOptions,
  crowdedTree,
  DOMAIN,
  LATER,
  makeAccount,
  makeState,
  makeTable,
  NOW,
  PRIVATE_KEY,
} from './model.ts'

/** A venue so small that its takeovers compile and are audited quickly. */
export const TAKEOVER_VENUE: VenueShape = {
  name: 'test',
  markets: 3,
  collaterals: 2,
  scenarios: 3,
  accountLevels: 2,
  window: 2,
  underlyings: 1,
  oracles: 1,
}

export const TAKEOVER_CIRCUIT: TestCircuit = {
  name: `takeover-${TAKEOVER_VENUE.name}`,
  template: 'Takeover',
  source: 'takeover/takeover.circom',
  templateArguments: () => [shapeArgument(TAKEOVER_VENUE)],
  publicSignals: ['dataCommitment', 'dataChallenge', 'dataValue'],
  inputShapes: () => takeoverShapes(TAKEOVER_VENUE),
}

export const [VICTIM, BIDDER] = [5, 2]

/** The auction opens 100 seconds after the flag, for 200; 1,000 to 9,000 basis points of the risk below what is fair. */
export const TAKEOVER_TABLE = makeTable(TAKEOVER_VENUE, { firstDiscountBps: 1_000n, lastDiscountBps: 9_000n })
export const FLAGGED_AT = NOW + 50n
export const OPENS = FLAGGED_AT + TAKEOVER_TABLE.grace

/** What is out of the usual in a takeover: of ten lots long at 1,000, with 1,900 of equity where 2,000 are at risk, for 1,800. */
export interface TakeoverSetting {
  readonly victim?: AccountOptions
  readonly bidder?: AccountOptions
  readonly house?: AccountOptions
  readonly table?: RiskTable
  readonly timestamp?: bigint
  readonly resumedAt?: bigint
  readonly bid?: Partial<Bid>
}

/** The takeover, as the model makes it. */
export function makeTakeover(setting: TakeoverSetting = {}): Takeover {
  return applyTakeover(...settingOf(setting))
}

/** What a venue would prove that asks no rule. */
export function lawlessTakeover(setting: TakeoverSetting): Takeover {
  return passPortfolio(...settingOf(setting))
}

function settingOf(setting: TakeoverSetting): Parameters<typeof applyTakeover> {
  const { victim, bidder, house, table = TAKEOVER_TABLE, timestamp = OPENS, resumedAt = 0n, bid } = setting
  const flagged: AccountOptions = { cash: -8_100n, flaggedAt: FLAGGED_AT }
  const accounts = {
    0: makeAccount(TAKEOVER_VENUE, house),
    [VICTIM!]: makeAccount(TAKEOVER_VENUE, { ...flagged, positions: { 0: { size: 10n, openBuy: 3n } }, ...victim }),
    [BIDDER!]: makeAccount(TAKEOVER_VENUE, bidder),
  }
  const made = makeState(TAKEOVER_VENUE, accounts)
  const state = { ...made, openInterest: openInterestOf(Object.values(accounts), TAKEOVER_VENUE) }
  const signed = signBid(
    {
      ...{ victim: VICTIM!, bidder: BIDDER!, held: heldBy(accounts[VICTIM!]!) },
      ...{ price: 1_800n, nonce: 1n, expiry: LATER },
      ...bid,
    },
    DOMAIN,
    PRIVATE_KEY,
  )
  return [state, signed, { timestamp, domain: DOMAIN, riskTable: table, resumedAt }]
}

export function takeoverInputs(takeover: Takeover): CircuitInput {
  return takeoverInput(takeoverStatement(takeover), takeover, TAKEOVER_VENUE)
}

const SHORTS = { 0: { size: -7n, fundingIndex: -3n }, 1: { size: 9n, openSell: 4n }, 2: { size: -1n } }

/** Plain; below 0, paid by a house that trades; crossing positions with funding; of more lots than a bidder may buy, for nothing; late, after a pause, at the lowest price. */
export const TAKEOVERS: readonly (() => Takeover)[] = [
  () => makeTakeover(),
  () =>
    makeTakeover({
      victim: { cash: -13_000n },
      house: { cash: 9_000n, positions: { 1: { size: 2n, openBuy: 1n } } },
      timestamp: OPENS + 200n,
      bid: { price: -4_800n },
    }),
  () =>
    makeTakeover({
      table: {
        ...TAKEOVER_TABLE,
        markets: TAKEOVER_TABLE.markets.map((m, i) => ({ ...m, fundingIndex: BigInt(4 - 3 * i) })),
      },
      victim: { cash: -1_000n, others: [8n], positions: SHORTS, nonce: 3n },
      bidder: {
        cash: 90_000n,
        others: [2n],
        positions: { 0: { size: 9n, openSell: 2n }, 1: { size: -20n }, 2: { size: -2n } },
      },
      timestamp: OPENS + 150n,
      bid: { price: 10n, nonce: 9n },
    }),
  () =>
    makeTakeover({
      table: {
        ...TAKEOVER_TABLE,
        markets: TAKEOVER_TABLE.markets.map((m, i) => ({
          ...m,
          maxPosition: 4n,
          phase: i === 1 ? PHASES.SHELTERED : m.phase,
        })),
      },
      victim: { cash: 9_850n, others: [50n], positions: { 0: { size: -10n } } },
      timestamp: OPENS + 200n,
      bid: { price: 0n },
    }),
  () =>
    makeTakeover({ resumedAt: FLAGGED_AT + 40n, timestamp: OPENS + 140n, bid: { price: 900n, expiry: OPENS + 140n } }),
]

const RICH = 1n << 60n
const LIMIT = TAKEOVER_TABLE.markets[0]!.maxPosition
const SHELTERING: RiskTable = {
  ...TAKEOVER_TABLE,
  markets: TAKEOVER_TABLE.markets.map((m, i) => (i === 2 ? { ...m, phase: PHASES.SHELTERED } : m)),
}

/**
 * Of collateral with a haircut, at the lowest price; of nothing but collateral, in debt; by a bidder with funding to come; of short lots by
 * one who may buy many more; by one beyond maxPosition in a market where nothing is taken over; paid by a house while a market is sheltered.
 */
export const ODD_TAKEOVERS: readonly (() => Takeover)[] = [
  () => {
    const victim = { cash: -11_100n, others: [1_000n], positions: { 0: { size: 10n } } }
    return makeTakeover({ victim, bid: { price: leastPrice(makeAccount(TAKEOVER_VENUE, victim), TAKEOVER_TABLE, 0n) } })
  },
  () =>
    makeTakeover({
      victim: { cash: -3_000n, others: [1_000n], positions: {} },
      timestamp: OPENS + 200n,
      bid: { price: 0n },
    }),
  () => makeTakeover({ bidder: { cash: 90_000n, positions: { 1: { size: 5n, fundingIndex: 7n } } } }),
  () =>
    makeTakeover({
      table: { ...TAKEOVER_TABLE, markets: TAKEOVER_TABLE.markets.map((m) => ({ ...m, longRisk: 1n, shortRisk: 1n })) },
      victim: { cash: 11_900n, positions: { 0: { size: -10n } } },
      bidder: { cash: RICH, positions: { 0: { openBuy: LIMIT, openSell: LIMIT - 10n } } },
    }),
  () =>
    makeTakeover({
      table: {
        ...TAKEOVER_TABLE,
        markets: TAKEOVER_TABLE.markets.map((m, i) => (i === 1 ? { ...m, maxPosition: 3n } : m)),
      },
      bidder: { cash: RICH, positions: { 1: { size: 9n } } },
    }),
  () =>
    makeTakeover({
      table: SHELTERING,
      victim: { cash: -13_000n },
      house: { cash: 9_000n },
      timestamp: OPENS + 200n,
      bid: { price: -4_800n },
    }),
]

/** Inputs of a takeover in which the house pays nothing, and what stands for it holds what a house that pays could not. */
export function unreadTakeover(): CircuitInput {
  const input = takeoverInputs(makeTakeover({ table: SHELTERING }))
  const account = makeAccount(TAKEOVER_VENUE, { cash: -5_000n, positions: { 2: { size: 1n } } })
  const signals = Object.entries({ ...accountInput(account), accountChildren: ownTree(account, TAKEOVER_VENUE) })
  const third = ([name, value]: [string, InputValue]) => [name, (input[name] as readonly InputValue[]).with(2, value)]
  const worst = (input.worstLoss as readonly bigint[]).with(1, toField(worstLoss(account, SHELTERING)))
  return { ...input, ...Object.fromEntries(signals.map(third)), worstLoss: worst }
}

/** Inputs of a takeover in which the house pays nothing, and what stands for it stands at every place of its tree. */
export function crowdedTakeover(): CircuitInput {
  const input = takeoverInputs(makeTakeover())
  const [victim, bidder] = input.accountChildren as readonly InputValue[]
  return { ...input, accountChildren: [victim!, bidder!, crowdedTree(unusedAccount(TAKEOVER_VENUE), TAKEOVER_VENUE)] }
}
