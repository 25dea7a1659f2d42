import { portfolioRisk, scaledEquity } from '../../protocol/margin.ts'
import type { Message } from '../../protocol/message.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import type { RiskRecord, RiskTable } from '../../protocol/risk-table.ts'
import type { ClosingBreach } from '../../protocol/trade-batch/margin-rule.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import type { AccountOptions } from './model.ts'
import { makeTable, SMALL } from './model.ts'
import { addCash, Venue, withAccount } from './venue.ts'

/** The account that attacks, and the rich accomplice that its losses are for. */
export const ATTACKER = 1
export const ACCOMPLICE = 2

/** A batch in which an account below initial margin does more than close. */
export interface MarginAttack {
  readonly name: string
  /** Everything that stands in its way: with these parts of rule 4 dropped, it succeeds. */
  readonly stoppedBy: readonly ClosingBreach[]
  /** The attacker's equity and risk in front of the batch, and what they would be after it. */
  readonly from: readonly [equity: bigint, risk: bigint]
  readonly to: readonly [equity: bigint, risk: bigint]
  readonly venue: () => Venue
  readonly messages: (venue: Venue) => Message[]
}

const IOC = { timeInForce: 'IOC' } as const

/** A mark of 1,000 that may move by 100, a band of 10, no fees, initial margin 1.2 times what may be lost. */
export function attackTable(overrides: Partial<RiskTable> = {}, market: Partial<RiskRecord> = {}): RiskTable {
  return makeTable(SMALL, overrides, { band: 10n, scenarioPrices: moves(1000n, -100n, 100n), ...market })
}

/** The table with another record of the batch's market. */
function withRecord(table: RiskTable, record: Partial<RiskRecord>): RiskTable {
  return { ...table, markets: table.markets.with(2, { ...table.markets[2]!, ...record }) }
}

function moves(mark: bigint, ...by: readonly bigint[]): bigint[] {
  return Array.from({ length: SMALL.scenarios }, (_, s) => mark + (s === 0 ? 0n : (by[s - 1] ?? 0n)))
}

/** A venue where the attacker has these lots by market, and this equity. */
export function attackVenue(table: RiskTable, equity: bigint, lots: Readonly<Record<number, bigint>> = {}): Venue {
  const worth = Object.entries(lots).reduce((sum, [m, size]) => sum + size * table.markets[Number(m)]!.mark, 0n)
  const positions = Object.fromEntries(Object.entries(lots).map(([m, size]) => [m, { size }]))
  const accounts: Record<number, AccountOptions> = { [ATTACKER]: { cash: equity - worth, positions }, [ACCOMPLICE]: {} }
  return new Venue({ accounts, table })
}

/** What the attacker may spend before anybody looks at its margin. */
const CREDIT = 1n << 60n

/** The batch as it would be if nobody looked at the attacker's margin. */
export function withoutMargin(venue: Venue, messages: readonly Message[]): TradeBatch {
  const { state } = venue
  const batch = venue.edit(ATTACKER, addCash(CREDIT)).batch(messages)
  venue.state = state
  return withAccount(batch, ATTACKER, addCash(-CREDIT))
}

/** The attacker's equity and risk before the batch and after it, in quanta. */
export function course({ touched, context: { riskTable } }: TradeBatch): [equity: bigint, risk: bigint][] {
  const { before, after } = touched.find(({ index }) => index === ATTACKER)!
  return [before, after].map((one) => [scaledEquity(one, riskTable) / BASIS_POINTS, portfolioRisk(one, riskTable)])
}

/** What the model says of a batch in which the attacker does more than close. */
export function lacksMargin(...breaches: ClosingBreach[]) {
  return { code: 'BATCH_UNPROVABLE', details: { reason: 'MARGIN', account: ATTACKER, breaches } }
}

const fees = { takerFeeBps: 7n, makerFeeBps: 3n }

/** Flat, 3,410,000 in cash, 10,000 bids at 1, in front of a table that moves longRisk from 341 to 581. */
function afterJump(): Venue {
  const venue = new Venue({
    accounts: { [ATTACKER]: { cash: 3_410_000n }, [ACCOMPLICE]: { cash: 1n << 40n } },
    table: makeTable(SMALL, fees),
  })
  venue.rest([venue.buy(ATTACKER, 1n, 10_000n)])
  return venue.under(makeTable(SMALL, fees, { scenarioPrices: moves(1000n, -400n, 400n) }))
}

/** Takes 20 quanta a lot from the accomplice, who bids at 1010 and then asks 990. */
function gift(sold: bigint, bought: bigint, ...more: readonly ((venue: Venue) => Message)[]) {
  return (venue: Venue): Message[] => [
    venue.sell(ATTACKER, 1010n, sold, IOC),
    venue.sell(ACCOMPLICE, 990n, bought > sold ? bought : sold),
    ...more.map((message) => message(venue)),
  ]
}

