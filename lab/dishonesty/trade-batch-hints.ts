import { EMPTY_SLOT, unpackSlot } from '../../protocol/slot.ts'
import type { MainSignals } from './main-signals.ts'
import type { Step } from './program.ts'

/** Bits of a slot below its key. */
const KEY_SHIFT = 112n

/** How a prover of trade-batch fills in the hints and paths that fit what came before. */
export function tradeBatchHints(main: MainSignals): Step[] {
  const steps = main.wires((k) => `step[${k}].idle`).map((_, k) => k)
  const signatures = main.wires((g) => `split.signs[${g}]`).map((_, g) => g)
  const slots = main.wires((t) => `index[${t}]`).map((_, t) => t)
  return [
    ...signatures.map((g) => slotHint(main, `split.signs[${g}]`, `split.account[${g}]`, `signer[${g}]`)),
    ...steps.flatMap((k) => [
      idleHint(main, k),
      slotHint(main, `step[${k}].load.active`, `step[${k}].load.work.order.account`, `actor[${k}]`),
      victimHint(main, k),
      placeHint(main, k),
    ]),
    ...slots.slice(1).flatMap((t) => siblings(main, t)),
  ]
}

/** The account slot that holds an account; 0 if none is looked for, and what it was if none holds it. */
function slotHint(main: MainSignals, enabled: string, account: string, to: string): Step {
  const index = main.wires((t) => `index[${t}]`)
  const [on, wanted, hint] = [main.wire(enabled), main.wire(account), main.wire(to)]
  return {
    from: [on, wanted, ...index],
    to: [hint],
    compute(value) {
      if (value(on) === 0n) return [0n]
      const found = index.findIndex((wire) => value(wire) === value(wanted))
      return [found < 0 ? value(hint) : BigInt(found)]
    },
  }
}

/**
 * The account slot of whoever owns the slot of the book that a step works on: the head that crosses, the slot that is
 * cancelled, or the last one of the order's own window if it is pushed out; 0 if there is none. Read from the windows, since
 * whether a head is dead hangs on its account.
 */
function victimHint(main: MainSignals, k: number): Step {
  const index = main.wires((t) => `index[${t}]`)
  const at = (name: string) => main.wire(`step[${k}].${name}`)
  const [crossing, headAccount, resting] = ['crossing', 'head.account', 'decision.resting'].map((name) =>
    at(`decide.${name}`),
  ) as [number, number, number]
  const [account, sell, cancel] = ['order.account', 'order.sell', 'cancel'].map((name) => at(`load.work.${name}`)) as [
    number,
    number,
    number,
  ]
  const takesOut = at('load.work.takesOut')
  const [word, cancelKey, timestamp] = [at('place.word'), at('place.cancelKey'), at('place.timestamp')]
  const onBids = at('book.onBids')
  const [first, other] = ['window', 'other'].map((name) => main.wires((j) => `step[${k}].book.${name}[${j}]`)) as [
    number[],
    number[],
  ]
  return {
    from: [
      crossing,
      headAccount,
      resting,
      account,
      sell,
      cancel,
      takesOut,
      word,
      cancelKey,
      timestamp,
      ...index,
      onBids,
      ...first,
      ...other,
    ],
    to: [main.wire(`victim[${k}]`)],
    compute(value) {
      const window = (value(sell) === value(onBids) ? other : first).map(value)
      const last = window.at(-1)!
      let owner = -1n
      if (value(crossing) === 1n) owner = value(headAccount)
      else if (value(takesOut) === 1n) owner = value(account)
      else if (value(cancel) === 1n) {
        const named = window.find((slot) => slot >> KEY_SHIFT === value(cancelKey))
        if (named !== undefined && ownerOf(named) === value(account)) owner = value(account)
      } else if (value(resting) === 1n && last !== EMPTY_SLOT) {
        if (value(word) < last || expiryOf(last) < value(timestamp)) owner = ownerOf(last)
      }
      const found = index.findIndex((wire) => value(wire) === owner)
      return [found < 0 ? 0n : BigInt(found)]
    },
  }
}

