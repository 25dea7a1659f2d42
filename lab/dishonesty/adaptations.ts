import { CASH_BATCH_KIND } from '../../circuits/cash-batch/statement.ts'
import { DELEVERAGE_KIND } from '../../circuits/deleverage/statement.ts'
import { EXIT_KIND } from '../../circuits/exit/statement.ts'
import { windowsOf } from '../../circuits/lib/fixed-base-windows.ts'
import { EXPOSURE_KIND } from '../../circuits/portfolio-exposure/statement.ts'
import { RISK_UPDATE_KIND } from '../../circuits/risk-update/statement.ts'
import { STATE_MOVE_SIGNALS } from '../../circuits/state/statement.ts'
import { TAKEOVER_KIND } from '../../circuits/takeover/statement.ts'
import { TRADE_BATCH_KIND } from '../../circuits/trade-batch/statement.ts'
import * as eddsa from '../../protocol/crypto/eddsa.ts'
import { fromField, isUint, max, toField } from '../../protocol/numbers.ts'
import { publicData } from '../../protocol/public-data.ts'
import type { NamedSystem } from '../circuits/named-system.ts'
import { PRIVATE_KEY } from '../instances/model.ts'
import { MainSignals } from './main-signals.ts'
import type { Step } from './program.ts'
import { tradeBatchHints } from './trade-batch-hints.ts'

const DOMAIN_BITS = 248

/**
 * How a dishonest prover chooses inputs by what has followed from its lies so far: public inputs that the circuit compares
 * with what it computes, hints, and paths in the tree of accounts as the slots before left it.
 */
export function adaptationsOf(name: string, system: NamedSystem): Step[] {
  const main = new MainSignals(system)
  if (name.startsWith('trade-batch')) {
    const accounts = main.wires((t) => `margin[${t}].ordered`)
    return [
      publish(main, TRADE_BATCH_KIND),
      claim(main, 'risk.riskRoot', 'riskRoot'),
      ...accounts.map((_, t) => worstLoss(main, `margin[${t}].value`, `worstLoss[${t}]`)),
      ...tradeBatchHints(main),
    ]
  }
  if (name === 'margin-sufficiency') {
    return [
      claim(main, 'risk.riskRoot', 'riskRoot'),
      claim(main, 'own.stateRoot', 'stateRoot'),
      claim(main, 'own.nullifier', 'nullifier'),
      worstLoss(main, 'value', 'worstLoss'),
    ]
  }
  if (name === 'exit') return [publish(main, EXIT_KIND)]
  if (name === 'portfolio-exposure') return [publish(main, EXPOSURE_KIND)]
  if (name.startsWith('cash-batch')) {
    const slots = main.wires((n) => `slot[${n}].found`)
    return [
      publish(main, CASH_BATCH_KIND),
      ...slots.map((_, n) => worstLoss(main, `slot[${n}].margin.value`, `worstLoss[${n}]`)),
    ]
  }
  if (name.startsWith('risk-update'))
    return [publish(main, RISK_UPDATE_KIND), claimUnlessNone(main, 'old.riskRoot', 'oldRiskRoot')]
  if (name.startsWith('deleverage')) {
    return [
      publish(main, DELEVERAGE_KIND),
      worstLoss(main, 'value', 'worstLoss'),
      ...laterPath(main, ['victim', 'counterparty'], 'accountChildren'),
    ]
  }
  if (name.startsWith('takeover')) {
    return [
      publish(main, TAKEOVER_KIND),
      sign(main, 'bid.signature.message'),
      worstLoss(main, 'bidderValue', 'worstLoss[0]'),
      worstLoss(main, 'houseValue', 'worstLoss[1]'),
      ...laterPath(main, ['victim', 'bidder'], 'accountChildren'),
      ...laterPath(main, ['victim', 'bidder', 'path[2].index'], 'accountChildren', 'helped'),
    ]
  }
  if (name.startsWith('MarginRuleProbe')) return [worstLoss(main, 'check.value', 'worstLoss')]
  return []
}