/** Buys and sells again at the edges of the band: what is lost the accomplice gains. */
function wash(table: RiskTable, bought: bigint, sold: bigint) {
  const { mark, band } = table.markets[2]!
  return {
    rest: (venue: Venue) =>
      venue.rest([venue.sell(ACCOMPLICE, mark + band, bought), venue.buy(ACCOMPLICE, mark - band, sold)]),
    messages: (venue: Venue) => [
      venue.buy(ATTACKER, mark + band, bought, IOC),
      venue.sell(ATTACKER, mark - band, sold, IOC),
    ],
  }
}

const usual = attackTable()
const narrow = attackTable({}, { band: 1n })
/** The batch's market is of calls that cost 1 and gain 1 when the others rise. */
const calls = withRecord(usual, { mark: 1n, scenarioPrices: moves(1n, -1n, 1n) })
const riskless = withRecord(usual, { scenarioPrices: moves(1000n) })
/** No scenario moves the mark: what a position risks is what its lots beyond 20 add. */
const large = withRecord(usual, { scenarioPrices: moves(1000n), largeLots: 20n, largeRisk: 100n })
/** The batch's market is of options that cost 1, with a wide band. */
const options = withRecord(usual, { mark: 1n, band: 100n, scenarioPrices: moves(1n) })

