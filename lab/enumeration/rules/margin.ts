import { type Enumeration, product, range, type Scale, Tally } from '../enumeration.ts'
import { elements, solveProbe, tinyModel } from '../tiny.ts'
import { accountOf, type CollateralCase, cash, FLAT, type MarketCase, tableOf } from './margin-cases.ts'

const MARKET_INPUTS = [
  'size',
  'positionIndex',
  'openBuy',
  'openSell',
  'fundingIndex',
  'longRisk',
  'shortRisk',
  'shortOptionMinimum',
  'largeLots',
  'largeRisk',
] as const

type CheckExcess = (ratio: number, collaterals: readonly CollateralCase[], markets: readonly MarketCase[]) => void

function excesses(
  head: Pick<Enumeration, 'name' | 'sizes'>,
  [M, K, S]: readonly [number, number, number],
  cases: (scale: Scale, check: CheckExcess) => void,
): Enumeration {
  return {
    ...head,
    claim:
      'The account meets the ratio iff some worstLoss is accepted, and what its portfolio is worth and loses is what the model says.',
    async run({ scale, onProgress, edits }) {
      const { margin } = await tinyModel('margin')
      const solver = await solveProbe(
        { widths: 'margin', source: 'margin.circom', template: 'ExcessProbe', args: [M, K, S], edits },
        {
          known: [
            'ratioBps',
            ...['collateral', 'collateralPrice', 'collateralWeight'].flatMap((name) => elements(name, K)),
            ...MARKET_INPUTS.flatMap((name) => elements(name, M)),
            ...range(0, M).flatMap((m) => elements(`scenarioPrice[${m}]`, S)),
          ],
          read: ['scaledNet', 'fixedRisk', ...elements('loss', S)],
          bound: 64,
        },
      )
      const tally = new Tally(solver, onProgress)
      cases(scale, (ratio, collaterals, markets) => {
        const values = [ratio]
        for (const name of ['lots', 'price', 'weight'] as const) for (const one of collaterals) values.push(one[name])
        for (const name of MARKET_INPUTS) {
          for (const market of markets) values.push(market[name === 'positionIndex' ? 'index' : name])
        }
        for (const market of markets) values.push(...market.prices)
        const [account, table] = [accountOf(collaterals, markets), tableOf(collaterals, markets)]
        const worth = [margin.scaledNet(account, table), margin.fixedRisk(account, table)]
        for (let s = 0; s < S; s++) worth.push(margin.scenarioLoss(account, table, s))
        tally.check(values, margin.meetsMargin(account, table, BigInt(ratio)) ? worth.map(Number) : undefined)
      })
      return tally.counts()
    },
  }
}

/** From which lots on each adds how much. */
const LARGE = [
  { largeLots: 0, largeRisk: 0 },
  { largeLots: 1, largeRisk: 1 },
  { largeLots: 0, largeRisk: 3 },
  { largeLots: 2, largeRisk: 2 },
  { largeLots: 1, largeRisk: 3 },
]

export const marginOfOneMarket = excesses(
  {
    name: 'margin inequality, one market',
    sizes:
      'cash in [-8, 8), positions in (-4, 4), prices of 2 bits in two scenarios, all ratios of 3 bits, open orders, thresholds of large positions',
  },
  [1, 1, 2],
  (scale, check) => {
    const full = scale === 'full'
    product(
      {
        lots: full ? range(-8, 8) : [-7, -1, 0, 1, 2, 5],
        size: range(-3, 4),
        mark: full ? range(0, 4) : [0, 2],
        shocked: range(0, 4),
        shortOptionMinimum: [0, 2],
        large: full ? LARGE : LARGE.slice(0, 3),
        ratio: full ? range(0, 8) : [0, 4, 7],
        openBuy: full ? [0, 1, 3] : [0, 1],
        openSell: full ? [0, 1, 3] : [0, 3],
        risks: [
          [1, 2],
          [3, 1],
        ],
      },
      ({ lots, mark, shocked, ratio, large, risks: [longRisk, shortRisk], ...rest }) => {
        const reserves = { longRisk: longRisk!, shortRisk: shortRisk! }
        const market = { ...FLAT, ...rest, ...large, ...reserves, prices: [mark, shocked] }
        check(ratio, [cash(lots)], [market])
      },
    )
  },
)

export const marginOfTwoMarkets = excesses(
  {
    name: 'margin inequality, two markets',
    sizes:
      'cash in [-8, 8), positions in (-4, 4), prices of 2 bits in two scenarios, large positions in both, three ratios',
  },
  [2, 1, 2],
  (scale, check) => {
    const full = scale === 'full'
    const prices = full ? range(0, 4) : [0, 3]
    product(
      {
        lots: full ? range(-8, 8) : [0, 4],
        one: range(-3, 4),
        other: range(-3, 4),
        a: prices,
        b: prices,
        c: prices,
        d: prices,
        ratio: full ? [1, 4, 7] : [5],
      },
      ({ lots, one, other, a, b, c, d, ratio }) => {
        check(
          ratio,
          [cash(lots)],
          [
            { ...FLAT, size: one, prices: [a, b], shortOptionMinimum: 1, largeLots: 2, largeRisk: 1 },
            { ...FLAT, size: other, prices: [c, d], largeLots: 1, largeRisk: 2 },
          ],
        )
      },
    )
  },
)

export const marginOfFundingAndCollateral = excesses(
  {
    name: 'margin inequality, funding and collateral',
    sizes: 'cash and another asset with price and weight of 2 bits and more, funding indices of both signs',
  },
  [1, 2, 2],
  (scale, check) => {
    const full = scale === 'full'
    product(
      {
        lots: full ? range(-6, 7) : [-2, 0, 3],
        other: [0, 1, 5, 31],
        price: full ? range(0, 4) : [0, 3],
        weight: full ? range(0, 5) : [0, 3, 4],
        size: range(-3, 4),
        index: range(-2, 3),
        fundingIndex: full ? range(-2, 3) : [-1, 1],
        shocked: [0, 3],
        ratio: full ? [0, 4, 6] : [6],
      },
      ({ lots, other, price, weight, size, index, fundingIndex, shocked, ratio }) => {
        const market = { ...FLAT, size, index, fundingIndex, prices: [2, shocked] }
        check(ratio, [cash(lots), { lots: other, price, weight }], [market])
      },
    )
  },
)
