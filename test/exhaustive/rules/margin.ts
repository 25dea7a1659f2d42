import type { Account } from '../../../protocol/account.ts'
import type { RiskRecord, RiskTable } from '../../../protocol/risk-table.ts'
import { type Enumeration, product, range, type Scale, Tally } from '../enumeration.ts'
import { elements, solveProbe, TINY_BASIS_POINTS, type TinyModel, tinyModel } from '../tiny.ts'

/** One market of a case: the position and the record. */
interface MarketCase {
  readonly size: number
  readonly index: number
  readonly openBuy: number
  readonly openSell: number
  readonly fundingIndex: number
  readonly longRisk: number
  readonly shortRisk: number
  readonly shortOptionMinimum: number
  readonly prices: readonly number[]
}

interface CollateralCase {
  readonly lots: number
  readonly price: number
  readonly weight: number
}

const FLAT: MarketCase = {
  size: 0,
  index: 0,
  openBuy: 0,
  openSell: 0,
  fundingIndex: 0,
  longRisk: 1,
  shortRisk: 1,
  shortOptionMinimum: 0,
  prices: [0, 0],
}

const MARKET_INPUTS = [
  'size',
  'positionIndex',
  'openBuy',
  'openSell',
  'fundingIndex',
  'longRisk',
  'shortRisk',
  'shortOptionMinimum',
] as const

function accountOf(collaterals: readonly CollateralCase[], markets: readonly MarketCase[]): Account {
  return {
    tradingKey: { x: 0n, y: 0n },
    ownerCommitment: 0n,
    nonce: 0n,
    collateral: collaterals.map(({ lots }) => BigInt(lots)),
    positions: markets.map(({ size, index, openBuy, openSell }) => ({
      size: BigInt(size),
      fundingIndex: BigInt(index),
      openBuy: BigInt(openBuy),
      openSell: BigInt(openSell),
    })),
  }
}

function tableOf(collaterals: readonly CollateralCase[], markets: readonly MarketCase[], initial = 0): RiskTable {
  const record = (m: MarketCase): RiskRecord => ({
    mark: BigInt(m.prices[0]!),
    fundingIndex: BigInt(m.fundingIndex),
    longRisk: BigInt(m.longRisk),
    shortRisk: BigInt(m.shortRisk),
    shortOptionMinimum: BigInt(m.shortOptionMinimum),
    band: 0n,
    minOrder: 1n,
    maxPosition: 0n,
    lastTradeTime: 0n,
    scenarioPrices: m.prices.map(BigInt),
  })
  return {
    markets: markets.map(record),
    collaterals: collaterals.map(({ price, weight }) => ({ price: BigInt(price), weight: BigInt(weight) })),
    initialMarginBps: BigInt(initial),
    takerFeeBps: 0n,
    makerFeeBps: 0n,
    asOf: 0n,
    maxAge: 0n,
  }
}

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
          read: ['scaledNet', 'shortMinimum', ...elements('loss', S)],
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
        const worth = [margin.scaledNet(account, table), margin.shortMinimum(account, table)]
        for (let s = 0; s < S; s++) worth.push(margin.scenarioLoss(account, table, s))
        tally.check(values, margin.meetsMargin(account, table, BigInt(ratio)) ? worth.map(Number) : undefined)
      })
      return tally.counts()
    },
  }
}

const cash = (lots: number): CollateralCase => ({ lots, price: 1, weight: TINY_BASIS_POINTS })

export const marginOfOneMarket = excesses(
  {
    name: 'margin inequality, one market',
    sizes:
      'cash in [-8, 8), positions in (-4, 4), prices of 2 bits in two scenarios, all ratios of 3 bits, open orders',
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
        ratio: full ? range(0, 8) : [0, 4, 7],
        openBuy: full ? [0, 1, 3] : [0, 1],
        openSell: full ? [0, 1, 3] : [0, 3],
        risks: [
          [1, 2],
          [3, 1],
        ],
      },
      ({ lots, mark, shocked, ratio, risks: [longRisk, shortRisk], ...rest }) => {
        const market = { ...FLAT, ...rest, prices: [mark, shocked], longRisk: longRisk!, shortRisk: shortRisk! }
        check(ratio, [cash(lots)], [market])
      },
    )
  },
)

