import { product, range } from '../enumeration.ts'
import { BITS, CASE, handOf, oneSide, orderOf, SIDES, steps, TIMELESS } from './step-cases.ts'

/** A slot of 2 lots of either account, at a price that the orders reach. */
const HEADS = [0b01_0_0_10n, 0b01_0_1_10n]

export const closingOnly = steps(
  'positions that may only be closed',
  'Where only closing is allowed, an order that could carry its account beyond 0 has no effect; a head makes way, and an order in hand that an earlier batch left is dropped, if what the account has open on that side could. Anywhere else maxPosition is what orders are held to when they are loaded.',
  'positions in (-2^3, 2^3), open lots from 2 to 4, orders and heads of 2 lots on both sides, loaded or in hand, heads of either account',
  'partial',
  (step, scale, check) => {
    const full = scale === 'full'
    const [empty, ...heads] = step.windows(1)
    const positions = full ? range(-5, 6) : [-4, -3, -2, 0, 2, 3]
    const open = full ? [2, 3, 4] : [2, 3]
    product(
      {
        window: [empty!, ...heads.filter(({ slots }) => HEADS.includes(slots[0]!))],
        closingOnly: full ? BITS : ([1] as const),
        side: SIDES,
        first: BITS,
        loads: [true, false],
        own: positions,
        ownOpen: open,
        other: positions,
        otherOpen: open,
      },
      ({ window, side, first, loads, own, ownOpen, other, otherOpen, ...rest }) => {
        const work = loads ? { message: orderOf(1, side, 2, 2, 0) } : { hand: handOf(1, side, 2, 2) }
        const [here, there] = [
          [2, ownOpen],
          [otherOpen, otherOpen],
        ]
        const [openBuy, openSell] = side === 'buy' ? [here, there] : [there, here]
        const sided = oneSide(step, side === 'buy' ? 'sell' : 'buy', window)
        check({ ...CASE, market: TIMELESS, ...sided, ...work, ...rest, first, size: [other, own], openBuy, openSell })
      },
    )
  },
)