function ownerOf(slot: bigint): bigint {
  return BigInt(unpackSlot(slot).account)
}

function expiryOf(slot: bigint): bigint {
  return unpackSlot(slot).expiry
}

/** A step idles if there is nothing to do; with an order in hand only if it did and every account slot is used. */
function idleHint(main: MainSignals, k: number): Step {
  const [inHand, used, idle] = [`step[${k}].load.inHand`, `step[${k}].load.next.picked.used`, `idle[${k}]`].map(
    (name) => main.wire(name),
  ) as [number, number, number]
  const index = main.wires((t) => `index[${t}]`)
  const full = main.wires((t) => `size[${t}][0]`).length
  return {
    from: [inHand, used],
    to: [idle],
    compute(value) {
      if (value(inHand) === 0n) return [value(used) === 0n ? 1n : 0n]
      // of slots that are not used, which have index 0, none but the first of its kind ascends
      const isFull = index.every((wire, t) =>
        t % full === 0 ? t === 0 || value(wire) > 0n : value(wire) > value(index[t - 1]!),
      )
      return [isFull ? value(idle) : 0n]
    },
  }
}

/** The place of an order that rests or is cancelled; of a cancel of all, of the first of its account's orders. */
function placeHint(main: MainSignals, k: number): Step {
  const slots = main.wires((j) => `step[${k}].place.slots[${j}]`)
  const at = (name: string) => main.wire(`step[${k}].place.${name}`)
  const [resting, named, takesOut] = [at('decision.resting'), at('named'), at('work.takesOut')]
  const [word, key, account] = [at('word'), at('cancelKey'), at('work.order.account')]
  return {
    from: [resting, named, takesOut, word, key, account, ...slots],
    to: [main.wire(`place[${k}]`)],
    compute(value) {
      if (value(takesOut) === 1n) {
        const isOwn = (slot: bigint) => slot !== EMPTY_SLOT && ownerOf(slot) === value(account)
        return [BigInt(Math.max(0, slots.map(value).findIndex(isOwn)))]
      }
      if (value(resting) === 0n && value(named) === 0n) return [0n]
      const least = value(resting) === 1n ? value(word) : value(key) << KEY_SHIFT
      return [BigInt(slots.filter((wire) => value(wire) < least).length)]
    },
  }
}

/** The path of an account slot: full ones come first. */
function pathOf(main: MainSignals, slot: number): string {
  const full = main.wires((t) => `size[${t}][0]`).length
  return slot < full ? `update[${slot}].write.path` : `lightUpdate[${slot - full}].write.path`
}

/** The children on an account slot's path that the slots before it wrote: their nodes where the two paths part. */
function siblings(main: MainSignals, t: number): Step[] {
  const index = Array.from({ length: t + 1 }, (_, s) => main.wire(`index[${s}]`))
  const enabled = Array.from({ length: t + 1 }, (_, s) => main.wire(`enabled[${s}]`))
  return main
    .wires((l) => `accountChildren[0][${l}][0]`)
    .map((_, l): Step => {
      const nodes = Array.from({ length: t }, (_, s) => main.wire(`${pathOf(main, s)}.path.newNodes[${l}]`))
      const to = main.wires((c) => `accountChildren[${t}][${l}][${c}]`)
      return {
        from: [...index, ...enabled, ...nodes],
        to,
        compute(value) {
          const children = to.map(value)
          const at = (s: number) => value(index[s]!) >> BigInt(2 * l)
          for (const [s, node] of nodes.entries()) {
            const parts = at(s) >> 2n === at(t) >> 2n && at(s) !== at(t)
            const both = value(enabled[s]!) === 1n && value(enabled[t]!) === 1n
            if (parts && both) children[Number(at(s) & 3n)] = value(node)
          }
          return children
        },
      }
    })
}
