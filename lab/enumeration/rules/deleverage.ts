import type { Account } from '../../../protocol/account.ts'
import { type Enumeration, product, range, Tally } from '../enumeration.ts'
import { elements, solveProbe, TINY, TINY_BASIS_POINTS, tinyModel } from '../tiny.ts'
import { accountOf, cash, FLAT, tableOf } from './margin-cases.ts'
import { ADDITIONS, LOTS, OPEN, orderless, SCHEDULES, SETTLED, SHELTERED, tableIn } from './takeover.ts'

const probe = (template: string, ...args: number[]) =>
  ({ widths: 'liquidation', source: 'deleverage.circom', template, args }) as const

export const asked: Enumeration = {
  name: 'what a bidder may ask of the house',
  claim:
    'An account is accepted iff it owes more than it has and has no size in a sheltered market; in the scenario in which it loses most what may be asked is what the model says, in any other no more, and in none in which its risk is below 0 anything.',
  sizes:
    'cash in [-4, 4), another asset at two haircuts, sizes in (-4, 4), three prices in two scenarios, funding, additions, five schedules',
  async run({ scale, onProgress, edits }) {
    const { auction: auctions, deleveragePrice, margin } = await tinyModel('liquidation')
    const solver = await solveProbe(
      { ...probe('AskedProbe', 2), edits },
      {
        known: [
          ...['discount', ...elements('collateral', 2), 'size', 'positionIndex', 'fundingIndex'],
          ...['shortOptionMinimum', 'largeLots', 'largeRisk', 'phase', ...elements('scenarioPrice', 2)],
          ...['auction', ...elements('collateralPrice', 2), ...elements('collateralWeight', 2), 'scenario'],
        ],
        read: ['asked'],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    product(
      {
        schedule: full ? SCHEDULES : SCHEDULES.slice(1, 3),
        addition: full ? ADDITIONS : ADDITIONS.slice(1),
        phase: full ? [SHELTERED, SETTLED] : [OPEN, SHELTERED, SETTLED],
        lots: full ? range(-LOTS, LOTS) : [-4, -1, 0],
        other: full ? [0, 1, 3] : [0, 1],
        weight: full ? [1, 4] : [1],
        size: full ? range(1 - LOTS, LOTS) : [-3, -1, 0, 2],
        index: full ? [-1, 1] : [1],
        mark: full ? [0, 1, 3] : [2],
        shocked: full ? [0, 2, 3] : [0, 3],
        scenario: [0, 1],
      },
      ({ schedule, addition, phase, lots, other, weight, size, index, mark, shocked, scenario }) => {
        const { elapsed, auction, first, last } = schedule
        const collaterals = [cash(lots), { lots: other, price: 2, weight }]
        const markets = [{ ...FLAT, ...addition, size, index, fundingIndex: 0, prices: [mark, shocked] }]
        const account = orderless(accountOf(collaterals, markets))
        const table = tableIn(tableOf(collaterals, markets), [phase], {
          auction: BigInt(auction),
          firstDiscountBps: BigInt(first),
          lastDiscountBps: BigInt(last),
        })
        const deficit = Number(deleveragePrice.deficitOf(account, table))
        const most = Number(deleveragePrice.askedOf(account, table, BigInt(elapsed)))
        // of that scenario: 4 times the risk, and what it makes of the deficit
        const lost = size * (mark - [mark, shocked][scenario]!) - size * (mark - [mark, shocked][1 - scenario]!)
        const difference = Math.max(0, -lost) * TINY_BASIS_POINTS
        const risk = Number(auctions.scaledRisk(account, table)) - difference
        const discount = first * auction + (last - first) * elapsed
        const share = Math.floor((discount * risk) / (TINY_BASIS_POINTS ** 2 * auction))
        const legal = deficit >= 1 && !(phase === SHELTERED && size !== 0) && share >= 0
        if (legal && (deficit + share > most || (difference === 0 && deficit + share !== most)))
          throw new Error('the worst scenario is not the worst')
        if (legal && margin.meetsMargin(account, table, BigInt(TINY_BASIS_POINTS)))
          throw new Error('it owes more than it has, and meets maintenance')
        tally.check(
          [
            ...[discount, lots, other, size, index, 0],
            ...[addition.shortOptionMinimum, addition.largeLots, addition.largeRisk, phase, mark, shocked],
            ...[auction, 1, 2, TINY_BASIS_POINTS, weight, scenario],
          ],
          legal ? [deficit + share] : undefined,
        )
      },
    )
    return tally.counts()
  },
}

export const closings: Enumeration = {
  name: 'lots of two accounts that are closed',
  claim:
    'A closing is accepted iff the victim owes more than it has, has no size in a sheltered market, the market is not settled and its positions that can be closed are worth something, both hold at least one lot and at least those that are closed, one long and one short, and cash of both stays in its width; then both have what the model leaves them, and the counterparty pays its surcharge.',
  sizes:
    'lots from -1 to 4, cash in [-4, 4), sizes in (-4, 4) of both, a second position of the victim, marks of 2 bits, funding of both, all phases, risks of a lot that differ by side',
  async run({ scale, onProgress, edits }) {
    const { account: model, close, deleveragePrice } = await tinyModel('liquidation')
    const solver = await solveProbe(
      { ...probe('CloseProbe'), edits },
      {
        known: [
          ...['lots', 'victimCash', ...elements('victimSize', 2), ...elements('victimIndex', 2)],
          ...['counterpartyCash', 'counterpartySize', 'counterpartyIndex'],
          ...[...elements('fundingIndex', 2), ...elements('mark', 2), ...elements('phase', 2), 'longRisk', 'shortRisk'],
        ],
        read: [
          ...['victimCashAfter', 'victimSizeAfter', 'counterpartyCashAfter', 'counterpartySizeAfter', 'surcharge'],
        ],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    const fits = ({ collateral }: Account) => model.isCollateral(0, collateral[0]!)
    const numbersOf = ({ collateral, positions }: Account) => [collateral[0]!, positions[0]!.size].map(Number)
    product(
      {
        lots: range(-1, LOTS + 1),
        victimCash: full ? range(-LOTS, LOTS) : [-4, -2, -1, 1],
        size: range(1 - LOTS, LOTS),
        other: full ? [-2, 0, 1] : [0, 1],
        index: full ? [-1, 0, 1] : [1],
        counterpartyCash: full ? [-4, -1, 0, 3] : [-4, 1, 3],
        counterpartySize: full ? range(1 - LOTS, LOTS) : [-3, -1, 0, 1, 2],
        counterpartyIndex: full ? [0, 1] : [1],
        mark: full ? range(0, 4) : [0, 1, 2],
        otherMark: full ? [0, 3] : [2],
        risks: full
          ? [
              [1, 3],
              [2, 1],
            ]
          : [[1, 3]],
        phases: full
          ? [
              [OPEN, OPEN],
              [OPEN, SETTLED],
              [SETTLED, OPEN],
              [SHELTERED, OPEN],
              [OPEN, SHELTERED],
            ]
          : [
              [OPEN, OPEN],
              [OPEN, SETTLED],
              [SETTLED, OPEN],
              [OPEN, SHELTERED],
            ],
      },
      (p) => {
        const [phases, marks] = [p.phases as [number, number], [p.mark, p.otherMark]]
        const [longRisk, shortRisk] = p.risks as [number, number]
        const positions = [
          { ...FLAT, size: p.size, index: p.index, fundingIndex: 0, prices: [p.mark], longRisk, shortRisk },
          { ...FLAT, size: p.other, index: 0, fundingIndex: 0, prices: [p.otherMark] },
        ]
        const table = tableIn(tableOf([cash(0)], positions), phases)
        const victim = accountOf([cash(p.victimCash)], positions)
        const counterparty = accountOf(
          [cash(p.counterpartyCash)],
          [{ ...FLAT, size: p.counterpartySize, index: p.counterpartyIndex }, FLAT],
        )
        const isOpposite = p.size * p.counterpartySize < 0
        const isHeld = p.lots >= 1 && p.lots <= Math.abs(p.size) && p.lots <= Math.abs(p.counterpartySize)
        const isExposed = positions.some(({ size }, m) => phases[m] === SHELTERED && size !== 0)
        const isBankrupt = deleveragePrice.deficitOf(victim, table) >= 1n
        const isWorth = deleveragePrice.notionalOf(victim, table) > 0n
        const numbers = () => {
          const surcharge = deleveragePrice.surchargeOf(victim, table, 0, BigInt(p.lots))
          const { mark, fundingIndex } = table.markets[0]!
          const terms = { market: 0, mark, fundingIndex, lots: BigInt(p.lots), surcharge }
          const after = [close.bankruptAfter(victim, terms), close.counterpartyAfter(counterparty, terms)]
          return after.every(fits) ? [...after.flatMap(numbersOf), Number(surcharge)] : undefined
        }
        const isOpen = isOpposite && isHeld && !isExposed && phases[0] !== SETTLED
        tally.check(
          [
            ...[p.lots, p.victimCash, p.size, p.other, p.index, 0],
            ...[p.counterpartyCash, p.counterpartySize, p.counterpartyIndex, 0, 0, ...marks, ...phases],
            ...[longRisk, shortRisk],
          ],
          isOpen && isBankrupt && isWorth ? numbers() : undefined,
        )
      },
    )
    return tally.counts()
  },
}

export const scores: Enumeration = {
  name: 'the score of a counterparty',
  claim:
    'What is at stake for what there is, rounded down, iff there is more than is owed and the score has its width.',
  sizes: 'stakes of 2 bits, marks of 2 bits, worth in [-4, 64]',
  async run({ onProgress, edits }) {
    const { deleveragePrice } = await tinyModel('liquidation')
    const solver = await solveProbe(
      { ...probe('ScoreProbe'), edits },
      { known: ['stake', 'mark', 'fair'], read: ['score'], bound: 64 },
    )
    const tally = new Tally(solver, onProgress)
    const most = 2 ** (TINY.liquidation.notional + TINY.liquidation.weight)
    product({ stake: range(1, LOTS), mark: range(0, LOTS), fair: range(-4, 65) }, ({ stake, mark, fair }) => {
      const score = () => {
        // All of it is cash, but for what the position is worth.
        const positions = [{ ...FLAT, size: -stake, prices: [mark] }]
        const account = accountOf([cash(fair + stake * mark)], positions)
        return Number(deleveragePrice.leverageScore(account, tableOf([cash(0)], positions), 0))
      }
      const legal = fair > 0 && score() < most
      tally.check([stake, mark, fair], legal ? [score()] : undefined)
    })
    return tally.counts()
  },
}

export const houses: Enumeration = {
  name: 'a house that cannot pay',
  claim:
    'That the house fails is accepted, with some hints, iff it has no size in a sheltered market, and less cash than is asked, or would miss initial margin without that much; that it does not is accepted of every house.',
  sizes:
    'cash in [-4, 4), another asset, sizes in (-4, 4), prices of 2 bits in two scenarios, funding, additions, open orders, two ratios, what is asked from 0 to 8',
  async run({ scale, onProgress, edits }) {
    const { margin } = await tinyModel('liquidation')
    const solver = await solveProbe(
      { ...probe('HouseProbe', 2), edits },
      {
        known: [
          ...['fails', 'asked', ...elements('collateral', 2), 'size', 'positionIndex', 'fundingIndex'],
          ...['suspended', 'openBuy', 'shortOptionMinimum', 'largeLots', 'largeRisk', 'sheltered'],
          ...[...elements('scenarioPrice', 2), 'initialMarginBps'],
          ...[...elements('collateralPrice', 2), ...elements('collateralWeight', 2)],
        ],
        read: [],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    product(
      {
        fails: [0, 1],
        asked: full ? [0, 1, 3, 5, 8] : [0, 1, 3, 5],
        addition: full ? ADDITIONS : ADDITIONS.slice(1),
        sheltered: [0, 1],
        lots: full ? range(-LOTS, LOTS) : [-1, 1, 3],
        other: full ? [0, 3] : [0, 2],
        size: full ? range(1 - LOTS, LOTS) : [-2, 0, 1],
        index: full ? [0, 1] : [1],
        suspended: [0, 1],
        openBuy: full ? [0, 2] : [2],
        mark: full ? range(0, 4) : [2],
        shocked: full ? range(0, 4) : [0, 3],
        ratio: full ? [4, 7] : [5],
      },
      ({ fails, asked, addition, sheltered, lots, other, size, index, suspended, openBuy, mark, shocked, ratio }) => {
        const collaterals = [cash(lots - asked), { lots: other, price: 2, weight: 3 }]
        const markets = [{ ...FLAT, ...addition, size, index, openBuy, prices: [mark, shocked] }]
        const poorer = { ...accountOf(collaterals, markets), suspended: suspended === 1 }
        const isAble = lots >= asked && margin.meetsMargin(poorer, tableOf(collaterals, markets), BigInt(ratio))
        const legal = fails === 0 || (!(sheltered === 1 && size !== 0) && !isAble)
        tally.check(
          [
            ...[fails, asked, lots, other, size, index, 0],
            ...[suspended, openBuy, addition.shortOptionMinimum, addition.largeLots, addition.largeRisk, sheltered],
            ...[mark, shocked, ratio, 1, 2, TINY_BASIS_POINTS, 3],
          ],
          legal ? [] : undefined,
        )
      },
    )
    return tally.counts()
  },
}
