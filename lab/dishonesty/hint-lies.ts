import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { stateRoot } from '../../protocol/state.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { SMALL } from '../instances/model.ts'

/** Hints that take other values than the honest ones. */
export type ForgedHints = Readonly<Record<string, InputValue>>

const { window, accounts, messages, signatures, steps, scenarios, accountLevels } = SMALL

const slots = accountSlots(SMALL)

const upTo = (n: number) => Array.from({ length: n }, (_, i) => BigInt(i))
const outside = (n: number) => [BigInt(n), FIELD - 1n]
const bits = [0n, 1n, 2n, FIELD - 1n]

/** Values to try of each hint, by how many elements it has; the honest one is left out later. */
const VALUES: Readonly<Record<string, readonly [elements: number, values: readonly bigint[]]>> = {
  idle: [steps, bits],
  place: [steps, [...upTo(window + 1), ...outside(window + 1)]],
  actor: [steps, [...upTo(accounts), ...outside(accounts)]],
  victim: [steps, [...upTo(slots), ...outside(slots)]],
  bundleEnd: [signatures, [...upTo(messages + 1), ...outside(messages + 1)]],
  signer: [signatures, [...upTo(accounts), ...outside(accounts)]],
  index: [slots, [...upTo(5), ...outside(4 ** accountLevels)]],
  closing: [accounts, bits],
  scenario: [accounts, [...upTo(scenarios), ...outside(scenarios)]],
  wasLarge: [accounts, bits],
  worstLoss: [accounts, [0n, (1n << 109n) - 1n, 1n << 109n, FIELD - 1n]],
}

/** The hints that have values to try. */
export const TRIED_HINTS: readonly string[] = Object.keys(VALUES)

/** Each element of each hint with every other value of its range and some beyond it, the honest one + 1 and - 1 included. */
export function singleLies(honest: CircuitInput): ForgedHints[] {
  return TRIED_HINTS.flatMap((name) => {
    const [elements, values] = VALUES[name]!
    const own = honest[name] as readonly bigint[]
    return upTo(elements).flatMap((i) => {
      const at = Number(i)
      const near = [own[at]! + 1n, (own[at]! + FIELD - 1n) % FIELD]
      const others = new Set([...values, ...near].filter((value) => value !== own[at]))
      return [...others].map((value) => ({ [name]: own.with(at, value) }))
    })
  })
}

/** Hints that make sense together: all of a step, of an account's margin, of a batch that stops early. */
export function jointLies(honest: CircuitInput): ForgedHints[] {
  const own = (name: string) => honest[name] as readonly bigint[]
  const put = (name: string, at: number, value: bigint) => ({ [name]: own(name).with(at, value) })
  const lies: ForgedHints[] = []
  for (let k = 0; k < steps; k++) {
    for (const victim of upTo(slots)) {
      for (const place of upTo(window + 1)) lies.push({ ...put('place', k, place), ...put('victim', k, victim) })
      for (const actor of upTo(accounts)) lies.push({ ...put('actor', k, actor), ...put('victim', k, victim) })
    }
    for (const actor of upTo(accounts)) {
      for (let g = 0; g < signatures; g++) lies.push({ ...put('actor', k, actor), ...put('signer', g, actor) })
    }
    if (own('idle')[k] === 0n) lies.push(stopBefore(own, k))
  }
  for (let t = 0; t < accounts; t++) {
    for (const scenario of upTo(scenarios)) lies.push({ ...put('closing', t, 1n), ...put('scenario', t, scenario) })
  }
  const changed = lies.map((lie) =>
    Object.fromEntries(Object.entries(lie).filter(([name, to]) => `${to}` !== `${honest[name]}`)),
  )
  return changed.filter((lie) => Object.keys(lie).length > 1)
}

/** The batch ends before step k: the steps from there on are idle, with the hints that idle steps have. */
export function stopBefore(own: (name: string) => readonly bigint[], k: number): ForgedHints {
  const end = (name: string, value: bigint) => ({ [name]: own(name).map((one, at) => (at < k ? one : value)) })
  return { ...end('idle', 1n), ...end('place', 0n), ...end('actor', 0n), ...end('victim', 0n) }
}

/**
 * The roots that a batch may come to: its own, and, where every account slot is touched while an order is in hand, those of
 * pausing there (protocol.md#pause).
 */
export function legalRoots(batch: TradeBatch): ReadonlySet<bigint> {
  const roots = new Set([stateRoot(batch.after)])
  const { before, bundles, context } = batch
  for (let steps = 1; steps < batch.steps.length; steps++) {
    const shorter = { ...context, sizes: { ...context.sizes, steps } }
    try {
      const paused = applyTradeBatchUnchecked(before, bundles, shorter, { signatures: false, messageChain: true })
      const inHand = paused.after.books.get(context.market)!.hand !== undefined
      if (inHand && paused.touched.length === accountSlots(context.sizes)) roots.add(stateRoot(paused.after))
    } catch {
      // the bundles do not fit into so few steps
    }
  }
  return roots
}