/** Inputs that say what a prover starts from. */
export function statementOf({ symbols }: NamedSystem): number[] {
  const names = ['riskRoot', 'stateRoot']
  return names.map((name) => symbols.wireOf(`main.${name}`)).filter((wire) => wire !== undefined)
}

function claim(main: MainSignals, from: string, to: string): Step {
  const wire = main.wire(from)
  return { from: [wire], to: [main.wire(to)], compute: (value) => [value(wire)] }
}

/** Where something is claimed, what it comes to; where nothing is, which 0 says, nothing. */
function claimUnlessNone(main: MainSignals, from: string, to: string): Step {
  const [wire, target] = [main.wire(from), main.wire(to)]
  return { from: [wire], to: [target], compute: (value) => [value(target) === 0n ? 0n : value(wire)] }
}

/**
 * The public signals that stand for the words that a batch of that kind, or an exit, comes to; for no domain, of which no
 * contract asks, those that were.
 */
function publish(main: MainSignals, kind: number): Step {
  const words = main.wires((i) => `data.words[${i}]`)
  const signals = STATE_MOVE_SIGNALS.map((name) => main.wire(name))
  return {
    from: words,
    to: signals,
    compute(get) {
      const [domain, ...rest] = words.map(get)
      if (!isUint(domain!, DOMAIN_BITS)) return signals.map(get)
      const { commitment, challenge, value } = publicData(domain!, kind, [domain!, ...rest])
      return [commitment, challenge, value]
    },
  }
}

/** The signature of whatever message has come of it, by the bidder of all honest takeovers. */
function sign(main: MainSignals, message: string): Step {
  const from = main.wire(message)
  const windows = main.wires((i) => `signatureWindow[${i}][0]`).length
  const names = Array.from({ length: windows }, (_, i) => [0, 1].map((c) => `signatureWindow[${i}][${c}]`))
  return {
    from: [from],
    to: ['signatureR8x', 'signatureR8y', ...names.flat()].map((name) => main.wire(name)),
    compute(get) {
      const { R8, S } = eddsa.sign(PRIVATE_KEY, get(from))
      return [R8.x, R8.y, ...windowsOf(S).flat()]
    },
  }
}

function worstLoss(main: MainSignals, value: string, to: string): Step {
  const from = main.wires((s) => `${value}.portfolio.loss[${s}]`)
  return {
    from,
    to: [main.wire(to)],
    compute: (get) => [toField(from.map((wire) => fromField(get(wire))).reduce(max))],
  }
}

/**
 * The path of the last of accounts that are written one after another, in the tree as those before left it, where `condition` is 1. Path n is that
 * of the account with the n-th of the `indices`.
 */
function laterPath(main: MainSignals, indices: readonly string[], children: string, condition?: string): Step[] {
  const places = indices.map((name) => main.wire(name))
  const last = indices.length - 1
  const isMade = condition === undefined ? undefined : main.wire(condition)
  return main
    .wires((l) => `${children}[${last}][${l}][0]`)
    .map((_, l): Step => {
      const to = main.wires((c) => `${children}[${last}][${l}][${c}]`)
      const left = places.slice(0, last).map((_, n) => main.wire(`path[${n}].newNodes[${l}]`))
      const own = main.wire(`path[${last}].oldNodes[${l}]`)
      return {
        from: [...places, ...left, own, ...(isMade === undefined ? [] : [isMade])],
        to,
        compute(get) {
          const known = to.map(get)
          if (isMade !== undefined && get(isMade) !== 1n) return known
          const nodes = places.map((wire) => get(wire) >> BigInt(2 * l))
          const node = nodes[last]!
          if (nodes.indexOf(node) < last) known[Number(node % 4n)] = get(own)
          for (const [n, wire] of left.entries()) {
            const other = nodes[n]!
            if (other !== node && other >> 2n === node >> 2n) known[Number(other % 4n)] = get(wire)
          }
          return known
        },
      }
    })
}