export const marginOfTwoMarkets = excesses(
  {
    name: 'margin inequality, two markets',
    sizes: 'cash in [-8, 8), positions in (-4, 4), prices of 2 bits in two scenarios, three ratios',
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
            { ...FLAT, size: one, prices: [a, b], shortOptionMinimum: 1 },
            { ...FLAT, size: other, prices: [c, d] },
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

/** What the rule reads of one account over a batch. */
interface BatchCase {
  readonly loaded: number
  readonly initial: number
  readonly record: Omit<MarketCase, 'size' | 'index' | 'openBuy' | 'openSell'>
  readonly cashBefore: number
  readonly cashChange: number
  readonly old: Pick<MarketCase, 'size' | 'index' | 'openBuy' | 'openSell'>
  readonly new: Pick<MarketCase, 'size' | 'openBuy' | 'openSell'>
}

/** The circuit reads no funding index: what was realised is in cash. */
function inputOf(one: BatchCase): number[] {
  const { record, old } = one
  const cashAfter = one.cashBefore + old.size * (old.index - record.fundingIndex) + one.cashChange
  return [
    one.loaded,
    one.initial,
    record.longRisk,
    record.shortRisk,
    record.shortOptionMinimum,
    ...record.prices,
    cashAfter,
    one.cashChange,
    ...[old.size, old.openBuy, old.openSell],
    ...[one.new.size, one.new.openBuy, one.new.openSell],
  ]
}

function isAllowed({ margin }: TinyModel, one: BatchCase): boolean {
  if (one.loaded === 0) return true
  const market = { ...one.record, ...one.old }
  const cashAfter = one.cashBefore + one.old.size * (one.old.index - one.record.fundingIndex) + one.cashChange
  const changed = { ...market, ...one.new, index: one.record.fundingIndex }
  const before = accountOf([cash(one.cashBefore)], [market])
  const after = accountOf([cash(cashAfter)], [changed])
  return margin.marginEvidence(before, after, tableOf([cash(0)], [market], one.initial)) !== undefined
}

export const marginOverABatch: Enumeration = {
  name: 'margin of an account that loaded a message',
  claim:
    'It meets initial margin; or its worst maintenance excess did not fall, and its net is at least 0 or did not fall. No choice of maintenance, scenario, notFallen and worstLoss passes otherwise.',
  sizes: 'positions in (-4, 4) before and after, cash, cash change, prices in two scenarios, open orders, funding',
  async run({ scale, onProgress, edits }) {
    const model = await tinyModel('margin')
    const solver = await solveProbe(
      { widths: 'margin', source: 'margin.circom', template: 'CheckMarginProbe', args: [2], edits },
      {
        known: [
          ...['loaded', 'initialMarginBps', 'longRisk', 'shortRisk', 'shortOptionMinimum'],
          ...elements('scenarioPrice', 2),
          ...['cash', 'cashChange', 'oldSize', 'oldBuy', 'oldSell', 'newSize', 'newBuy', 'newSell'],
        ],
        read: [],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    product(
      {
        loaded: [1, 0],
        initial: full ? [4, 6] : [6],
        mark: full ? range(0, 4) : [2],
        shocked: full ? range(0, 4) : [0, 3],
        shortOptionMinimum: full ? [0, 2] : [1],
        index: full ? [0, 1] : [1],
        cashBefore: full ? [-9, -3, 0, 2, 7] : [-5, 0, 3],
        cashChange: full ? [-4, -1, 0, 3] : [-2, 0, 1],
        oldSize: range(-3, 4),
        newSize: range(-3, 4),
        opens: [
          [0, 0, 1, 0],
          [2, 1, 0, 1],
          [0, 2, 0, 3],
        ],
      },
      (p) => {
        if (p.loaded === 0 && p.cashChange !== 0) return
        const [oldBuy, oldSell, newBuy, newSell] = p.opens as [number, number, number, number]
        const one: BatchCase = {
          loaded: p.loaded,
          initial: p.initial,
          record: {
            fundingIndex: 0,
            longRisk: 2,
            shortRisk: 3,
            shortOptionMinimum: p.shortOptionMinimum,
            prices: [p.mark, p.shocked],
          },
          cashBefore: p.cashBefore,
          cashChange: p.cashChange,
          old: { size: p.oldSize, index: p.index, openBuy: oldBuy, openSell: oldSell },
          new: { size: p.newSize, openBuy: newBuy, openSell: newSell },
        }
        tally.check(inputOf(one), isAllowed(model, one) ? [] : undefined)
      },
    )
    return tally.counts()
  },
}