export const MARGIN_ATTACKS: readonly MarginAttack[] = [
  {
    name: 'cancelPay: what cancelled orders reserved is paid out',
    stoppedBy: ['EXCESS_FELL', 'NET_BELOW_ZERO', 'OUTSIDE_BAND'],
    from: [3_410_000n, 0n],
    to: [-2_329_900n, 0n],
    venue() {
      const venue = afterJump()
      return venue.rest([venue.sell(ACCOMPLICE, 1100n, 28_500n), venue.buy(ACCOMPLICE, 900n, 28_500n)])
    },
    messages: (venue) => [
      venue.cancel(ATTACKER, 'buy', 1n, 0n),
      venue.buy(ATTACKER, 1100n, 28_500n, IOC),
      venue.sell(ATTACKER, 900n, 28_500n, IOC),
    ],
  },
  {
    name: 'cancelOpen: what cancelled orders reserved carries a position',
    stoppedBy: ['RISK_GREW', 'EXCESS_FELL', 'NOT_CLOSING'],
    from: [3_410_000n, 0n],
    to: [3_403_000n, 4_000_000n],
    venue() {
      const venue = afterJump()
      return venue.rest([venue.sell(ACCOMPLICE, 1000n, 10_000n)])
    },
    messages: (venue) => [venue.cancel(ATTACKER, 'buy', 1n, 0n), venue.buy(ATTACKER, 1000n, 10_000n, IOC)],
  },
  ...[0n, -1000n].map(
    (equity): MarginAttack => ({
      name: `gift: a flat account with equity ${equity} takes 1000 from an accomplice and opens with it`,
      stoppedBy: ['RISK_GREW', 'NOT_CLOSING'],
      from: [equity, 0n],
      to: [equity + 1000n, 1000n],
      venue() {
        const venue = attackVenue(usual, equity)
        return venue.rest([venue.buy(ACCOMPLICE, 1010n, 50n)])
      },
      messages: gift(
        50n,
        50n,
        (venue) => venue.sell(ACCOMPLICE, 1000n, 10n),
        (venue) => venue.buy(ATTACKER, 1000n, 60n, IOC),
      ),
    }),
  ),
  {
    name: 'box: a gift on one leg of +10 and -10 while it is closed',
    stoppedBy: ['RISK_GREW'],
    from: [0n, 0n],
    to: [1000n, 1000n],
    venue() {
      const venue = attackVenue(usual, 0n, { 0: 10n, 2: -10n })
      return venue.rest([venue.buy(ACCOMPLICE, 1010n, 45n)])
    },
    messages: gift(45n, 55n, (venue) => venue.buy(ATTACKER, 990n, 55n, IOC)),
  },
  {
    name: 'calls: an account in debt sells 900 calls that its long position covers',
    stoppedBy: ['NOT_CLOSING'],
    from: [-100n, 1000n],
    to: [-100n, 100n],
    venue() {
      const venue = attackVenue(calls, -100n, { 0: 10n })
      return venue.rest([venue.buy(ACCOMPLICE, 1n, 900n)])
    },
    messages: (venue) => [venue.sell(ATTACKER, 1n, 900n, IOC)],
  },
  {
    name: 'zeroRisk: an account in debt opens where no scenario moves the mark',
    stoppedBy: ['NOT_CLOSING'],
    from: [-100n, 0n],
    to: [-100n, 0n],
    venue() {
      const venue = attackVenue(riskless, -100n)
      return venue.rest([venue.sell(ACCOMPLICE, 1000n, 100_000n)])
    },
    messages: (venue) => [venue.buy(ATTACKER, 1000n, 100_000n, IOC)],
  },
  {
    name: 'wash: one lot is closed and 49 are bought and sold beside it',
    stoppedBy: ['OUTSIDE_BAND'],
    from: [100n, 1000n],
    to: [1n, 900n],
    venue: () => wash(narrow, 49n, 50n).rest(attackVenue(narrow, 100n, { 2: 10n })),
    messages: wash(narrow, 49n, 50n).messages,
  },
  {
    name: 'strip: what closing a position releases is washed away, when its risk has jumped from 10 to 100',
    stoppedBy: ['OUTSIDE_BAND'],
    from: [2500n, 11_000n],
    to: [0n, 1000n],
    venue() {
      const calm = withRecord(narrow, { scenarioPrices: moves(1000n, -10n, 10n), longRisk: 13n, shortRisk: 13n })
      const venue = attackVenue(calm, 2500n, { 0: 10n })
      venue.rest([venue.buy(ATTACKER, 1000n, 100n)])
      venue.under(narrow).rest([venue.sell(ACCOMPLICE, 1000n, 100n, IOC)])
      return wash(narrow, 1200n, 1300n).rest(venue)
    },
    messages: wash(narrow, 1200n, 1300n).messages,
  },
  {
    name: 'flip: a position changes sides and pays for each lot',
    stoppedBy: ['NOT_CLOSING'],
    from: [500n, 3000n],
    to: [250n, 500n],
    venue() {
      const venue = attackVenue(usual, 500n, { 0: 20n, 2: 10n })
      return venue.rest([venue.buy(ACCOMPLICE, 990n, 25n)])
    },
    messages: (venue) => [venue.sell(ATTACKER, 990n, 25n, IOC)],
  },
  {
    name: 'm3p: cancelling 850 lets 500 out, while 66,300 stay reserved',
    stoppedBy: ['NET_BELOW_ZERO'],
    from: [1000n, 5000n],
    to: [500n, 0n],
    venue() {
      const table = attackTable({}, { longRisk: 170n })
      const venue = attackVenue(table, 1000n, { 2: 50n })
      venue.edit(ATTACKER, addCash(CREDIT)) // its orders rested when it was rich
      venue.rest([venue.buy(ATTACKER, 1n, 390n, { market: 0 })], { market: 0 })
      venue.rest([venue.buy(ATTACKER, 1n, 5n)])
      venue.edit(ATTACKER, addCash(-CREDIT))
      return venue.rest([venue.buy(ACCOMPLICE, 990n, 50n)])
    },
    messages: (venue) => [venue.cancel(ATTACKER, 'buy', 1n, 0n), venue.sell(ATTACKER, 990n, 50n, IOC)],
  },
  {
    name: 'm1: an account in debt bids above the mark',
    stoppedBy: ['ORDER_LEFT'],
    from: [-1n, 0n],
    to: [-1n, 0n],
    venue: () => attackVenue(usual, -1n),
    messages: (venue) => [venue.buy(ATTACKER, 1010n, 1000n)],
  },
  {
    name: 'optionEdge: short options that carry no risk are bought back at the edge of a wide band',
    stoppedBy: ['EXCESS_FELL'],
    from: [1100n, 1000n],
    to: [100n, 1000n],
    venue() {
      const venue = attackVenue(options, 1100n, { 0: 10n, 2: -10n })
      return venue.rest([venue.sell(ACCOMPLICE, 101n, 10n)])
    },
    messages: (venue) => [venue.buy(ATTACKER, 101n, 10n, IOC)],
  },
  {
    name: 'large: an account grows beyond largeLots where no scenario moves the mark',
    stoppedBy: ['RISK_GREW', 'EXCESS_FELL', 'NOT_CLOSING'],
    from: [1_000n, 0n],
    to: [1_000n, 1_000n],
    venue() {
      const venue = attackVenue(large, 1_000n, { 2: 20n })
      return venue.rest([venue.sell(ACCOMPLICE, 1000n, 10n)])
    },
    messages: (venue) => [venue.buy(ATTACKER, 1000n, 10n, IOC)],
  },
  {
    name: 'largeFlip: a large position changes sides, and is as large on the other',
    stoppedBy: ['NOT_CLOSING'],
    from: [500n, 1_000n],
    to: [500n, 900n],
    venue() {
      const venue = attackVenue(large, 500n, { 2: 30n })
      return venue.rest([venue.buy(ACCOMPLICE, 1000n, 59n)])
    },
    messages: (venue) => [venue.sell(ATTACKER, 1000n, 59n, IOC)],
  },
  {
    name: 'largeWash: what closing a large position releases is washed away',
    stoppedBy: ['OUTSIDE_BAND'],
    from: [2_000n, 2_000n],
    to: [1_100n, 1_000n],
    venue: () => wash(large, 40n, 50n).rest(attackVenue(large, 2_000n, { 2: 40n })),
    messages: wash(large, 40n, 50n).messages,
  },
  {
    name: 'debt: an account without equity closes at a loss',
    stoppedBy: ['NET_BELOW_ZERO'],
    from: [0n, 1000n],
    to: [-100n, 0n],
    venue() {
      const venue = attackVenue(usual, 0n, { 2: 10n })
      return venue.rest([venue.buy(ACCOMPLICE, 990n, 10n)])
    },
    messages: (venue) => [venue.sell(ATTACKER, 990n, 10n, IOC)],
  },
]
