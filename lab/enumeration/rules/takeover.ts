import type { Account } from '../../../protocol/account.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { type Enumeration, product, range, Tally } from '../enumeration.ts'
import { elements, solveProbe, TINY, TINY_BASIS_POINTS, tinyModel } from '../tiny.ts'
import { accountOf, cash, FLAT, tableOf } from './margin-cases.ts'

/** Phases of a market. */
export const [OPEN, SHELTERED, SETTLED] = [0, 1, 2] as const
/** Cash is in [-LOTS, LOTS), other collateral in [0, LOTS), sizes in (-LOTS, LOTS). */
export const LOTS = 4

export const auctions: Enumeration = {
  name: 'when an account is to be had, and at which discount',
  claim:
    'A time is accepted iff the account is flagged and its auction is open, both ends included, with the time from which it was open and the discount then, times the length of the auction.',
  sizes: 'all times of 3 bits, grace and length of 2 bits, discounts 0 to 4 of 4',
  async run({ scale, onProgress, edits }) {
    const { auction: model } = await tinyModel('liquidation')
    const solver = await solveProbe(
      { widths: 'liquidation', source: 'takeover.circom', template: 'AuctionProbe', edits },
      {
        known: ['time', 'flaggedAt', 'resumedAt', 'grace', 'auction', 'firstDiscountBps', 'lastDiscountBps'],
        read: ['opens', 'discount'],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    const times = range(0, 2 ** TINY.liquidation.time)
    product(
      {
        time: times,
        flaggedAt: times,
        resumedAt: full ? times : [0, 3, 5],
        grace: range(0, 4),
        auction: range(1, 4),
        first: full ? range(0, TINY_BASIS_POINTS + 1) : [1],
        last: full ? range(0, TINY_BASIS_POINTS + 1) : [1, 4],
      },
      ({ time, flaggedAt, resumedAt, grace, auction, first, last }) => {
        if (last < first) return
        const table = { ...tableOf([], []), grace: BigInt(grace), auction: BigInt(auction) }
        const { opens, closes } = model.auctionOf({ flaggedAt: BigInt(flaggedAt) }, table, BigInt(resumedAt))
        const isOpen = flaggedAt > 0 && time >= opens && time <= closes
        const discount = first * auction + (last - first) * (time - Number(opens))
        tally.check(
          [time, flaggedAt, resumedAt, grace, auction, first, last],
          isOpen ? [Number(opens), discount] : undefined,
        )
      },
    )
    return tally.counts()
  },
}

/** The account, orders left out. */
export const orderless = (account: Account): Account => ({ ...account, suspended: true })

/** The table in the phases given, with the schedule given. */
export function tableIn(table: RiskTable, phases: readonly number[], schedule: Partial<RiskTable> = {}): RiskTable {
  return {
    ...{ ...table, ...schedule },
    markets: table.markets.map((record, m) => ({ ...record, phase: BigInt(phases[m]!) })),
  }
}

/** Seconds since an auction of that length opened, and its first and last discount. */
export const SCHEDULES = [
  { elapsed: 0, auction: 1, first: 0, last: 0 },
  { elapsed: 2, auction: 3, first: 1, last: 3 },
  { elapsed: 1, auction: 1, first: 0, last: 4 },
  { elapsed: 1, auction: 3, first: 0, last: 4 },
  { elapsed: 1, auction: 2, first: 2, last: 3 },
]

/** What is added to the risk under every scenario. */
export const ADDITIONS = [
  { largeLots: 0, largeRisk: 0, shortOptionMinimum: 0 },
  { largeLots: 1, largeRisk: 1, shortOptionMinimum: 2 },
]

export const prices: Enumeration = {
  name: 'the price of a takeover',
  claim:
    'A price is accepted, with some scenario, iff the account fails maintenance without its orders, has no size in a sheltered market, and the price is at least the lowest of the schedule, at most what the account is worth, and not below 0 unless that is.',
  sizes:
    'prices in [-6, 6], cash in [-4, 4), another asset at two haircuts, sizes in (-4, 4), prices of 2 bits in two scenarios, funding, additions, five schedules',
  async run({ scale, onProgress, edits }) {
    const { auction: model, margin } = await tinyModel('liquidation')
    const solver = await solveProbe(
      { widths: 'liquidation', source: 'takeover.circom', template: 'PriceProbe', args: [1, 2, 2], edits },
      {
        known: [
          ...['discount', 'price', ...elements('collateral', 2)],
          ...['size[0]', 'positionIndex[0]', 'fundingIndex[0]'],
          ...['shortOptionMinimum[0]', 'largeLots[0]', 'largeRisk[0]', 'phase[0]', ...elements('scenarioPrice[0]', 2)],
          ...['auction', ...elements('collateralPrice', 2), ...elements('collateralWeight', 2)],
        ],
        read: [],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    product(
      {
        schedule: full ? SCHEDULES : SCHEDULES.slice(1, 4),
        addition: ADDITIONS,
        phase: [OPEN, SHELTERED, SETTLED],
        lots: full ? range(-LOTS, LOTS) : [-4, -1, 0, 3],
        other: full ? [0, 1, 3] : [0, 2],
        weight: full ? [1, 4] : [1],
        size: full ? range(-3, 4) : [-3, -1, 0, 2],
        index: full ? [-1, 0, 1] : [1],
        mark: full ? range(0, 4) : [2],
        shocked: full ? range(0, 4) : [0, 3],
      },
      ({ schedule, addition, phase, lots, other, weight, size, index, mark, shocked }) => {
        const { elapsed, auction, first, last } = schedule
        const collaterals = [cash(lots), { lots: other, price: 2, weight }]
        const markets = [{ ...FLAT, ...addition, size, index, fundingIndex: 0, prices: [mark, shocked] }]
        const account = orderless(accountOf(collaterals, markets))
        const table = tableIn(tableOf(collaterals, markets), [phase], {
          auction: BigInt(auction),
          firstDiscountBps: BigInt(first),
          lastDiscountBps: BigInt(last),
        })
        const fails = !margin.meetsMargin(account, table, BigInt(TINY_BASIS_POINTS))
        const isToBeHad = fails && !(phase === SHELTERED && size !== 0)
        const [least, fair] = [model.leastPrice(account, table, BigInt(elapsed)), model.fairPrice(account, table)]
        for (let price = -6; price <= 6; price++) {
          const fits = price >= -LOTS && price < LOTS
          const legal = isToBeHad && fits && price >= least && price <= fair
          const discount = first * auction + (last - first) * elapsed
          tally.check(
            [
              ...[discount, price, lots, other, size, index, 0],
              ...[addition.shortOptionMinimum, addition.largeLots, addition.largeRisk, phase, mark, shocked],
              ...[auction, 1, 2, TINY_BASIS_POINTS, weight],
            ],
            legal ? [] : undefined,
          )
        }
      },
    )
    return tally.counts()
  },
}

/** What two accounts hold before a takeover, what the bidder's limits are, and the price. */
interface PassCase {
  readonly victim: { readonly lots: number; readonly other: number; readonly size: number; readonly index: number }
  readonly bidder: PassCase['victim'] & { readonly openBuy: number; readonly openSell: number }
  readonly fundingIndex: number
  readonly maxPosition: number
  readonly price: number
}

type CheckPass = (one: PassCase) => void

function passes(
  head: Pick<Enumeration, 'name' | 'sizes'>,
  cases: (full: boolean, check: CheckPass) => void,
): Enumeration {
  return {
    ...head,
    claim:
      'A takeover is accepted iff all numbers of both accounts stay in their widths, and the bidder cannot come beyond the larger of maxPosition and what it took over on that side; then both have what the model leaves them, and open interest falls by what their sizes do.',
    async run({ scale, onProgress, edits }) {
      const { account: model, pass } = await tinyModel('liquidation')
      const solver = await solveProbe(
        { widths: 'liquidation', source: 'takeover.circom', template: 'PassProbe', edits },
        {
          known: [
            ...[...elements('victimCollateral', 2), 'victimSize', 'victimIndex'],
            ...[...elements('bidderCollateral', 2), 'bidderSize', 'bidderIndex', 'openBuy', 'openSell'],
            ...['fundingIndex', 'maxPosition', 'price'],
          ],
          read: ['left', ...elements('richer', 3), 'cash', 'openInterestFall'],
          bound: 64,
        },
      )
      const tally = new Tally(solver, onProgress)
      const numbersOf = ({ collateral, positions }: Account) => [...collateral, positions[0]!.size].map(Number)
      const fits = ({ collateral, positions }: Account) =>
        collateral.every((lots, k) => model.isCollateral(k, lots)) && Math.abs(Number(positions[0]!.size)) < LOTS
      cases(scale === 'full', ({ victim, bidder, fundingIndex, maxPosition, price }) => {
        const accountFrom = (held: PassCase['victim'], opens: { openBuy: number; openSell: number }) =>
          accountOf([held.lots, held.other].map(cash), [{ ...FLAT, ...held, ...opens }])
        const before = {
          victim: accountFrom(victim, { openBuy: 1, openSell: 2 }),
          bidder: accountFrom(bidder, bidder),
        }
        const passing = pass.withFunding(before.victim, [BigInt(fundingIndex)])
        const after = {
          victim: pass.victimAfter(before.victim, passing, BigInt(price)),
          bidder: pass.bidderAfter(before.bidder, passing, { price: BigInt(price), nonce: 0n }),
        }
        const size = bidder.size + victim.size
        const exposure = victim.size > 0 ? size + bidder.openBuy : bidder.openSell - size
        const isWithin = victim.size === 0 || exposure <= Math.max(maxPosition, Math.abs(victim.size))
        const fall = Math.abs(victim.size) + Math.abs(bidder.size) - Math.abs(size)
        const isPrice = price >= -LOTS && price < LOTS
        const legal = isPrice && isWithin && fits(passing) && fits(after.bidder)
        const { lots, other, index } = victim
        const [left, ...nothing] = numbersOf(after.victim)
        if (nothing.some((held) => held !== 0)) throw new Error('the victim keeps more than the price')
        tally.check(
          [
            ...[lots, other, victim.size, index],
            ...[bidder.lots, bidder.other, bidder.size, bidder.index, bidder.openBuy, bidder.openSell],
            ...[fundingIndex, maxPosition, price],
          ],
          legal ? [left!, ...numbersOf(after.bidder), Number(passing.collateral[0]), fall] : undefined,
        )
      })
      return tally.counts()
    },
  }
}

export const passedPositions = passes(
  {
    name: 'what passes in a takeover: positions',
    sizes: 'all sizes in (-4, 4) of both, open lots and maxPosition of 2 bits, funding of both',
  },
  (full, check) => {
    const lots = full ? range(0, LOTS) : [0, 2]
    const sizes = range(1 - LOTS, LOTS)
    product(
      {
        victimSize: sizes,
        bidderSize: sizes,
        openBuy: lots,
        openSell: lots,
        maxPosition: lots,
        victimIndex: full ? [-1, 0, 1] : [0],
        bidderIndex: full ? [-1, 0, 1] : [0, 1],
        price: full ? [-1, 0, 2] : [0],
      },
      ({ victimSize, bidderSize, openBuy, openSell, maxPosition, victimIndex, bidderIndex, price }) => {
        const victim = { lots: 1, other: 1, size: victimSize, index: victimIndex }
        const bidder = { lots: -1, other: 0, size: bidderSize, index: bidderIndex, openBuy, openSell }
        check({ victim, bidder, fundingIndex: 0, maxPosition, price })
      },
    )
  },
)

export const passedCollateral = passes(
  {
    name: 'what passes in a takeover: cash and collateral',
    sizes: 'all cash in [-4, 4) and all lots of another asset below 4 of both, prices in [-6, 6], funding of both',
  },
  (full, check) => {
    product(
      {
        victimCash: range(-LOTS, LOTS),
        victimOther: full ? range(0, LOTS) : [0, 3],
        bidderCash: range(-LOTS, LOTS),
        bidderOther: full ? range(0, LOTS) : [0, 1],
        price: full ? range(-6, 7) : [-6, -4, -1, 0, 3],
        victimIndex: full ? [-1, 0, 1] : [0, 1],
        bidderIndex: full ? [0, 1] : [0],
      },
      ({ victimCash, victimOther, bidderCash, bidderOther, price, victimIndex, bidderIndex }) => {
        const victim = { lots: victimCash, other: victimOther, size: 1, index: victimIndex }
        const bidder = { lots: bidderCash, other: bidderOther, size: -1, index: bidderIndex, openBuy: 0, openSell: 0 }
        check({ victim, bidder, fundingIndex: 0, maxPosition: 3, price })
      },
    )
  },
)
