import { fromField, max, toField } from '../../protocol/numbers.ts'
import type { NamedSystem } from '../circuits/named-system.ts'
import { MainSignals } from './main-signals.ts'
import type { Step } from './program.ts'
import { tradeBatchHints } from './trade-batch-hints.ts'

/**
 * How a dishonest prover chooses inputs by what has followed from its lies so far: public inputs that the circuit compares
 * with what it computes, hints, and paths in the tree of accounts as the slots before left it.
 */
export function adaptationsOf(name: string, system: NamedSystem): Step[] {
  const main = new MainSignals(system)
  if (name === 'trade-batch') {
    const accounts = main.wires((t) => `update[${t}].enabled`)
    return [
      claim(main, 'newRoot', 'newStateRoot'),
      claim(main, 'oldRoot', 'oldStateRoot'),
      claim(main, 'risk.riskRoot', 'riskRoot'),
      ...accounts.map((_, t) => worstLoss(main, `margin[${t}].value`, `worstLoss[${t}]`)),
      ...tradeBatchHints(main),
    ]
  }
  if (name === 'margin-sufficiency') {
    return [
      claim(main, 'risk.riskRoot', 'riskRoot'),
      claim(main, 'root', 'stateRoot'),
      claim(main, 'expected', 'nullifier'),
      worstLoss(main, 'value', 'worstLoss'),
    ]
  }
  if (name.startsWith('MarginRuleProbe')) return [worstLoss(main, 'check.value', 'worstLoss')]
  return []
}

/** Public inputs that say what a prover starts from. */
export function statementOf({ symbols }: NamedSystem): number[] {
  const names = ['oldStateRoot', 'riskRoot', 'stateRoot']
  return names.map((name) => symbols.wireOf(`main.${name}`)).filter((wire) => wire !== undefined)
}

function claim(main: MainSignals, from: string, to: string): Step {
  const wire = main.wire(from)
  return { from: [wire], to: [main.wire(to)], compute: (value) => [value(wire)] }
}

function worstLoss(main: MainSignals, value: string, to: string): Step {
  const from = main.wires((s) => `${value}.portfolio.loss[${s}]`)
  return {
    from,
    to: [main.wire(to)],
    compute: (get) => [toField(from.map((wire) => fromField(get(wire))).reduce(max))],
  }
}
